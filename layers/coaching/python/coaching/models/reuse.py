"""Which answers may stand for each other: those to the same prompt, for the same reader, of the same material.

Two requests are the same by their digest, and nothing is normalised before: what a model reads differently, be it by a
letter's Unicode form, is another prompt. All parts go into one JSON text, in which no part can pass for two.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from coaching.models.ports import Message, Prompt, Reuse

_NOT_ASKED: Final = frozenset(
    {"seconds", "first_words", "waits_for_load", "affinity", "reuse", "purpose", "cancellation", "shorter"}
)
"""What a prompt has beside what its model is asked. A new field counts until it is named here."""
_ASKED: Final = tuple(each.name for each in fields(Prompt) if each.name not in _NOT_ASKED)


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """The name of an answer that may be given again. It holds no words."""

    digest: bytes


def answer_key(prompt: Prompt, reuse: Reuse, model: str) -> AnswerKey:
    """Return the key of the answer that `model` gives; where answers are shared, who asks makes no difference."""
    whose = [reuse.creator_id, None if reuse.shared else reuse.user_id, reuse.index_version, reuse.prompt_version]
    asked = {name: getattr(prompt, name) for name in _ASKED}
    text = json.dumps([whose, model, asked], ensure_ascii=False, separators=(",", ":"), default=_plain)
    # Escaped, a pair of lone surrogates would look like the letter that they would make; so they are not escaped.
    return AnswerKey(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())


def _plain(value: object) -> Any:  # noqa: ANN401 - what JSON is made of
    if isinstance(value, Message):
        return asdict(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"A prompt holds a {type(value).__name__}, which makes no key.")

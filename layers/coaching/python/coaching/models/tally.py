"""What one call of a model took, however it ended."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from coaching.errors import ModelUnavailable
from coaching.models.ports import Fragment, Prompt
from coaching.vocabulary import Usage

BYTES_PER_TOKEN: Final = 4
"""Of UTF-8, for calls that nobody counted: about what tokenizers make of English; of code they make more tokens.

Source: help.openai.com/en/articles/4936856, "1 token ~= 4 chars in English".
"""
READ_FOR: Final = frozenset({"timeout", "malformed_answer", "content_refused", "node_lost"})
"""Failures after which the prompt was read, and is charged, though not a word came back (`FailureCode`)."""


@dataclass(frozen=True, slots=True)
class Taken:
    """`estimated`: its server did not say all of it, and the rest is reckoned from the texts."""

    usage: Usage
    estimated: bool


class Tally:
    """What is known so far of a call. `model` is the one that answers, `seconds` were spent waiting for it."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.seconds = 0.0
        self._usage: Usage | None = None
        self._bytes = 0
        self._whole = False
        self._asked = False

    def counted(self, fragments: Iterator[Fragment]) -> Iterator[Fragment]:
        """Pass the fragments on; the time that their reader takes is not the model's."""
        self._asked = True
        while True:
            began = time.perf_counter()
            try:
                fragment = next(fragments)
            except StopIteration:
                self._whole = True
                return
            except ModelUnavailable as error:
                self._asked = error.code in READ_FOR
                raise
            finally:
                self.seconds += time.perf_counter() - began
            self._note(fragment)
            yield fragment

    def taken(self, prompt: Prompt) -> Taken | None:
        """Return what the call took; None where it took nothing. A reader who left early has had the prompt read."""
        if self._usage is not None and self._whole:
            return Taken(self._usage, estimated=False) if self._usage != Usage() else None
        if self._usage is not None:
            said = max(self._usage.output_tokens, _tokens(self._bytes))
            return Taken(replace(self._usage, output_tokens=said), estimated=True)
        if not self._asked and not self._bytes:
            return None
        asked = sum(len(message.text.encode("utf-8", "surrogatepass")) for message in prompt.messages)
        return Taken(Usage(_tokens(asked), _tokens(self._bytes)), estimated=True)

    def _note(self, fragment: Fragment) -> None:
        self.model = fragment.model or self.model
        self._usage = fragment.usage or self._usage
        self._bytes += len(fragment.text.encode("utf-8", "surrogatepass"))
        self._whole = self._whole or fragment.finish is not None
        # Nothing is asked of a model that is still being loaded.
        self._asked = not fragment.loading


def _tokens(size: int) -> int:
    return -(-size // BYTES_PER_TOKEN)

"""What a model lets slip: signs of its prompt, the user's message said back, a phrase over and over, made-up quotes."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from coaching.safety.words import tokens

MOST_REPEATS = 2
"""How often the same three words may follow each other in one sentence."""
FEWEST_ECHOED, FEWEST_QUOTED = 4, 4
"""Words from which a repetition of the message, or a text in quotation marks, is taken for one."""
_TEMPLATE = re.compile(
    r"</?\s*(?:message|knowledge|source|system|user|assistant|s|think|tool_call)\b[^<>]{0,200}>"
    r"|</?(?:message|knowledge|source)\b|[\[［]\s*/?\s*(?:INST|SYS|SYSTEM|USER|ASSISTANT|TOOL|[A-Z]+_[A-Z_]+)\s*[\]］]"
    r"|<<\s*/?\s*SYS\s*>>|<[|｜][^<>]{0,60}[|｜]>|<(?:start|end)_of_turn>|^\s*#{2,}\s*(?:instruction|response)s?\s*:",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]+)(?:[\"“”»]|$)|(?<!\w)['‘]((?:[^'’‘]|['’](?=\w))+)['’](?!\w)")
_SENTENCE_END = re.compile(r"[.!?…\n]+")


def slips(sentence: str, said: str, texts: Sequence[str]) -> Iterator[str]:
    """Yield why a generated sentence may not be shown. `said` is the user's message, `texts` are the passages'."""
    if _TEMPLATE.search(sentence):
        yield "a sign of the prompt"
    if _echoes(sentence, said):
        yield "the message said back"
    if _repeats(sentence) and not any(sentence in text for text in texts):
        yield "the same words over and over"
    if not all(_stands(quoted, texts) for quoted in _quotations(sentence)):
        yield "a quotation that is not in the material"


def _echoes(sentence: str, said: str) -> bool:
    words = tokens(sentence)
    return len(words) >= FEWEST_ECHOED and any(words == tokens(part) for part in (said, *_SENTENCE_END.split(said)))


def _repeats(sentence: str) -> bool:
    words = tokens(sentence)
    counted = Counter(zip(words, words[1:], words[2:], strict=False))
    return any(times > MOST_REPEATS for times in counted.values())


def _quotations(sentence: str) -> Iterator[str]:
    for found in _QUOTED.finditer(sentence):
        quoted = found[1] or found[2]
        if len(tokens(quoted)) >= FEWEST_QUOTED:
            yield quoted


def _stands(quoted: str, texts: Sequence[str]) -> bool:
    """Whether the words stand like this in a passage; its quotation marks' style and a last sign do not count."""
    wanted = _plain(quoted).rstrip(".,;:!?… ")
    return any(wanted in _plain(text) for text in texts)


def _plain(text: str) -> str:
    return " ".join(text.replace("’", "'").replace("‘", "'").split())

"""What was said, joined to utterances that begin at a known second."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from coaching.knowledge.ports import Block
from coaching.vocabulary import Place

SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[.!?…][\"'”’)])\s+|(?<=[。！？])\s*")
_ENDS_SENTENCE = re.compile(r"[.!?…。！？][\"'”’)]?$")
_AFTER_HYPHEN = re.compile(r"(?<=[a-z]-) (?=[a-z])")
_UTTERANCE_CHARACTERS = 160
"""An utterance ends with the last sentence within these, so that a citation is right to a sentence or two."""
_UTTERANCE_SECONDS = 10.0
"""An utterance ends with the last sentence before one that begins so much later than it."""
_LONGEST_SENTENCE = 400


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence or a part of one, and the second of the recording at which it begins, or its cue does."""

    speaker: str
    text: str
    start: float | None


def utterances(sentences: Iterable[Said]) -> Iterator[Block]:
    """Join what one speaker says in a row to utterances that end, where they can, with a sentence.

    A speaker is named where he or she begins to speak.
    """
    speaker_before = ""
    for speaker, run in groupby(sentences, key=lambda said: said.speaker):
        prefix = f"{speaker}: " if speaker and speaker != speaker_before else ""
        for group in _grouped(run):
            text = prefix + joined([said.text for said in group])
            yield Block(text, "speech", Place(start_seconds=group[0].start))
            prefix = ""
        speaker_before = speaker


def joined(texts: Sequence[str]) -> str:
    """Join with spaces, but "nine-year-" and "old" without one."""
    return _AFTER_HYPHEN.sub("", " ".join(texts))


def _much_later(said: Said, first: Said) -> bool:
    return None not in (said.start, first.start) and (said.start or 0) - (first.start or 0) > _UTTERANCE_SECONDS


def _grouped(run: Iterator[Said]) -> Iterator[list[Said]]:
    group: list[Said] = []
    length = 0
    for said in run:
        if group and (length + len(said.text) > _UTTERANCE_CHARACTERS or _much_later(said, group[0])):
            ends = [index + 1 for index, item in enumerate(group) if _ENDS_SENTENCE.search(item.text)]
            whole = length + len(said.text) <= _LONGEST_SENTENCE
            cut = ends[-1] if ends else 0 if whole else len(group)
            if cut:
                yield group[:cut]
            group = group[cut:]
            length = sum(len(item.text) + 1 for item in group)
        group.append(said)
        length += len(said.text) + 1
    if group:
        yield group

"""Transcripts (WebVTT and SRT): utterances with the second at which they start.

Written by hand and lenient: transcripts in the wild lack headers, number cues wrongly and break times.
Source: www.w3.org/TR/webvtt1; SRT has no specification.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from coaching.adapters.extraction.outline import fold
from coaching.adapters.extraction.utterances import SENTENCE_END, Said, joined, utterances
from coaching.errors import UnusableDocument
from coaching.knowledge.ports import Extracted

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}")
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,100})?\s+([^<>]{0,200})>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<\d[\d:.]*>|\{\\[^{}]*\}")
_NOTES = ("NOTE", "STYLE", "REGION")
_ROLLS_WITHIN_SECONDS = 0.2
_MOST_ROLLING_LINES = 4
_ROLLING_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class _Line:
    speaker: str
    text: str


@dataclass(slots=True)
class _Cue:
    start: float | None
    end: float | None
    payload: list[str] = field(default_factory=list)


def read(text: str) -> Extracted:
    """Raises: UnusableDocument when no cue is found, or none whose time can be read."""
    title, body = _without_header(text)
    cues = _cues(body)
    if not cues:
        raise UnusableDocument("no_text", "No line with times such as 00:00:01.000 --> 00:00:04.000 was found.")
    if all(cue.start is None for cue in cues):
        raise UnusableDocument(
            "corrupt", "None of the times in this transcript can be read; they look like 00:00:01.000 --> 00:00:04.000."
        )
    return Extracted(tuple(utterances(_sentences(cues))), title)


def _without_header(text: str) -> tuple[str | None, str]:
    """Return the title in a WebVTT header, and what follows its line."""
    if not text.startswith("WEBVTT"):
        return None, text
    header, _, body = text.partition("\n")
    return header.removeprefix("WEBVTT").strip(" \t\r-") or None, body


def _cues(text: str) -> list[_Cue]:
    cues: list[_Cue] = []
    for filled, group in groupby(text.splitlines(), key=lambda line: bool(line.strip())):
        if filled:
            _read_block(list(group), cues)
    return cues


def _read_block(lines: Sequence[str], cues: list[_Cue]) -> None:
    """Add what stands between two blank lines: a cue, several without a blank line between, or a cue's further text."""
    timings = [index for index, line in enumerate(lines) if _is_timing(index, line)]
    if not timings:
        if cues and not lines[0].startswith(_NOTES) and not (len(lines) == 1 and lines[0].strip().isdigit()):
            cues[-1].payload.extend(lines)
        return
    for first, following in pairwise([*timings, len(lines)]):
        last = following - 1 if following < len(lines) and lines[following - 1].strip().isdigit() else following
        cues.append(_cue(lines[first], lines[first + 1 : last], cues))


def _is_timing(index: int, line: str) -> bool:
    return "-->" in line and (index < 2 or _TIMING.match(line) is not None)


def _cue(timing: str, payload: Sequence[str], before: Sequence[_Cue]) -> _Cue:
    """Return the cue. A time that cannot be read leaves it the start of the one before."""
    found = _TIMING.match(timing)
    if found is None:
        return _Cue(before[-1].start if before else None, None, list(payload))
    return _Cue(_seconds(found.groups()[:4]), _seconds(found.groups()[4:]), list(payload))


def _seconds(groups: Sequence[str | None]) -> float:
    hours, minutes, seconds, fraction = (group or "0" for group in groups)
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(fraction.ljust(3, "0")) / 1000


def _sentences(cues: Sequence[_Cue]) -> Iterator[Said]:
    lines = [_lines(cue) for cue in cues]
    repeated = [0, *(_repeated(*pair) for pair in pairwise(zip(cues, lines, strict=True)))]
    rolling = sum(map(bool, repeated)) > _ROLLING_SHARE * len(cues)
    for cue, said, known in zip(cues, lines, repeated, strict=True):
        for speaker, run in groupby(said[known:] if rolling else said, key=lambda line: line.speaker):
            for sentence in SENTENCE_END.split(joined([line.text for line in run])):
                yield Said(speaker, sentence, cue.start)


def _lines(cue: _Cue) -> list[_Line]:
    """Return the cue's lines without tags, each with its voice or an empty string."""
    unvoiced, *voices = _VOICE.split("\n".join(cue.payload))
    spoken = [("", unvoiced), *zip(map(fold, voices[::2]), voices[1::2], strict=True)]
    return [
        _Line(speaker, text)
        for speaker, payload in spoken
        for line in payload.splitlines()
        if (text := fold(html.unescape(_TAG.sub("", line))))
    ]


def _repeated(before: tuple[_Cue, list[_Line]], after: tuple[_Cue, list[_Line]]) -> int:
    """Return how many first lines of a caption only repeat the last lines of the one that it rolls up."""
    earlier, later = before[0], after[0]
    if earlier.end is None or later.start is None or later.start - earlier.end > _ROLLS_WITHIN_SECONDS:
        return 0
    most = min(len(before[1]), len(after[1]), _MOST_ROLLING_LINES)
    return next((count for count in range(most, 0, -1) if before[1][-count:] == after[1][:count]), 0)

"""JSON transcripts: what Whisper and its relatives, caption downloaders and Amazon Transcribe write."""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence

from coaching.adapters.extraction import amazon_transcribe
from coaching.adapters.extraction.outline import fold
from coaching.adapters.extraction.utterances import SENTENCE_END, Said, utterances
from coaching.errors import UnusableDocument
from coaching.knowledge.ports import Extracted

_Entry = Mapping[str, object]
_LISTS = ("segments", "utterances", "transcript", "captions", "cues", "entries", "results")
_TEXTS = ("text", "transcript", "content", "utterance")
_STARTS = ("start", "start_time", "startTime", "start_seconds", "offset", "timestamp")
_SPEAKERS = ("speaker", "speaker_label", "speaker_name", "speakerName", "name")
_LATEST_SECOND = 1e6
_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2}(?:[.,]\d{1,3})?)")


def read(text: str) -> Extracted:
    """Read `{"segments": [...]}` or a list of `{"start", "text", "speaker"}`, or an output of Amazon Transcribe.

    Seconds are numbers or times such as 00:01:02.5. Raises: UnusableDocument(corrupt, wrong_type).
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnusableDocument("corrupt", "The file is not valid JSON. Export the transcript anew.") from error
    if amazon_transcribe.is_output(found):
        return amazon_transcribe.read_parsed(found)
    return Extracted(tuple(utterances(_sentences(_entries(found)))), _title(found))


def _entries(found: object) -> Sequence[_Entry]:
    lists = [found.get(name) for name in _LISTS] if isinstance(found, Mapping) else [found]
    for entries in lists:
        if isinstance(entries, list) and entries and all(_text(entry) is not None for entry in entries):
            return entries
    raise UnusableDocument(
        "wrong_type",
        'The JSON file is not a transcript that can be read: it needs "segments", or a list, of objects with "start" '
        '(seconds) and "text", and "speaker" where several people speak.',
    )


def _title(found: object) -> str | None:
    title = found.get("title") if isinstance(found, Mapping) else None
    return fold(title) or None if isinstance(title, str) else None


def _text(entry: object) -> str | None:
    return _first(entry, _TEXTS) if isinstance(entry, Mapping) else None


def _first(entry: _Entry, names: Sequence[str]) -> str | None:
    values = (entry.get(name) for name in names)
    return next((value for value in values if isinstance(value, str)), None)


def _sentences(entries: Sequence[_Entry]) -> Iterator[Said]:
    for entry in entries:
        speaker = fold(_first(entry, _SPEAKERS) or "")
        start = _seconds(next((entry[name] for name in _STARTS if name in entry), None))
        for sentence in SENTENCE_END.split(fold(_text(entry) or "")):
            if sentence:
                yield Said(speaker, sentence, start)


def _seconds(value: object) -> float | None:
    """Return a start that is a number, a number in a string, or a time; None for anything else."""
    if isinstance(value, str):
        if found := _CLOCK.fullmatch(value.strip()):
            hours, minutes, seconds = (float((group or "0").replace(",", ".")) for group in found.groups())
            return hours * 3600 + minutes * 60 + seconds
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        return None
    return float(min(value, _LATEST_SECOND))

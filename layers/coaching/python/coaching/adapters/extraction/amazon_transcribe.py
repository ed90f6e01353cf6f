"""What Amazon Transcribe writes about a recording: its words, each with its second and its speaker.

Source of the format: docs.aws.amazon.com/transcribe/latest/dg/how-input.html (the output of a transcription job).
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ValidationError

from coaching.adapters.extraction.utterances import Said, utterances
from coaching.errors import UnusableDocument
from coaching.knowledge.ports import Extracted

_MOST_WORDS = 25
"""A part of a sentence has at most these, for speech whose punctuation is missing."""
_ENDS = (".", "?", "!", "…", "。", "？", "！")
_NO_SPACE = re.compile(r"(?<=[\u3040-\u30ff\u3400-\u9fff]) (?=[\u3040-\u30ff\u3400-\u9fff])")


def _empty_for_none(value: object) -> object:
    return "" if value is None else value


_Label = Annotated[str, BeforeValidator(_empty_for_none)]


class _Alternative(BaseModel):
    content: str = ""


class _Item(BaseModel):
    type: str = "pronunciation"
    start_time: float | None = None
    alternatives: list[_Alternative] = []
    speaker_label: _Label = ""
    channel_label: _Label = ""

    @property
    def text(self) -> str:
        return self.alternatives[0].content if self.alternatives else ""


class _Segment(BaseModel):
    items: list[_Item] = []
    speaker_label: _Label = ""


class _SpeakerLabels(BaseModel):
    segments: list[_Segment] = []


class _Results(BaseModel):
    items: list[_Item]
    speaker_labels: _SpeakerLabels = _SpeakerLabels()


class _Output(BaseModel):
    results: _Results


def is_output(found: object) -> bool:
    """Say whether parsed JSON has the shape of a job's output."""
    results = found.get("results") if isinstance(found, Mapping) else None
    return isinstance(results, Mapping) and isinstance(results.get("items"), Sequence)


def read(data: bytes) -> Extracted:
    """Return blocks of kind "speech", each with the second at which it begins.

    Where several people speak, a block begins with "Speaker 1: " where the speaker changes.
    Raises: UnusableDocument(corrupt) for what is no output of a job, UnusableDocument(no_speech) where nobody speaks.
    """
    try:
        return read_parsed(json.loads(data))
    except (ValueError, RecursionError) as error:
        raise _corrupt() from error


def read_parsed(found: object) -> Extracted:
    """Do as `read` does with JSON that was parsed already."""
    try:
        results = _Output.model_validate(found).results
    except ValidationError as error:
        raise _corrupt() from error
    blocks = tuple(utterances(_sentences(results)))
    if not blocks:
        raise UnusableDocument("no_speech", "Nobody is heard speaking in this recording.")
    return Extracted(blocks)


def _sentences(results: _Results) -> Iterator[Said]:
    speakers = _speakers(results)
    words: list[str] = []
    speaker, start = "", None
    for item, said_by in zip(results.items, speakers, strict=True):
        if item.type == "punctuation" and words:
            words[-1] += item.text
        elif item.text:
            if words and (said_by != speaker or words[-1].endswith(_ENDS) or len(words) >= _MOST_WORDS):
                yield _said(speaker, words, start)
                words = []
            if not words:
                speaker, start = said_by, item.start_time
            words.append(item.text)
    if words:
        yield _said(speaker, words, start)


def _said(speaker: str, words: Sequence[str], start: float | None) -> Said:
    return Said(speaker, _NO_SPACE.sub("", " ".join(words)), start)


def _speakers(results: _Results) -> list[str]:
    """Return each item's speaker as a reader would call him or her; an empty string where only one speaks."""
    segments = results.speaker_labels.segments
    by_start = {item.start_time: segment.speaker_label for segment in segments for item in segment.items}
    labels: list[str] = []
    for item in results.items:
        own = item.speaker_label or item.channel_label or by_start.get(item.start_time, "")
        labels.append(own if item.type != "punctuation" or not labels else labels[-1])
    names = {label: f"Speaker {number}" for number, label in enumerate(dict.fromkeys(filter(None, labels)), start=1)}
    return [names.get(label, "") if len(names) > 1 else "" for label in labels]


def _corrupt() -> UnusableDocument:
    return UnusableDocument("corrupt", "What the speech recognition returned for this recording cannot be read.")

"""JSON transcripts, and what Amazon Transcribe writes."""

import json
from collections.abc import Sequence

import pytest

from coaching.adapters.extraction import amazon_transcribe
from coaching.errors import UnusableDocument
from coaching.knowledge.ports import Extracted
from tests.adapters.extraction.samples import read, refusal, texts

ENTRIES = [
    {"start": 0.0, "end": 2.0, "text": " Welcome back.", "speaker": "Maria"},
    {"start": 2.5, "end": 4.0, "text": "Today we breathe.", "speaker": "Maria"},
    {"start": 61, "end": 63, "text": "Good!", "speaker": "Tom"},
]


def spoken(found: Extracted) -> list[tuple[str, float | None]]:
    assert {block.kind for block in found.blocks} == {"speech"}
    return [(block.text, block.place.start_seconds) for block in found.blocks]


def word(text: str, start: float, speaker: str = "", channel: str = "") -> dict[str, object]:
    labels = {"speaker_label": speaker} if speaker else {"channel_label": channel} if channel else {}
    return {
        "type": "pronunciation",
        "start_time": str(start),
        "end_time": str(start + 0.3),
        "alternatives": [{"confidence": "0.99", "content": text}],
        **labels,
    }


def mark(text: str) -> dict[str, object]:
    return {"type": "punctuation", "alternatives": [{"confidence": "0.0", "content": text}]}


def output(items: Sequence[dict[str, object]], **more: object) -> bytes:
    results = {"transcripts": [{"transcript": "..."}], "items": items, **more}
    return json.dumps({"jobName": "j", "accountId": "1", "status": "COMPLETED", "results": results}).encode()


@pytest.mark.parametrize("found", [ENTRIES, {"text": "...", "segments": ENTRIES}, {"utterances": ENTRIES}])
def test_what_is_said_stands_at_its_second_under_its_speaker(found: object) -> None:
    assert spoken(read(json.dumps(found), "json")) == [
        ("Maria: Welcome back. Today we breathe.", 0.0),
        ("Tom: Good!", 61.0),
    ]


def test_what_whisper_writes_beside_is_not_needed() -> None:
    found = {"text": " Hello.", "segments": [{"id": 0, "seek": 0, "start": 3.2, "text": " Hello.", "tokens": [1]}]}
    assert spoken(read(json.dumps(found), "json")) == [("Hello.", 3.2)]


@pytest.mark.parametrize(
    ("start", "seconds"),
    [("12.5", 12.5), ("01:02", 62.0), ("1:00:02,500", 3602.5), ("soon", None), (None, None), (True, None), (-3, None)],
)
def test_times_may_be_numbers_or_clocks(start: object, seconds: float | None) -> None:
    assert spoken(read(json.dumps([{"start": start, "text": "Hello."}]), "json")) == [("Hello.", seconds)]


@pytest.mark.parametrize("text", ["1e999", "1" + "0" * 400, "NaN", "-Infinity"])
def test_times_beyond_all_measure_do_no_harm(text: str) -> None:
    assert texts(f'[{{"start": {text}, "text": "Hello."}}]', "json") == ["Hello."]


@pytest.mark.parametrize("found", [{}, [], {"segments": []}, [1, 2], {"segments": [{"start": 1}]}, "text", 3, None])
def test_json_that_is_no_transcript_is_refused_with_what_is_needed(found: object) -> None:
    error = refusal(json.dumps(found), "json")
    assert error.code == "wrong_type"
    assert "segments" in error.message


@pytest.mark.parametrize("text", ["{", "not json", "[" * 100_000])
def test_broken_json_is_corrupt(text: str) -> None:
    assert refusal(text, "json").code == "corrupt"


def test_amazon_transcribes_words_become_sentences() -> None:
    items = [word("Welcome", 0.5), word("back", 0.9), mark("."), word("Breathe", 2.0), mark(",")]
    items += [word("slowly", 2.4), mark(".")]
    assert spoken(amazon_transcribe.read(output(items))) == [("Welcome back. Breathe, slowly.", 0.5)]
    assert spoken(read(output(items).decode(), "json")) == [("Welcome back. Breathe, slowly.", 0.5)]


def test_amazon_transcribes_speakers_are_counted_in_the_order_in_which_they_speak() -> None:
    items = [word("Hello", 0, "spk_1"), mark("."), word("Hi", 1, "spk_0"), mark("."), word("Well", 2, "spk_1")]
    assert spoken(amazon_transcribe.read(output(items))) == [
        ("Speaker 1: Hello.", 0.0),
        ("Speaker 2: Hi.", 1.0),
        ("Speaker 1: Well", 2.0),
    ]


def test_speakers_may_be_given_apart_from_the_words() -> None:
    segments = [
        {"speaker_label": "spk_0", "items": [{"start_time": "0.0", "speaker_label": "spk_0"}]},
        {"speaker_label": "spk_1", "items": [{"start_time": "1.0", "speaker_label": "spk_1"}]},
    ]
    items = [word("Hello", 0.0), mark("."), word("Hi", 1.0)]
    found = amazon_transcribe.read(output(items, speaker_labels={"speakers": 2, "segments": segments}))
    assert [text for text, _ in spoken(found)] == ["Speaker 1: Hello.", "Speaker 2: Hi"]


def test_channels_count_as_speakers() -> None:
    found = amazon_transcribe.read(output([word("Hello", 0, channel="ch_0"), word("Hi", 1, channel="ch_1")]))
    assert [text for text, _ in spoken(found)] == ["Speaker 1: Hello", "Speaker 2: Hi"]


def test_speech_without_punctuation_is_cut_all_the_same() -> None:
    found = amazon_transcribe.read(output([word("word", second) for second in range(200)]))
    assert len(found.blocks) > 2
    assert sum(block.text.count("word") for block in found.blocks) == 200


def test_silence_and_what_is_no_output_are_refused() -> None:
    for data, code in [(output([]), "no_speech"), (b"{}", "corrupt"), (b"{", "corrupt"), (b"\xff", "corrupt")]:
        with pytest.raises(UnusableDocument) as caught:
            amazon_transcribe.read(data)
        assert caught.value.code == code

"""Transcripts: WebVTT and SRT."""

import pytest

from tests.adapters.extraction.samples import read, refusal, texts

TALK = """WEBVTT - Evening questions

STYLE
::cue { color: lime }

NOTE a comment
over two lines

intro
00:04.000 --> 00:06.500 align:start
<v.loud Host>Good evening, <i>everybody</i>.

00:00:06.500 --> 00:00:09.000
<v Host>Who begins?</v>

01:00:09.250 --> 01:00:12.000
<v Ravi>I am Ravi &amp; I draw.
<v Host>Thank you.
"""


def spoken(data: str, kind: str = "vtt") -> list[tuple[float | None, str]]:
    return [(block.place.start_seconds, block.text) for block in read(data, kind).blocks]


def cues(*lines: str, seconds: float = 2) -> str:
    """Return a transcript with a cue per line, each following the one before."""
    times = [f"{n * seconds // 60:02.0f}:{n * seconds % 60:06.3f}" for n in range(len(lines) + 1)]
    return "WEBVTT\n\n" + "\n\n".join(f"{times[n]} --> {times[n + 1]}\n{line}" for n, line in enumerate(lines))


def test_what_one_speaker_says_in_a_row_is_one_utterance_with_its_first_second() -> None:
    assert spoken(TALK) == [
        (4.0, "Host: Good evening, everybody. Who begins?"),
        (3609.25, "Ravi: I am Ravi & I draw."),
        (3609.25, "Host: Thank you."),
    ]
    assert all(block.kind == "speech" for block in read(TALK, "vtt").blocks)


def test_the_title_stands_in_the_header() -> None:
    assert read(TALK, "vtt").title == "Evening questions"
    assert read(cues("Hello."), "vtt").title is None


def test_long_speech_is_cut_between_sentences() -> None:
    sentences = [f"This is sentence {n} of about sixty characters, more or less." for n in range(10, 30)]
    found = spoken(cues(*(f"<v Orla>{sentence}" for sentence in sentences)))
    assert all(len(text) <= 180 and text.endswith("less.") for _, text in found)
    assert [text.startswith("Orla: ") for _, text in found] == [True] + [False] * (len(found) - 1)
    assert [start for start, _ in found] == [4.0 * number for number in range(10)]


def test_a_sentence_over_several_cues_stays_whole() -> None:
    words = [
        "Well.",
        *(f"and so on and on {n}" for n in range(10)),
        "to the end.",
        *(f"then again {n}" for n in range(20)),
    ]
    found = spoken(cues(*words))
    assert [text.rpartition(" ")[2] for _, text in found] == ["Well.", "end.", "19"]


def test_speech_without_any_punctuation_is_cut_all_the_same() -> None:
    assert all(len(text) <= 400 for _, text in spoken(cues(*(f"number {n} and so on" for n in range(100)))))


def test_captions_that_roll_up_are_not_repeated() -> None:
    rolling = cues(
        "first line", "first line\nsecond line", "second line\nthird<00:00:05.000><c> line</c>", "third line"
    )
    assert texts(rolling, "vtt") == ["first line second line third line"]


def test_words_that_are_said_twice_stay() -> None:
    spoken_twice = cues("No.", "No.", "I said no.", "Really?", "Really.", "Fine.")
    assert texts(spoken_twice, "vtt") == ["No. No. I said no. Really? Really. Fine."]


def test_a_compound_broken_over_two_lines_is_whole() -> None:
    assert texts(cues("the nine-year-\nold said"), "vtt") == ["the nine-year-old said"]


def test_a_missing_header_does_not_matter() -> None:
    assert spoken(TALK.partition("\n")[2]) == spoken(TALK)


def test_srt_is_read() -> None:
    srt = (
        "1\r\n00:00:01,500 --> 00:00:04,000\r\n{\\an8}<font color=red>Hello</font>\r\nthere.\r\n\r\n"
        "2\r\n00:01:00,000 --> 00:01:02,000\r\nBye.\r\n"
    )
    assert spoken(srt, "srt") == [(1.5, "Hello there."), (60.0, "Bye.")]


def test_srt_without_blank_lines_is_read() -> None:
    srt = "1\n00:00:01,500 --> 00:00:04,000\nHello.\n2\n00:01:00,000 --> 00:01:02,000\nBye.\n"
    assert spoken(srt, "srt") == [(1.5, "Hello."), (60.0, "Bye.")]


def test_a_blank_line_within_a_cue_loses_nothing() -> None:
    srt = "1\n00:00:01,500 --> 00:00:04,000\nHello\n\nthere.\n\n2\n\n00:01:00,000 --> 00:01:02,000\nBye.\n"
    assert texts(srt, "srt") == ["Hello there.", "Bye."]


def test_a_bad_time_keeps_its_words_at_the_time_before() -> None:
    srt = "1\n00:00:01,500 --> 00:00:04,000\n<v A>Hello.\n\n2\n00:00:xx,000 --> soon\n<v B>Bye.\n"
    assert spoken(srt, "srt") == [(1.5, "A: Hello."), (1.5, "B: Bye.")]


def test_times_that_are_all_bad_are_corrupt() -> None:
    error = refusal("1\n0:x --> 0:y\nHello.\n\n2\nnever --> ever\nBye.\n", "srt")
    assert error.code == "corrupt"
    assert "00:00:01.000 --> 00:00:04.000" in error.message


@pytest.mark.parametrize("data", ["WEBVTT\n", "Just a letter.\n\nWith two paragraphs."])
def test_a_file_without_cues_has_no_text(data: str) -> None:
    assert refusal(data, "vtt").code == "no_text"


def test_cues_without_words_have_no_text() -> None:
    assert refusal("WEBVTT\n\n00:01.000 --> 00:02.000\n\n", "vtt").code == "no_text"


def test_what_is_said_much_later_has_its_own_second() -> None:
    cues = [(1, "Sit down."), (6, "Breathe."), (83, "Keep the rate at twenty."), (120, "Stop.")]
    srt = "\n\n".join(
        f"{number}\n00:{at // 60:02}:{at % 60:02},000 --> 00:{at // 60:02}:{at % 60 + 2:02},000\n{text}"
        for number, (at, text) in enumerate(cues, start=1)
    )
    expected = [(1.0, "Sit down. Breathe."), (83.0, "Keep the rate at twenty."), (120.0, "Stop.")]
    assert spoken(srt, "srt") == expected

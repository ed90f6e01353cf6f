import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coaching.conversation.sentences import SentenceStream, sentences


def texts(text: str) -> list[str]:
    return [sentence.text for sentence in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("An ember takes four minutes. It is small.", ["An ember takes four minutes.", "It is small."]),
        ("Come at 7.30 sharp. Bring 3.5 kg.", ["Come at 7.30 sharp.", "Bring 3.5 kg."]),
        ("Dr. Moss and Mr. Hall agree. J. S. Bach wrote it.", ["Dr. Moss and Mr. Hall agree.", "J. S. Bach wrote it."]),
        ("Use a cue, e.g. the kettle, i.e. a thing.", ["Use a cue, e.g. the kettle, i.e. a thing."]),
        ("We met at 7 p.m. Then we left.", ["We met at 7 p.m.", "Then we left."]),
        ("So did I. You may stop.", ["So did I.", "You may stop."]),
        ("Wait... then go on. Really?! Yes.", ["Wait... then go on.", "Really?!", "Yes."]),
        ('Say "Seen." Then stop.', ['Say "Seen."', "Then stop."]),
        (
            'One from spring: "Four. It squeaks less." Send it.',
            ['One from spring: "Four. It squeaks less."', "Send it."],
        ),
        ("“Why now?” she asked. I knew.", ["“Why now?” she asked.", "I knew."]),
        ("Rest (not today. Tomorrow) if you can. Go.", ["Rest (not today. Tomorrow) if you can.", "Go."]),
    ],
)
def test_cuts_prose_where_a_reader_would(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


def test_a_list_item_is_a_sentence_and_its_number_is_part_of_it() -> None:
    assert texts("Do this:\n\n1. Open the case.\n2. Play\n- rest") == [
        "Do this:",
        "1. Open the case.",
        "2. Play",
        "- rest",
    ]


def test_a_line_broken_in_the_middle_of_a_sentence_stays_whole() -> None:
    line = "A banked fire is one that has been covered with ash for the whole long"
    assert texts(f"{line}\nnight. It waits.") == [f"{line}\nnight.", "It waits."]


def test_a_title_is_apart_from_the_text_under_it() -> None:
    assert texts("The travel card\nIt answers three questions.") == ["The travel card", "It answers three questions."]


def test_a_speakers_label_stands_by_itself() -> None:
    assert texts("Orla: Begin small. Really.\nTomas: How small?") == [
        "Orla:",
        "Begin small.",
        "Really.",
        "Tomas:",
        "How small?",
    ]


def test_a_quotation_that_is_never_closed_does_not_swallow_the_text() -> None:
    text = 'He said "stop. ' + "And then we went on. " * 40
    assert len(sentences(text)) > 10


def test_languages_without_spaces_are_cut_at_their_own_stops() -> None:
    assert texts("先做四分钟。然后休息！") == ["先做四分钟。", "然后休息！"]


def test_a_stream_releases_a_sentence_as_soon_as_the_next_word_is_there() -> None:
    stream = SentenceStream()
    assert stream.feed("An ember takes four minutes. It") == []
    assert stream.feed(" is") == ["An ember takes four minutes."]
    assert stream.close() == [" It is"]


PROSE = st.lists(
    st.sampled_from(
        [
            "An ember takes four minutes. ", "It is 7.30", ".", "!", "?", "…", " ", "\n", "\n\n", '"', "“", "”", "(",
            ")", "Dr. ", "e.g. ", "Orla: ", "- ", "1. ", "Rest", "rest", " I. ", "。", "'", "*", "p.m. ", "3", "[1] ",
        ]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@settings(deadline=None)
@given(st.one_of(st.text(max_size=80), PROSE))
def test_every_sentence_stands_verbatim_in_order_and_nothing_but_white_space_is_between(text: str) -> None:
    position = 0
    for sentence in sentences(text):
        assert text[sentence.start : sentence.end] == sentence.text == sentence.text.strip() != ""
        assert text[position : sentence.start].strip() == ""
        position = sentence.end
    assert text[position:].strip() == ""


@settings(deadline=None)
@given(PROSE, st.data())
def test_a_stream_is_cut_where_the_whole_text_is(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12)))
    stream, pieces = SentenceStream(), []
    for begin, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        pieces += stream.feed(text[begin:end])
    pieces += stream.close()
    assert "".join(pieces) == text.rstrip()
    assert [piece.strip() for piece in pieces] == texts(text)

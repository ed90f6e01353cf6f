"""A text is read sentence by sentence, and nothing of it is left out."""

from hypothesis import given, settings
from hypothesis import strategies as st

from coaching.knowledge.untrusted.windows import FEWEST_WORDS, MOST_WORDS, windows


def texts(text: str) -> list[str]:
    return [window.text for window in windows(text)]


def test_each_sentence_and_each_line_is_a_window() -> None:
    assert texts("Take two rest days. Walk on both of them!\nSleep as long as you can.") == [
        "Take two rest days.",
        "Walk on both of them!",
        "Sleep as long as you can.",
    ]


def test_a_very_short_sentence_goes_with_the_next() -> None:
    assert texts("Stop. Now begin with the easy part.") == ["Stop. Now begin with the easy part."]


def test_a_long_stretch_is_cut_evenly() -> None:
    sizes = [len(window.split()) for window in texts("word " * (MOST_WORDS * 2 + 1))]
    assert sizes == [41, 41, 39]


def test_sentences_of_scripts_without_spaces_are_windows() -> None:
    assert texts("第一句 有 四个 词。第二句 也 有 四个。") == ["第一句 有 四个 词。", "第二句 也 有 四个。"]


def test_a_text_without_words_has_no_window() -> None:
    assert windows(" \n ") == []


@settings(deadline=None)
@given(st.text(max_size=400))
def test_every_word_is_in_one_window_and_each_begins_where_it_says(text: str) -> None:
    found = windows(text)
    # Between sentences of some scripts stands no space.
    assert "".join("".join(window.text for window in found).split()) == "".join(text.split())
    for window in found:
        assert text[window.start :].startswith(window.text.split()[0])
    assert all(len(window.text.split()) >= FEWEST_WORDS for window in found[:-1])

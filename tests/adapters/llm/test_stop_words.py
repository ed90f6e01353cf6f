import pytest

from coaching.adapters.llm.stop_words import StopWords


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("one two", (), "one two"),
        ("one END two", ("END",), "one "),
        ("one EN two", ("END",), "one EN two"),
        ("one EN", ("END",), "one EN"),
        ("END", ("END",), ""),
        ("one ## two END", ("END", "##"), "one "),
        ("ababac", ("abac",), "ab"),
        ("aaab", ("aab",), "a"),
        ("Grüße 😀!", ("😀",), "Grüße "),
        ("one", ("",), "one"),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_a_text_ends_before_a_stop_word_however_it_comes(
    text: str, words: tuple[str, ...], shown: str, size: int
) -> None:
    stop = StopWords(words)
    heard = [stop.let_through(text[start : start + size]) for start in range(0, len(text), size)]
    assert "".join([*heard, stop.rest()]) == shown
    assert stop.reached == (shown != text)


def test_what_cannot_be_a_stop_word_is_shown_at_once() -> None:
    assert StopWords(("END",)).let_through("one tE") == "one t"

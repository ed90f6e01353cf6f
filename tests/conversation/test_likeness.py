"""How well stretches of a text answer a message, token by token."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coaching.conversation.likeness import HEADING, OWN, Likeness
from coaching.knowledge.ports import TokenEmbedder, Tokens
from tests.conversation.conftest import MISSED, SIZES, WORDS

EMBER, FLAME = "An ember takes four minutes.", "A flame takes twenty minutes."
NEARLY = pytest.approx


def of(message: str, passages: Sequence[str], *titles: str) -> Likeness:
    return Likeness.of(message, passages, titles, WORDS)


def whole(text: str) -> list[tuple[int, int]]:
    return [(0, len(text))]


def test_the_sentence_with_the_words_asked_for_is_more_relevant() -> None:
    likeness = of("How long is an ember?", [SIZES])
    ember, flame = (SIZES.index(text) for text in (EMBER, FLAME))
    of_ember = likeness.relevance(SIZES, [(ember, ember + len(EMBER))], ())
    of_flame = likeness.relevance(SIZES, [(flame, flame + len(FLAME))], ())
    assert of_ember > of_flame + 0.3


def test_sentences_together_have_what_each_of_them_has() -> None:
    likeness = of("ember and flame", [SIZES])
    ember, flame = (SIZES.index(text) for text in (EMBER, FLAME))
    spans = [(ember, ember + len(EMBER)), (flame, flame + len(FLAME))]
    assert likeness.relevance(SIZES, spans, ()) > max(likeness.relevance(SIZES, [span], ()) for span in spans)


def test_every_word_found_is_the_most_there_is() -> None:
    likeness = of("Missed minutes", [MISSED])
    assert likeness.cover() == NEARLY(1, abs=0.01)
    assert likeness.relevance(MISSED, whole(MISSED), ()) == NEARLY(1 + OWN, abs=0.01)


def test_a_heading_lends_its_words_in_part() -> None:
    likeness = of("pauses", [MISSED], "Pauses")
    without, under = (likeness.relevance(MISSED, whole(MISSED), titles) for titles in ((), ("Pauses",)))
    assert without < under < HEADING + 0.2 * OWN


def test_a_title_that_stands_in_the_passage_is_read_there() -> None:
    text = f"Pauses\n\n{EMBER}"
    likeness = of("pauses", [text])
    span = [(text.index(EMBER), len(text))]
    assert likeness.relevance(text, span, ["Pauses"]) > likeness.relevance(text, span, [])


def test_a_word_that_few_passages_have_counts_more() -> None:
    passages = ["Minutes and guilt.", "Minutes only.", "Minutes again."]
    likeness = of("minutes guilt", passages)
    guilt, minutes = passages[0].index("guilt"), 0
    of_guilt = likeness.relevance(passages[0], [(guilt, guilt + 5)], ())
    assert of_guilt > likeness.relevance(passages[0], [(minutes, minutes + 7)], ())


def test_what_the_passages_are_not_about_has_little_cover() -> None:
    assert of("Who won the football cup?", [SIZES, MISSED]).cover() < WORDS.same_matter
    assert of("Who won the football cup?", []).cover() == 0
    assert of("?", [SIZES]).cover() == 0


def test_the_embedder_is_asked_once_for_all_texts() -> None:
    class Counting(TokenEmbedder):
        calls = 0

        @property
        def same_matter(self) -> float:
            return WORDS.same_matter

        def embed_tokens(self, texts: Sequence[str]) -> list[Tokens]:
            self.calls += 1
            return WORDS.embed_tokens(texts)

    counting = Counting()
    Likeness.of("ember", [SIZES, MISSED, SIZES], ["Sizes"], counting)
    assert counting.calls == 1


@settings(deadline=None)
@given(st.text(max_size=80), st.text(max_size=200), st.text(max_size=30))
def test_any_text_has_a_relevance_within_bounds(message: str, text: str, heading: str) -> None:
    likeness = of(message, [text], heading)
    assert -0.01 <= likeness.cover() <= 1.01
    assert -0.01 <= likeness.relevance(text, whole(text), [heading]) <= 1.01 * (1 + OWN)

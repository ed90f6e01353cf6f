"""Nothing is silently cut off: the real MiniLM finds the last words of passages and of questions of any kind."""

import random
from pathlib import Path

import numpy as np
import pytest

from coaching.adapters.embedding.minilm import MiniLMEmbedder
from coaching.adapters.embedding.minilm_tokens import MiniLMTokens
from coaching.knowledge.embedding_text import lead
from coaching.knowledge.ports import Block
from coaching.knowledge.split import Piece, split
from coaching.vocabulary import Place

pytestmark = pytest.mark.minilm

PATH = ("A guide to long evenings", "What to do when nothing helps")
LAST = "The orchid wants lukewarm rainwater every second Tuesday."
ABOUT_THE_LAST = "How often do I water my orchid?"
FILLERS = {
    "prose": "Practise a little every day and write down what you did, however small it was. ",
    "punctuation": "a.b,c;(d)!? [e]-{f}: 1/2=0.5... ",
    "chinese": "我们每天早上练习呼吸和伸展运动，然后写下三件事。",
    "korean": "한국어 공부를 매일 조금씩 합니다. ",
    "code": "for i in range(10): x[i] = y[i]**2 + z['k']\n",
    "urls": "https://example.com/a/b-c/d_e?f=g&h=%20i#j-" + "abcdef/" * 20 + " ",
    "emoji": "Go 😀🎉👩‍👩‍👧💪🏽 now! ",
    "one word": "".join(random.Random(1).choices("abcdefghijkABCDEFGH0123456789+/", k=150)),
}


@pytest.fixture(scope="module")
def tokens(minilm_folder: Path) -> MiniLMTokens:
    return MiniLMTokens(minilm_folder)


def embedded(piece: Piece) -> str:
    return lead(piece.place.heading, piece.text) + piece.text


@pytest.mark.parametrize("kind", FILLERS)
def test_every_passage_is_read_in_one_window_with_its_headings(kind: str, tokens: MiniLMTokens) -> None:
    pieces = split([Block(FILLERS[kind] * 60, place=Place(heading=PATH))], tokens=tokens)
    assert all(len(tokens.windows(embedded(piece))) == 1 for piece in pieces)


@pytest.mark.parametrize("kind", FILLERS)
def test_the_last_words_of_a_long_text_are_found(kind: str, minilm: MiniLMEmbedder, tokens: MiniLMTokens) -> None:
    filler = (FILLERS[kind] * 60)[:2500]
    pieces = split([Block(f"{filler} {LAST}", place=Place(heading=PATH))], tokens=tokens)
    vectors = minilm.embed([embedded(piece) for piece in pieces], "passage")
    question = minilm.embed([ABOUT_THE_LAST], "query")[0]
    assert LAST in pieces[int(np.argmax(vectors @ question))].text


def test_a_word_at_the_end_of_a_full_window_makes_a_difference(minilm: MiniLMEmbedder, tokens: MiniLMTokens) -> None:
    (full, *_) = split([Block(FILLERS["punctuation"] * 60)], tokens=tokens)
    words = full.text.split()
    one, other = minilm.embed([" ".join([*words[:-1], last]) for last in ("orchid", "violin")], "passage")
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("text", ["great😀orchid", "💪🏽orchid💪🏽", "x" * 100 + "orchid"])
def test_a_word_that_touches_what_is_unknown_is_read(text: str, tokens: MiniLMTokens, minilm: MiniLMEmbedder) -> None:
    one, other = minilm.embed([text, text.replace("orchid", "violin")], "passage")
    assert not np.array_equal(one, other)


class TestMoreThanOneWindow:
    """A question, or a text that nobody split."""

    def test_the_last_words_of_a_long_question_count(self, minilm: MiniLMEmbedder) -> None:
        story = (FILLERS["prose"] * 60)[:3900]
        question, plain = minilm.embed([f"{story} {ABOUT_THE_LAST}", story], "query")
        answer = minilm.embed([LAST], "passage")[0]
        assert question @ answer > plain @ answer

    def test_the_vector_is_the_mean_of_the_windows_by_their_tokens(self, minilm: MiniLMEmbedder) -> None:
        # 254 words of one token fill a window.
        long = minilm.embed(["habit " * 254 + "river " * 127], "passage")[0]
        first, second = minilm.embed(["habit " * 254, "river " * 127], "passage")
        mean = 256 * first + 129 * second
        assert long @ mean / np.linalg.norm(mean) > 0.999

    def test_texts_around_it_keep_their_rows(self, minilm: MiniLMEmbedder) -> None:
        texts = ["one habit", FILLERS["prose"] * 60, "two rivers", FILLERS["code"] * 30]
        together = minilm.embed(texts, "passage")
        alone = np.concatenate([minilm.embed([text], "passage") for text in texts])
        assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
        assert (together * alone).sum(axis=1).min() > 0.99


@pytest.mark.parametrize("kind", FILLERS)
def test_what_is_within_reach_fills_one_window_and_one_more_character_does_not(kind: str, tokens: MiniLMTokens) -> None:
    text = FILLERS[kind] * 60
    reach = tokens.reach(text)
    assert 0 < reach < len(text)
    assert len(tokens.windows(text[:reach])) == 1
    assert len(tokens.windows(text[: reach + 12])) > 1


def test_a_short_text_is_within_reach(tokens: MiniLMTokens) -> None:
    assert (tokens.reach(""), tokens.reach("a habit")) == (0, 7)

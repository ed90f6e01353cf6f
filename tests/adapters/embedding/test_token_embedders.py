"""What the composer reads by: vectors of tokens. One contract for the model, for words alone and for what is kept."""

from collections.abc import Sequence

import numpy as np
import pytest

from coaching.adapters.embedding.hashed_words import HashedWords
from coaching.adapters.embedding.minilm import MiniLMEmbedder
from coaching.adapters.embedding.recent_tokens import RecentTokens
from coaching.knowledge.ports import TokenEmbedder, Tokens

TEXT = "Light a 4-minute ember, then rest."


def best(embedder: TokenEmbedder, word: str, text: str) -> float:
    """Return the highest cosine of the one word with the tokens of the text."""
    one, many = embedder.embed_tokens([word, text])
    return float((one.vectors.astype(np.float32) @ many.vectors.astype(np.float32).T).max())


class TokenEmbedderContract:
    def test_every_token_is_a_piece_of_the_text_with_a_letter_or_a_digit(self, embedder: TokenEmbedder) -> None:
        (tokens,) = embedder.embed_tokens([TEXT])
        pieces = [TEXT[start:end] for start, end in zip(tokens.starts, tokens.ends, strict=True)]
        assert {"Light", "rest"} <= set(pieces)
        assert all(any(map(str.isalnum, piece)) for piece in pieces)
        assert list(tokens.starts) == sorted(tokens.starts)
        assert len(tokens.vectors) == len(pieces)

    def test_vectors_have_length_one(self, embedder: TokenEmbedder) -> None:
        (tokens,) = embedder.embed_tokens([TEXT])
        assert np.linalg.norm(tokens.vectors.astype(np.float32), axis=1) == pytest.approx(1, abs=0.01)

    def test_a_word_is_most_like_the_text_that_has_it(self, embedder: TokenEmbedder) -> None:
        assert best(embedder, "ember", TEXT) > best(embedder, "ember", "Who won the football cup?") + 0.2

    def test_a_text_has_the_same_tokens_alone_and_in_company(self, embedder: TokenEmbedder) -> None:
        (alone,), (_, company, _) = embedder.embed_tokens([TEXT]), embedder.embed_tokens(["ember " * 40, TEXT, ""])
        assert company.vectors == pytest.approx(alone.vectors, abs=0.05)
        assert list(company.starts) == list(alone.starts)

    def test_a_text_without_words_has_no_tokens(self, embedder: TokenEmbedder) -> None:
        for text in ("", "?!", "  "):
            (tokens,) = embedder.embed_tokens([text])
            assert (len(tokens.vectors), len(tokens.starts), len(tokens.ends)) == (0, 0, 0)

    def test_no_texts_have_no_tokens(self, embedder: TokenEmbedder) -> None:
        assert embedder.embed_tokens([]) == []

    def test_says_from_when_on_a_text_is_about_a_question(self, embedder: TokenEmbedder) -> None:
        assert 0 < embedder.same_matter < 1


class TestHashedWords(TokenEmbedderContract):
    @pytest.fixture
    def embedder(self) -> TokenEmbedder:
        return HashedWords()

    def test_words_of_one_stem_are_one(self, embedder: TokenEmbedder) -> None:
        assert best(embedder, "embers", "An ember.") == pytest.approx(1, abs=0.01)

    def test_words_without_a_meaning_of_their_own_are_left_out(self, embedder: TokenEmbedder) -> None:
        (tokens,) = embedder.embed_tokens(["What is the ember of?"])
        assert len(tokens.starts) == 1


@pytest.mark.minilm
class TestMiniLM(TokenEmbedderContract):
    @pytest.fixture
    def embedder(self, minilm: MiniLMEmbedder) -> TokenEmbedder:
        return minilm

    def test_knows_meaning_beyond_the_words(self, embedder: TokenEmbedder) -> None:
        assert best(embedder, "vacation", "Holidays may be holidays.") > best(embedder, "vacation", "Write it down.")


class TestRecentTokens(TokenEmbedderContract):
    @pytest.fixture
    def embedder(self) -> TokenEmbedder:
        return RecentTokens(HashedWords(), texts_kept=2)


class Counting(TokenEmbedder):
    def __init__(self) -> None:
        self.asked: list[str] = []

    @property
    def same_matter(self) -> float:
        return HashedWords().same_matter

    def embed_tokens(self, texts: Sequence[str]) -> list[Tokens]:
        self.asked += texts
        return HashedWords().embed_tokens(texts)


def test_what_was_asked_lately_is_not_embedded_again() -> None:
    counting = Counting()
    recent = RecentTokens(counting, texts_kept=2)
    for texts in (["a b", "c d"], ["c d", "a b"], ["e f", "e f"], ["a b"], ["c d"]):
        recent.embed_tokens(texts)
    assert counting.asked == ["a b", "c d", "e f", "c d"]


def test_more_texts_at_once_than_are_kept_all_come_back() -> None:
    recent = RecentTokens(Counting(), texts_kept=1)
    assert len(recent.embed_tokens(["one x", "two x", "three x"])) == 3

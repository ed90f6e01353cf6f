"""What every embedder does."""

import numpy as np

from coaching.knowledge.ports import Embedder

HABIT = "How do I build a morning habit?"
SAME_HABIT = "A morning habit is what you build first."
INVOICE = "The invoice for the server is overdue since October."


class EmbedderContract:
    """Subclasses supply the fixture `embedder`."""

    def test_gives_a_row_of_length_one_per_text(self, embedder: Embedder) -> None:
        vectors = embedder.embed([HABIT, "", "!?", INVOICE * 100], "passage")
        assert vectors.shape == (4, embedder.dimension)
        assert vectors.dtype == np.float32
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    def test_gives_no_rows_for_no_texts(self, embedder: Embedder) -> None:
        assert embedder.embed([], "passage").shape == (0, embedder.dimension)

    def test_keeps_the_order_of_texts_of_any_length(self, embedder: Embedder) -> None:
        texts = [INVOICE * 3, HABIT, SAME_HABIT * 40, "Yes.", INVOICE]
        forward = embedder.embed(texts, "passage")
        backward = embedder.embed(texts[::-1], "passage")
        assert np.allclose(forward, backward[::-1], atol=1e-5)
        assert forward[1] @ embedder.embed([HABIT], "passage")[0] > 0.999

    def test_gives_the_same_vectors_again(self, embedder: Embedder) -> None:
        assert np.array_equal(embedder.embed([HABIT, INVOICE], "query"), embedder.embed([HABIT, INVOICE], "query"))

    def test_gives_a_text_the_same_vector_alone_and_among_others(self, embedder: Embedder) -> None:
        texts = [HABIT, SAME_HABIT * 5, INVOICE, "No.", HABIT]
        together = embedder.embed(texts, "passage")
        alone = np.concatenate([embedder.embed([text], "passage") for text in texts])
        assert np.abs(together - alone).max() < 1e-2

    def test_puts_like_texts_nearer_than_unlike_ones(self, embedder: Embedder) -> None:
        question, alike, unlike = embedder.embed([HABIT, SAME_HABIT, INVOICE], "passage")
        assert question @ alike > question @ unlike + 0.2

    def test_takes_half_a_surrogate_pair_and_control_characters(self, embedder: Embedder) -> None:
        vectors = embedder.embed(["broken \ud83d emoji", "a\x00b\x1b"], "query")
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

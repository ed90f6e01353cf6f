from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from coaching.adapters.embedding.cached import CachedEmbedder
from coaching.adapters.embedding.hashing import HashEmbedder
from coaching.errors import EmbedderUnavailable
from coaching.knowledge.ports import Vectors
from tests.adapters.embedding.contract import HABIT, INVOICE, EmbedderContract


class CountingEmbedder(HashEmbedder):
    """A hash embedder that remembers what it was asked for."""

    def __init__(self, dimension: int = 384) -> None:
        super().__init__(dimension)
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str], purpose: Literal["passage", "query"]) -> Vectors:
        self.asked += texts
        return super().embed(texts, purpose)


class TestCachedEmbedder(EmbedderContract):
    @pytest.fixture
    def inner(self) -> CountingEmbedder:
        return CountingEmbedder()

    @pytest.fixture
    def embedder(self, inner: CountingEmbedder, tmp_path: Path) -> CachedEmbedder:
        return CachedEmbedder(inner, tmp_path / "vectors")

    def test_asks_for_a_text_once(self, embedder: CachedEmbedder, inner: CountingEmbedder) -> None:
        first = embedder.embed([HABIT, INVOICE, HABIT], "passage")
        again = embedder.embed([INVOICE, HABIT], "passage")
        assert inner.asked == [HABIT, INVOICE]
        assert np.array_equal(again, first[[1, 0]])

    def test_keeps_vectors_for_the_next_process(self, embedder: CachedEmbedder, tmp_path: Path) -> None:
        made = embedder.embed([HABIT], "passage")
        later = CountingEmbedder()
        assert np.array_equal(CachedEmbedder(later, tmp_path / "vectors").embed([HABIT], "passage"), made)
        assert later.asked == []

    def test_keeps_purposes_and_models_apart(
        self, embedder: CachedEmbedder, inner: CountingEmbedder, tmp_path: Path
    ) -> None:
        embedder.embed([HABIT], "passage")
        embedder.embed([HABIT], "query")
        assert inner.asked == [HABIT, HABIT]
        small = CountingEmbedder(64)
        assert CachedEmbedder(small, tmp_path / "vectors").embed([HABIT], "passage").shape == (1, 64)
        assert small.asked == [HABIT]

    @pytest.mark.parametrize("damage", [b"", b"short", bytes(1540)])
    def test_makes_a_damaged_vector_anew(
        self, embedder: CachedEmbedder, inner: CountingEmbedder, tmp_path: Path, damage: bytes
    ) -> None:
        made = embedder.embed([HABIT], "passage")
        (stored,) = (path for path in tmp_path.rglob("*") if path.is_file())
        stored.write_bytes(damage)
        assert np.array_equal(embedder.embed([HABIT], "passage"), made)
        embedder.embed([HABIT], "passage")
        assert inner.asked == [HABIT, HABIT]

    def test_is_shared_by_many_writers(self, embedder: CachedEmbedder, tmp_path: Path) -> None:
        texts = [f"thought number {number}" for number in range(40)]
        with ThreadPoolExecutor(8) as pool:
            results = list(pool.map(lambda _: embedder.embed(texts, "passage"), range(16), timeout=60))
        assert all(np.array_equal(result, results[0]) for result in results)
        assert sum(path.is_file() for path in tmp_path.rglob("*")) == len(texts)

    def test_says_when_its_folder_cannot_be_written(self, tmp_path: Path) -> None:
        (tmp_path / "vectors").write_text("a file, not a folder", encoding="utf-8")
        with pytest.raises(EmbedderUnavailable, match="choose another folder"):
            CachedEmbedder(HashEmbedder(), tmp_path / "vectors").embed([HABIT], "passage")

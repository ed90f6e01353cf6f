import subprocess
import sys

import pytest

from coaching.adapters.embedding.hashing import HashEmbedder
from tests.adapters.embedding.contract import HABIT, EmbedderContract

PROGRAM = f"""
from coaching.adapters.embedding.hashing import HashEmbedder
print(HashEmbedder().embed([{HABIT!r}], "query").tobytes().hex())
"""


class TestHashEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> HashEmbedder:
        return HashEmbedder()

    def test_gives_the_same_vector_in_another_process(self, embedder: HashEmbedder) -> None:
        printed = subprocess.run(
            [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=60
        ).stdout.strip()
        assert printed == embedder.embed([HABIT], "query").tobytes().hex()

    def test_counts_words_in_common_whatever_their_case(self, embedder: HashEmbedder) -> None:
        lower, upper = embedder.embed(["rekindle the fire", "REKINDLE the fire!"], "query")
        assert lower @ upper == pytest.approx(1)

    def test_knows_the_order_of_words(self, embedder: HashEmbedder) -> None:
        one, other = embedder.embed(["plan before action", "action before plan"], "query")
        assert 0.5 < one @ other < 0.999

    def test_names_its_space_by_its_dimension(self) -> None:
        assert HashEmbedder(64).model == "hash-64"
        assert HashEmbedder(64).embed([HABIT], "query").shape == (1, 64)

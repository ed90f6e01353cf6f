import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from coaching.adapters.embedding.minilm import MiniLMEmbedder
from coaching.errors import EmbedderUnavailable
from tests.adapters.embedding.contract import HABIT, EmbedderContract


@pytest.mark.minilm
class TestMiniLMEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self, minilm: MiniLMEmbedder) -> MiniLMEmbedder:
        return minilm

    def test_knows_meaning_beyond_shared_words(self, embedder: MiniLMEmbedder) -> None:
        question, answer, other = embedder.embed(
            ["How can I sleep better?", "Tips for a good night of rest", "Lentil soup with carrots"], "query"
        )
        assert question @ answer > question @ other + 0.2

    def test_makes_no_difference_between_purposes(self, embedder: MiniLMEmbedder) -> None:
        assert np.array_equal(embedder.embed([HABIT], "passage"), embedder.embed([HABIT], "query"))

    def test_a_question_has_its_tokens_from_its_embedding(self, embedder: MiniLMEmbedder) -> None:
        (asked_first,) = embedder.embed_tokens(["How long is an ember?"])
        vector = embedder.embed(["How long is an ember?"], "query")
        (kept,), (again,) = (embedder.embed_tokens(["How long is an ember?"]) for _ in range(2))
        assert kept is again
        assert kept.vectors == pytest.approx(asked_first.vectors, abs=0.01)
        assert list(kept.starts) == list(asked_first.starts)
        assert vector == pytest.approx(embedder.embed(["How long is an ember?"], "passage"), abs=1e-5)

    def test_a_question_that_is_asked_at_once_by_many_is_read_once(self, embedder: MiniLMEmbedder) -> None:
        with ThreadPoolExecutor(8) as pool:
            vectors = list(pool.map(lambda _: embedder.embed(["Who lights the first ember?"], "query"), range(8)))
        assert len({id(each) for each in vectors}) == 1

    def test_a_question_of_several_windows_is_embedded_like_a_passage(self, embedder: MiniLMEmbedder) -> None:
        text = "ember " * 400
        assert embedder.embed([text], "query") == pytest.approx(embedder.embed([text], "passage"), abs=1e-5)

    def test_serves_many_threads_at_once(self, minilm_folder: Path) -> None:
        embedder = MiniLMEmbedder(minilm_folder, threads=1)
        with ThreadPoolExecutor(4) as pool:
            results = list(pool.map(lambda _: embedder.embed([HABIT], "query"), range(8), timeout=60))
        assert all(np.array_equal(result, results[0]) for result in results)


def test_says_how_to_build_a_missing_model(tmp_path: Path) -> None:
    embedder = MiniLMEmbedder(tmp_path / "nowhere")
    with pytest.raises(EmbedderUnavailable, match=r"python -m training\.minilm_onnx .*nowhere"):
        embedder.embed([HABIT], "query")


@pytest.mark.minilm
@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_says_how_to_rebuild_a_damaged_model(minilm_folder: Path, tmp_path: Path, name: str) -> None:
    for part in ("model.onnx", "tokenizer.json"):
        (tmp_path / part).symlink_to(minilm_folder / part)
    (tmp_path / name).unlink()
    (tmp_path / name).write_bytes(b"damaged")
    with pytest.raises(EmbedderUnavailable, match=r"missing or damaged"):
        MiniLMEmbedder(tmp_path).embed([HABIT], "query")


def test_loads_no_runtime_before_the_first_text() -> None:
    program = (
        "import sys; from pathlib import Path; from coaching.adapters.embedding.minilm import MiniLMEmbedder; "
        "MiniLMEmbedder(Path('nowhere')).embed([], 'query'); "
        "sys.exit('onnxruntime' in sys.modules or 'tokenizers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=60, check=False).returncode == 0

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from coaching.adapters.embedding.onnx import OnnxEmbedder
from coaching.errors import EmbedderUnavailable
from coaching.knowledge.ports import Vector
from tests.adapters.embedding.contract import EmbedderContract
from tests.support.tiny_onnx import TABLE, VOCABULARY, write_embedder


class TestOnnxEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self, tmp_path: Path) -> OnnxEmbedder:
        return OnnxEmbedder(write_embedder(tmp_path))


def of(*words: str) -> Vector:
    """Return the mean of the words' vectors, of length 1."""
    mean = TABLE[[VOCABULARY[word] for word in words]].mean(axis=0)
    unit: Vector = (mean / np.linalg.norm(mean)).astype(np.float32)
    return unit


def test_takes_the_mean_of_the_tokens_and_none_of_the_padding(tmp_path: Path) -> None:
    embedder = OnnxEmbedder(write_embedder(tmp_path, pooling="mean"))
    short, _ = embedder.embed(["sleep well", "small habits hold and hold and hold"], "passage")
    assert np.allclose(short, of("[CLS]", "sleep", "well", "[SEP]"), atol=1e-5)


def test_takes_the_first_token_where_the_card_says_so(tmp_path: Path) -> None:
    embedder = OnnxEmbedder(write_embedder(tmp_path, pooling="cls"))
    assert np.allclose(embedder.embed(["sleep well"], "passage"), of("[CLS]"), atol=1e-5)


def test_puts_the_prefix_of_its_purpose_before_a_text(tmp_path: Path) -> None:
    embedder = OnnxEmbedder(write_embedder(tmp_path, query_prefix="question: ", passage_prefix="passage: "))
    query, passage = (embedder.embed(["sleep"], purpose)[0] for purpose in ("query", "passage"))
    assert np.allclose(query, of("[CLS]", "question:", "sleep", "[SEP]"), atol=1e-5)
    assert np.allclose(passage, of("[CLS]", "passage:", "sleep", "[SEP]"), atol=1e-5)


def test_knows_how_far_it_reads(tmp_path: Path) -> None:
    embedder = OnnxEmbedder(write_embedder(tmp_path, max_tokens=8, passage_prefix="passage: "))
    text = "small habits hold small habits hold small habits"
    within = text[: embedder.reach(text)]
    assert within.strip() == "small habits hold small habits"
    whole, cut = embedder.embed([text, within], "passage")
    assert np.allclose(whole, cut, atol=1e-6)
    assert embedder.reach("small habits hold") == len("small habits hold")


def test_says_its_space_and_dimension(tmp_path: Path) -> None:
    embedder = OnnxEmbedder(write_embedder(tmp_path, model="bge-small-en-v1.5"))
    assert (embedder.model, embedder.dimension) == ("bge-small-en-v1.5", 16)


@pytest.mark.parametrize(
    "card", [{"dimension": 17}, {"pooling": "max"}, {"model": ""}, {"max_tokens": 0}, {"max_token": 512}]
)
def test_refuses_a_card_that_does_not_fit(tmp_path: Path, card: dict[str, object]) -> None:
    embedder = OnnxEmbedder(write_embedder(tmp_path, **card))
    with pytest.raises(EmbedderUnavailable, match=r"embedder\.json that fits"):
        embedder.embed(["sleep"], "query")


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "embedder.json"])
def test_says_what_is_missing(tmp_path: Path, name: str) -> None:
    (write_embedder(tmp_path) / name).unlink()
    with pytest.raises(EmbedderUnavailable, match=r"model\.onnx, tokenizer\.json and an embedder\.json"):
        OnnxEmbedder(tmp_path).embed(["sleep"], "query")


def test_loads_no_runtime_when_it_is_made() -> None:
    program = (
        "import sys; from pathlib import Path; from coaching.adapters.embedding.onnx import OnnxEmbedder; "
        "OnnxEmbedder(Path('nowhere')); sys.exit('onnxruntime' in sys.modules or 'tokenizers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=60, check=False).returncode == 0

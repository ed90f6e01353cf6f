from concurrent.futures import ThreadPoolExecutor
from math import exp
from pathlib import Path

import pytest

from coaching.adapters.reranking.onnx import OnnxReranker
from coaching.errors import ModelUnavailable
from tests.support.tiny_onnx import write_reranker


def share(logit: float) -> float:
    return 1 / (1 + exp(-logit))


def test_scores_each_text_beside_the_question(tmp_path: Path) -> None:
    reranker = OnnxReranker(write_reranker(tmp_path))
    scores = reranker.scores("how do i sleep", ["sleep well", "small habits hold small habits hold", ""])
    # The second text's tokens and its end, less 3.
    assert scores == pytest.approx([share(0), share(4), share(-2)], abs=1e-6)


def test_scores_nothing_for_no_texts(tmp_path: Path) -> None:
    assert OnnxReranker(write_reranker(tmp_path)).scores("how", []) == []


def test_reads_many_long_texts_in_several_batches(tmp_path: Path) -> None:
    texts = [" ".join(["habit"] * (number % 900)) for number in range(40)]
    scores = OnnxReranker(write_reranker(tmp_path)).scores("broken \ud83d question", texts)
    assert len(scores) == 40
    assert all(0 <= score <= 1 for score in scores)
    assert scores[3] == pytest.approx(share(1), abs=1e-6)


def test_threads_share_it(tmp_path: Path) -> None:
    reranker = OnnxReranker(write_reranker(tmp_path))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: reranker.scores("how", ["sleep well"]), range(16), timeout=60))
    assert all(each == found[0] for each in found)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_says_what_is_missing(tmp_path: Path, name: str) -> None:
    (write_reranker(tmp_path) / name).unlink()
    with pytest.raises(ModelUnavailable, match=r"model\.onnx.*tokenizer\.json"):
        OnnxReranker(tmp_path).scores("how", ["sleep"])


def test_refuses_a_model_that_does_not_score(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="one output a pair"):
        OnnxReranker(write_reranker(tmp_path, outputs=3)).scores("how", ["sleep"])

"""Passages embedded a second on two cores: `python -m benchmarks.embedding`.

The passages are the demo creator's. Beside it runs sentence-transformers with the same weights, where it is installed;
`make bench` leaves it out for its size: `.venv-bench/bin/pip install torch sentence-transformers`. Without it the share
of the machine's peak is printed: of the integer products that ONNX Runtime does in one large multiplication alone.
"""

import importlib.util
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figures import HEADER, Figure
from benchmarks.two_cores import two_cores
from coaching.adapters.embedding.minilm import MiniLMEmbedder
from coaching.adapters.embedding.minilm_tokens import MiniLMTokens
from coaching.adapters.extraction import FileExtractor
from coaching.knowledge.clean import clean
from coaching.knowledge.content_types import MARKDOWN
from coaching.knowledge.split import split
from training.minilm_graph import LAYERS, WIDTH
from training.minilm_onnx import build
from training.minilm_weights import source_folder

GOAL = 2.0
THREADS = 2
DOCUMENTS = Path(__file__).parents[1] / "local" / "demo_creator" / "documents"
_ROUNDS = 5
_PRODUCTS_PER_TOKEN = LAYERS * 12 * WIDTH * WIDTH
"""Four square layers and two that are four times as wide; attention's own products are few and not counted."""
_PEAK_SHAPE = (512, 4 * WIDTH, 4 * WIDTH)


def pages() -> list[Path]:
    """Return the demo creator's pages in Markdown."""
    return sorted(DOCUMENTS.glob("*.md"))


def passages() -> list[str]:
    """Return the passages of the pages."""
    blocks = (clean(FileExtractor().extract(page.read_bytes(), MARKDOWN).blocks) for page in pages())
    return [piece.text for each in blocks for piece in split(each)]


def figures() -> list[Figure]:
    folder = build(Path(".cache/minilm"))
    texts = passages()
    tokens = sum(len(window) for text in texts for window in MiniLMTokens(folder).windows(text))
    with two_cores():
        ours = MiniLMEmbedder(folder, threads=THREADS)
        timed: list[Callable[[], object]] = [lambda: ours.embed(texts, "passage")]
        if importlib.util.find_spec("sentence_transformers"):
            timed.append(_sentence_transformers(texts))
        seconds = _best(timed)
        measured = f"{len(texts) / seconds[0]:.0f} passages/s, {tokens / seconds[0]:,.0f} tokens/s"
        if len(seconds) > 1:
            ratio = seconds[1] / seconds[0]
            value = f"{measured} / {len(texts) / seconds[1]:.0f} passages/s = {ratio:.2f}"
            return [Figure("embedding, 2 cores: ours / sentence-transformers", value, f">= {GOAL:g}", ratio >= GOAL)]
        share = tokens * _PRODUCTS_PER_TOKEN / seconds[0] / _peak()
        return [Figure("embedding, 2 cores: share of the peak of one large product", f"{measured}, {share:.0%}")]


def _sentence_transformers(texts: Sequence[str]) -> Callable[[], object]:
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()
    torch.set_num_threads(THREADS)
    model = SentenceTransformer(str(source_folder()), device="cpu")
    return lambda: model.encode(list(texts), batch_size=32, show_progress_bar=False)


def _best(timed: Sequence[Callable[[], object]]) -> list[float]:
    """Return the seconds of the best of some rounds, in which all take turns."""
    seconds = [float("inf")] * len(timed)
    for _ in range(_ROUNDS + 1):
        for number, run in enumerate(timed):
            began = time.perf_counter()
            run()
            seconds[number] = min(seconds[number], time.perf_counter() - began)
    return seconds


def _peak() -> float:
    """Return how many products of 8-bit integers ONNX Runtime does in a second on the threads."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    from onnxruntime import InferenceSession, SessionOptions

    rows, inner, columns = _PEAK_SHAPE
    weight = numpy_helper.from_array(np.ones((inner, columns), np.int8), "weight")
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["tokens", "weight"], ["product"])],
        "peak",
        [helper.make_tensor_value_info("tokens", TensorProto.UINT8, [rows, inner])],
        [helper.make_tensor_value_info("product", TensorProto.INT32, [rows, columns])],
        [weight],
    )
    model: Any = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    onnx.checker.check_model(model)
    options = SessionOptions()
    options.intra_op_num_threads = THREADS
    session = InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    feeds = {"tokens": np.ones((rows, inner), np.uint8)}
    (seconds,) = _best([lambda: session.run(None, feeds)])
    return rows * inner * columns / seconds


if __name__ == "__main__":
    print(HEADER)
    for figure in figures():
        print(figure)

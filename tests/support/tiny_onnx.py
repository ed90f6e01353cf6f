"""Models of a few kilobytes, so that the adapters for models of one's own run for real in every test run.

Words are tokens, and each has a fixed random vector; what the graphs compute can be computed by hand.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

WIDTH = 16
SPECIAL = ("[UNK]", "[CLS]", "[SEP]", "question:", "passage:")
WORDS = [
    "how",
    "do",
    "i",
    "build",
    "a",
    "morning",
    "habit",
    "is",
    "what",
    "you",
    "first",
    "the",
    "invoice",
    "for",
    "server",
    "overdue",
    "since",
    "october",
    "yes",
    "no",
    ".",
    "?",
    "!",
    ":",
    "small",
    "habits",
    "hold",
    "sleep",
    "well",
]
VOCABULARY = {word: number for number, word in enumerate((*SPECIAL, *WORDS))}
TABLE: NDArray[np.float32] = np.random.default_rng(7).normal(size=(len(VOCABULARY), WIDTH)).astype(np.float32)


def write_tokenizer(folder: Path) -> None:
    """Write `tokenizer.json`: lower-case words, [CLS] text [SEP], and for two texts [CLS] one [SEP] two [SEP]."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.normalizers import Lowercase
    from tokenizers.pre_tokenizers import Split
    from tokenizers.processors import TemplateProcessing

    tokenizer = Tokenizer(WordLevel(VOCABULARY, unk_token="[UNK]"))
    tokenizer.normalizer = Lowercase()
    tokenizer.pre_tokenizer = Split(" ", "removed")
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", VOCABULARY["[CLS]"]), ("[SEP]", VOCABULARY["[SEP]"])],
    )
    tokenizer.save(str(folder / "tokenizer.json"))


def write_embedder(folder: Path, **card: Any) -> Path:
    """Write an embedder whose token vectors are those of `TABLE`, and its card."""
    folder.mkdir(parents=True, exist_ok=True)
    write_tokenizer(folder)
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])]
    _write(folder, nodes, ["batch", "sequence", WIDTH], ["input_ids", "attention_mask"], [_constant("table", TABLE)])
    facts = {"model": "tiny", "dimension": WIDTH, "pooling": "mean"} | card
    (folder / "embedder.json").write_text(json.dumps(facts), encoding="utf-8")
    return folder


def write_reranker(folder: Path, outputs: int = 1) -> Path:
    """Write a cross-encoder whose logit is the number of tokens of the second text less 3."""
    folder.mkdir(parents=True, exist_ok=True)
    write_tokenizer(folder)
    axis = _constant("axis", np.array([1], np.int64))
    nodes = [
        helper.make_node("Cast", ["token_type_ids"], ["types"], to=TensorProto.FLOAT),
        helper.make_node("ReduceSum", ["types", "axis"], ["length"]),
        helper.make_node("Sub", ["length", "three"], ["logit"]),
        helper.make_node("Concat", ["logit"] * outputs, ["logits"], axis=1),
    ]
    constants = [axis, _constant("three", np.array([3], np.float32))]
    _write(folder, nodes, ["batch", outputs], ["input_ids", "attention_mask", "token_type_ids"], constants)
    return folder


def _constant(name: str, value: NDArray[Any]) -> onnx.TensorProto:
    return numpy_helper.from_array(value, name)


def _write(
    folder: Path,
    nodes: Sequence[onnx.NodeProto],
    shape: Sequence[str | int],
    inputs: Sequence[str],
    constants: Sequence[onnx.TensorProto],
) -> None:
    given = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"]) for name in inputs]
    output = helper.make_tensor_value_info(nodes[-1].output[0], TensorProto.FLOAT, shape)
    graph = helper.make_graph(nodes, "tiny", given, [output], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    (folder / "model.onnx").write_bytes(model.SerializeToString())

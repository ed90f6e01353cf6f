"""MiniLM as an ONNX graph: a six-layer BERT encoder, mean pooling and length normalisation, in int8.

Every dense layer multiplies int8 by int8. Weights have one scale per output; activations get one scale per token
while the model runs, so that a text's vector does not depend on the texts or the padding it is batched with.
Attention, normalisation and pooling stay in float32.
"""

from itertools import count
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from training.minilm_weights import Array, Weights

LAYERS: Final = 6
HEADS: Final = 12
WIDTH: Final = 384
MAX_TOKENS: Final = 256
LAYER_NORM_EPSILON: Final = 1e-12
OPSET: Final = 20
IR_VERSION: Final = 9
# Seven bits: without VNNI, x86 adds two products in 16 bits, which full-range weights overflow unseen.
WEIGHT_LIMIT: Final = 63
TABLE_LIMIT: Final = 127
ACTIVATION_SCALE: Final = np.float32(1 / 127)
ACTIVATION_ZERO: Final = np.uint8(128)


class _Graph:
    """Collects nodes and constants; every value is known by its name."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}
        self._numbers = count()

    def constant(self, name: str, value: NDArray[Any] | np.generic) -> str:
        if name not in self._constants:
            self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(value).reshape(value.shape), name)
        return name

    def split(self, inputs: list[str], outputs: int, **attributes: Any) -> list[str]:  # noqa: ANN401
        return self._add("Split", inputs, outputs, "", attributes)

    def node(self, operation: str, *inputs: str, **attributes: Any) -> str:  # noqa: ANN401
        """Add a standard ONNX operation and return the name of its output."""
        return self._add(operation, list(inputs), 1, "", attributes)[0]

    def fused(self, operation: str, *inputs: str, **attributes: Any) -> str:  # noqa: ANN401
        """Add an operation that ONNX Runtime has beyond the standard."""
        return self._add(operation, list(inputs), 1, "com.microsoft", attributes)[0]

    def model(self) -> onnx.ModelProto:
        """Close the graph."""
        graph = helper.make_graph(
            self._nodes,
            "all-MiniLM-L6-v2",
            [
                helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "sequence"]),
                helper.make_tensor_value_info("attention_mask", TensorProto.INT64, ["batch", "sequence"]),
            ],
            [
                helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", WIDTH]),
                helper.make_tensor_value_info("tokens", TensorProto.FLOAT, ["batch", "sequence", WIDTH]),
            ],
            list(self._constants.values()),
        )
        operations = [helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(graph, opset_imports=operations, ir_version=IR_VERSION)

    def output(self, name: str, value: str) -> None:
        """Give a value out under a name."""
        self._nodes.append(helper.make_node("Identity", [value], [name]))

    def _add(
        self, operation: str, inputs: list[str], outputs: int, domain: str, attributes: dict[str, object]
    ) -> list[str]:
        names = [f"{operation}_{next(self._numbers)}" for _ in range(outputs)]
        self._nodes.append(helper.make_node(operation, inputs, names, domain=domain, **attributes))
        return names


def encoder_model(weights: Weights) -> bytes:
    """Return the serialised model; the same weights give the same bytes.

    Inputs `input_ids` and `attention_mask`: int64 [batch, sequence], at most 256 tokens.
    Outputs, float32, rows of length 1: `embedding` [batch, 384] of each text, `tokens` [batch, sequence, 384].
    """
    graph = _Graph()
    mask = graph.node("Cast", "attention_mask", to=TensorProto.INT32)
    hidden = _embeddings(graph, weights)
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}"
        hidden = _attention(graph, weights, layer, hidden, mask)
        hidden = _feed_forward(graph, weights, layer, hidden)
    graph.output("embedding", _pooled(graph, hidden))
    graph.output("tokens", graph.node("LpNormalization", hidden, axis=-1, p=2))
    serialised: bytes = graph.model().SerializeToString(deterministic=True)
    return serialised


def _rows_in_int8(matrix: Array, limit: int) -> tuple[NDArray[np.int8], Array]:
    """Return the matrix as integers of -limit..limit and the scale of each row."""
    scales = np.abs(matrix).max(axis=1) / np.float32(limit)
    return np.rint(matrix / scales[:, None]).astype(np.int8), scales


def _embeddings(graph: _Graph, weights: Weights) -> str:
    table, scales = _rows_in_int8(weights["embeddings.word_embeddings.weight"], TABLE_LIMIT)
    words = graph.node("Gather", graph.constant("words", table), "input_ids")
    word_scales = graph.node("Gather", graph.constant("words.scale", scales[:, None]), "input_ids")
    words = graph.node("Mul", graph.node("Cast", words, to=TensorProto.FLOAT), word_scales)
    # Texts are never given in pairs, so every token has type 0 and the type's vector joins the position's.
    positions = weights["embeddings.position_embeddings.weight"][:MAX_TOKENS]
    positions = positions + weights["embeddings.token_type_embeddings.weight"][0]
    zero = graph.constant("zero", np.array([0]))
    length = graph.node("Shape", "input_ids", start=1, end=2)
    places = graph.node("Slice", graph.constant("positions", positions), zero, length, zero)
    gain, bias = _constants(graph, weights, "embeddings.LayerNorm")
    return graph.node("LayerNormalization", graph.node("Add", words, places), gain, bias, epsilon=LAYER_NORM_EPSILON)


def _attention(graph: _Graph, weights: Weights, layer: str, hidden: str, mask: str) -> str:
    weight, bias = weights.query_key_value(layer)
    projected = _product(graph, f"{layer}.query_key_value", weight, hidden)
    query, key, value = graph.split([projected], 3, axis=-1, num_outputs=3)
    bias_name = graph.constant(f"{layer}.query_key_value.bias", bias)
    context = graph.fused("MultiHeadAttention", query, key, value, bias_name, mask, num_heads=HEADS)
    return _added_and_normalised(graph, weights, f"{layer}.attention.output", context, hidden)


def _feed_forward(graph: _Graph, weights: Weights, layer: str, hidden: str) -> str:
    weight, bias = weights.dense(f"{layer}.intermediate.dense")
    wide = _product(graph, f"{layer}.intermediate", weight, hidden)
    wide = graph.fused("BiasGelu", wide, graph.constant(f"{layer}.intermediate.bias", bias))
    return _added_and_normalised(graph, weights, f"{layer}.output", wide, hidden)


def _added_and_normalised(graph: _Graph, weights: Weights, name: str, inner: str, residual: str) -> str:
    weight, bias = weights.dense(f"{name}.dense")
    product = _product(graph, f"{name}.dense", weight, inner)
    gain, shift = _constants(graph, weights, f"{name}.LayerNorm")
    biased = graph.node("Add", product, graph.constant(f"{name}.dense.bias", bias))
    # Three steps: ONNX Runtime's fused one, SkipLayerNormalization, takes four times as long.
    total = graph.node("Add", biased, residual)
    return graph.node("LayerNormalization", total, gain, shift, epsilon=LAYER_NORM_EPSILON)


def _constants(graph: _Graph, weights: Weights, name: str) -> list[str]:
    return [graph.constant(f"{name}.{part}", weights[f"{name}.{part}"]) for part in ("weight", "bias")]


def _product(graph: _Graph, name: str, weight: Array, tokens: str) -> str:
    """Multiply each token's activations, brought to -1..1 by their own largest, by the int8 weight."""
    integers, scales = _rows_in_int8(weight, WEIGHT_LIMIT)
    last_axis = graph.constant("last_axis", np.array([-1]))
    largest = graph.node("ReduceMax", graph.node("Abs", tokens), last_axis)
    scale = graph.constant("activation.scale", ACTIVATION_SCALE)
    zero = graph.constant("activation.zero", ACTIVATION_ZERO)
    quantised = graph.node("QuantizeLinear", graph.node("Div", tokens, largest), scale, zero)
    product = graph.fused(
        "MatMulIntegerToFloat",
        quantised,
        graph.constant(f"{name}.weight", integers.T),
        scale,
        graph.constant(f"{name}.scale", scales),
        zero,
    )
    return graph.node("Mul", product, largest)


def _pooled(graph: _Graph, hidden: str) -> str:
    """Add up the tokens that the mask keeps; scaled to length 1, the sum is the mean."""
    axis = graph.constant("token_axis", np.array([1]))
    mask = graph.node("Unsqueeze", graph.node("Cast", "attention_mask", to=TensorProto.FLOAT), axis)
    total = graph.node("Squeeze", graph.node("MatMul", mask, hidden), axis)
    return graph.node("LpNormalization", total, axis=-1, p=2)

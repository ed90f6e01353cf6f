"""MiniLM in plain float32 NumPy: what the int8 model is compared with.

Written from the BERT paper (Devlin et al. 2018) and the model's published configuration, apart from the ONNX graph.
"""

from collections.abc import Sequence

import numpy as np

from training.minilm_graph import HEADS, LAYER_NORM_EPSILON, LAYERS, WIDTH
from training.minilm_weights import Array, Weights


def reference_vectors(weights: Weights, texts: Sequence[Sequence[int]]) -> Array:
    """Return (texts, 384), rows of length 1, for the token ids of each text.

    All texts' tokens stand in one (tokens, 384) matrix; only attention, positions and the mean look at texts apart.
    """
    ends = np.cumsum([len(tokens) for tokens in texts])
    spans = [slice(int(end) - len(tokens), int(end)) for end, tokens in zip(ends, texts, strict=True)]
    hidden = _embeddings(weights, texts)
    for number in range(LAYERS):
        hidden = _layer(hidden, spans, weights, f"encoder.layer.{number}")
    means = np.stack([hidden[span].mean(axis=0) for span in spans])
    vectors: Array = means / np.linalg.norm(means, axis=1, keepdims=True)
    return vectors


def _embeddings(weights: Weights, texts: Sequence[Sequence[int]]) -> Array:
    words = weights["embeddings.word_embeddings.weight"][np.concatenate(texts)]
    places = np.concatenate([np.arange(len(tokens)) for tokens in texts])
    positions = weights["embeddings.position_embeddings.weight"][places]
    types = weights["embeddings.token_type_embeddings.weight"][0]
    return _normalised(words + positions + types, *weights.dense("embeddings.LayerNorm"))


def _layer(hidden: Array, spans: Sequence[slice], weights: Weights, name: str) -> Array:
    projected = _dense(hidden, *weights.query_key_value(name))
    context = np.concatenate([_attention(projected[span]) for span in spans])
    context = _dense(context, *weights.dense(f"{name}.attention.output.dense"))
    hidden = _normalised(hidden + context, *weights.dense(f"{name}.attention.output.LayerNorm"))
    wide = _gelu(_dense(hidden, *weights.dense(f"{name}.intermediate.dense")))
    wide = _dense(wide, *weights.dense(f"{name}.output.dense"))
    return _normalised(hidden + wide, *weights.dense(f"{name}.output.LayerNorm"))


def _attention(projected: Array) -> Array:
    """Scaled dot-product attention of (tokens, 3 * 384), head by head; returns (tokens, 384)."""
    parts = projected.reshape(len(projected), 3, HEADS, WIDTH // HEADS).transpose(1, 2, 0, 3)
    query, key, value = parts
    scores = query @ key.transpose(0, 2, 1) / np.sqrt(np.float32(WIDTH // HEADS))
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    context: Array = (shares @ value).transpose(1, 0, 2).reshape(len(projected), WIDTH)
    return context


def _dense(inputs: Array, weight: Array, bias: Array) -> Array:
    outputs: Array = inputs @ weight.T + bias
    return outputs


def _normalised(inputs: Array, gain: Array, bias: Array) -> Array:
    centred = inputs - inputs.mean(axis=-1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + np.float32(LAYER_NORM_EPSILON))
    normalised: Array = centred / deviation * gain + bias
    return normalised


def _gelu(inputs: Array) -> Array:
    """x * Phi(x), with the error function of Abramowitz and Stegun, formula 7.1.26 (error below 1.5e-7)."""
    z = np.abs(inputs) / np.sqrt(np.float32(2))
    t = 1 / (1 + np.float32(0.3275911) * z)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    error_function = np.sign(inputs) * (1 - series * np.exp(-(z**2)))
    activated: Array = (inputs * (1 + error_function) / 2).astype(np.float32)
    return activated

"""Writes a tiny chat model with random weights as a GGUF file (version 3, llama architecture, 32-bit floats).

A real llama.cpp loads it in milliseconds, so that streaming, stopping and limits are tried for real. Its words are
noise from a fixed seed. The first dimension of every embedding is constant and each token's output row reads it, which
sets how likely the token is: letters and digits are, broken bytes are not, and the end token is as the caller wishes.

Source of the format: github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

import math
import random
import struct
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Value = bool | int | float | str | list[str] | list[int]

_ALIGNMENT = 32
_LAYERS, _WIDTH, _HEADS, _CONTEXT, _SEED = 2, 64, 4, 8192, 7
_MERGES = ("Ġ t", "h e")
_END, _UNLIKELY, _LIKELY = "<|im_end|>", -40.0, 0.0
_TEMPLATE = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + "
    "message['content'] + '<|im_end|>' + '\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


@dataclass(frozen=True, slots=True)
class Tensor:
    """Numbers row by row; `shape` is (rows, columns) or (length,)."""

    shape: tuple[int, ...]
    numbers: "array[float]"


def write_chat_model(path: Path, *, ends: bool = True, merges: Sequence[str] = _MERGES) -> Path:
    """Write about 470 KB to `path`, the same bytes each time, and return it.

    Answers depend on the prompt and mostly end within fifty tokens; where `ends` is false they go on until stopped.
    `merges` are pairs of symbols in byte-level BPE, in order; each adds a token, so that prompts have fewer.
    """
    tokens = ["<|endoftext|>", "<|im_start|>", _END, *_byte_symbols(), *(pair.replace(" ", "") for pair in merges)]
    path.write_bytes(_gguf(_metadata(tokens, merges), _tensors(tokens, 14.0 if ends else _UNLIKELY)))
    return path


def _metadata(tokens: list[str], merges: Sequence[str]) -> dict[str, Value]:
    return {
        "general.architecture": "llama",
        "general.name": "tiny random chat",
        "general.alignment": _ALIGNMENT,
        "llama.block_count": _LAYERS,
        "llama.context_length": _CONTEXT,
        "llama.embedding_length": _WIDTH,
        "llama.feed_forward_length": 2 * _WIDTH,
        "llama.attention.head_count": _HEADS,
        "llama.attention.head_count_kv": _HEADS,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "llama.rope.dimension_count": _WIDTH // _HEADS,
        "llama.rope.freq_base": 10_000.0,
        "llama.vocab_size": len(tokens),
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "smollm",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": [3, 3, 3] + [1] * (len(tokens) - 3),
        "tokenizer.ggml.merges": list(merges),
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.ggml.unknown_token_id": 0,
        "tokenizer.ggml.add_bos_token": False,
        "tokenizer.chat_template": _TEMPLATE,
    }


def _tensors(tokens: list[str], end_logit: float) -> dict[str, Tensor]:
    noise = random.Random(_SEED)
    embedding = _noise(noise, 0.3, len(tokens), _WIDTH)
    output = _noise(noise, 0.25, len(tokens), _WIDTH)
    for row, token in enumerate(tokens):
        embedding.numbers[row * _WIDTH] = 1.0
        output.numbers[row * _WIDTH] = _logit(token, end_logit) / math.sqrt(_WIDTH)
    tensors = {"token_embd.weight": embedding}
    for layer in range(_LAYERS):
        tensors |= {f"blk.{layer}.{name}": tensor for name, tensor in _layer(noise).items()}
    return tensors | {"output_norm.weight": _ones(), "output.weight": output}


def _layer(noise: random.Random) -> dict[str, Tensor]:
    square, up, down = (_WIDTH, _WIDTH), (2 * _WIDTH, _WIDTH), (_WIDTH, 2 * _WIDTH)
    shapes = {"attn_q": square, "attn_k": square, "attn_v": square, "attn_output": square}
    shapes |= {"ffn_gate": up, "ffn_up": up, "ffn_down": down}
    weights = {f"{name}.weight": _noise(noise, 0.15, *shape) for name, shape in shapes.items()}
    return weights | {"attn_norm.weight": _ones(), "ffn_norm.weight": _ones()}


def _logit(token: str, end_logit: float) -> float:
    if token == _END:
        return end_logit
    readable = len(token) == 1 and ((token.isascii() and token.isalnum()) or token == "Ġ")
    return _LIKELY if readable else _UNLIKELY


def _noise(noise: random.Random, deviation: float, *shape: int) -> Tensor:
    return Tensor(shape, array("f", (noise.gauss(0.0, deviation) for _ in range(math.prod(shape)))))


def _ones() -> Tensor:
    return Tensor((_WIDTH,), array("f", [1.0] * _WIDTH))


def _byte_symbols() -> Iterable[str]:
    """Return GPT-2's printable stand-in for each byte, the printable ones first."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    return [chr(byte) for byte in printable] + [chr(256 + n) for n in range(256 - len(printable))]


def _gguf(metadata: Mapping[str, Value], tensors: Mapping[str, Tensor]) -> bytes:
    head = struct.pack("<4sIQQ", b"GGUF", 3, len(tensors), len(metadata))
    head += b"".join(_string(key) + _value(value) for key, value in metadata.items())
    body = b""
    for name, tensor in tensors.items():
        sizes = tuple(reversed(tensor.shape))
        head += _string(name) + struct.pack(f"<I{len(sizes)}QIQ", len(sizes), *sizes, 0, len(body))
        body += _aligned(tensor.numbers.tobytes())
    return _aligned(head) + body


def _aligned(data: bytes) -> bytes:
    return data + bytes(-len(data) % _ALIGNMENT)


def _string(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _value(value: Value) -> bytes:
    match value:
        case bool():
            return struct.pack("<IB", 7, value)
        case int():
            return struct.pack("<II", 4, value)
        case float():
            return struct.pack("<If", 6, value)
        case str():
            return struct.pack("<I", 8) + _string(value)
        case list():
            return _list(value)


def _list(values: list[str] | list[int]) -> bytes:
    if all(isinstance(value, int) for value in values):
        return struct.pack(f"<IIQ{len(values)}i", 9, 5, len(values), *values)
    return struct.pack("<IIQ", 9, 8, len(values)) + b"".join(_string(str(value)) for value in values)

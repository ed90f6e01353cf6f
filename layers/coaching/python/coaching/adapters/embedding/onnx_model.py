"""A text model that somebody else exported to ONNX: its tokenizer and its graph from one folder."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

BATCH_TOKENS: Final = 4_096
"""Padding included; bounds memory, most of which goes to attention."""

Text = str | tuple[str, str]
"""One text, or two to be read together."""
Rows = list[int]
Floats = NDArray[np.float32]
Mask = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class OnnxModel:
    """A loaded model. Threads may share it."""

    tokenizer: "Tokenizer"
    session: "InferenceSession"

    def outputs(self, texts: Sequence[Text]) -> Iterator[tuple[Rows, Floats, Mask]]:
        """Yield batches: which texts they are, the graph's first output for them, and which tokens are no padding."""
        readable = [_readable(text) for text in texts]
        encodings = self.tokenizer.encode_batch(readable)
        for rows in batches([len(encoding.ids) for encoding in encodings], most_tokens=BATCH_TOKENS):
            feeds = _feeds([encodings[row] for row in rows])
            wanted = {each.name for each in self.session.get_inputs()}
            output: Floats = self.session.run(None, {name: feeds[name] for name in feeds.keys() & wanted})[0]
            yield rows, output.astype(np.float32), feeds["attention_mask"]


def load(folder: Path, *, max_tokens: int, threads: int) -> OnnxModel:
    """Read `model.onnx` and `tokenizer.json`. Of a text that is longer the first `max_tokens` tokens count.

    Raises: whatever the two libraries raise, which is anything.
    """
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return OnnxModel(tokenizer, session_of(folder, threads=threads))


def session_of(folder: Path, *, threads: int, as_it_is: bool = False) -> "InferenceSession":
    """Return a session for `model.onnx`, whose graph is run `as_it_is` or optimised first.

    Raises: whatever ONNX Runtime raises.
    """
    # Importing it takes a quarter of a second, which only a process that needs it should pay.
    from onnxruntime import GraphOptimizationLevel, InferenceSession, SessionOptions

    options = SessionOptions()
    if as_it_is:
        options.graph_optimization_level = GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])


def readable(text: str) -> str:
    """Return the text as a tokenizer takes it: half of a surrogate pair is no text to it."""
    return text.encode("utf-8", errors="replace").decode("utf-8")


def reach(encoding: "Encoding", text: str) -> int:
    """Return how many of the text's first characters are in its first window of tokens."""
    beyond = encoding.overflowing
    # Of a character that makes several tokens, all or none are within reach.
    return next((start for start, end in beyond[0].offsets if end), 0) if beyond else len(text)


def batches(lengths: Sequence[int], *, most_tokens: int, most_texts: int | None = None) -> Iterator[Rows]:
    """Yield the texts' indices, shortest first, so that texts of like length share a batch and little is padding.

    `lengths` are in tokens. A batch has at most `most_tokens` with its padding, or one text.
    """
    batch: Rows = []
    for row in sorted(range(len(lengths)), key=lambda row: lengths[row]):
        if batch and (len(batch) == most_texts or (len(batch) + 1) * lengths[row] > most_tokens):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def _readable(text: Text) -> Text:
    return (readable(text[0]), readable(text[1])) if isinstance(text, tuple) else readable(text)


def _feeds(encodings: "Sequence[Encoding]") -> dict[str, Mask]:
    shape = len(encodings), max(len(encoding.ids) for encoding in encodings)
    feeds = {name: np.zeros(shape, np.int64) for name in ("input_ids", "attention_mask", "token_type_ids")}
    for row, encoding in enumerate(encodings):
        length = len(encoding.ids)
        feeds["input_ids"][row, :length] = encoding.ids
        feeds["attention_mask"][row, :length] = 1
        feeds["token_type_ids"][row, :length] = encoding.type_ids
    return feeds

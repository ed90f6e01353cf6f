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
        for rows in _batches([len(encoding.ids) for encoding in encodings]):
            feeds = _feeds([encodings[row] for row in rows])
            wanted = {each.name for each in self.session.get_inputs()}
            output: Floats = self.session.run(None, {name: feeds[name] for name in feeds.keys() & wanted})[0]
            yield rows, output.astype(np.float32), feeds["attention_mask"]


def load(folder: Path, *, max_tokens: int, threads: int) -> OnnxModel:
    """Read `model.onnx` and `tokenizer.json`. Of a text that is longer the first `max_tokens` tokens count.

    Raises: whatever the two libraries raise, which is anything.
    """
    # Importing ONNX Runtime takes a quarter of a second, which only a process that needs it should pay.
    from onnxruntime import InferenceSession, SessionOptions
    from tokenizers import Tokenizer

    options = SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    session = InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
    return OnnxModel(tokenizer, session)


def _readable(text: Text) -> Text:
    # Half of a surrogate pair is no text to the tokenizer.
    if isinstance(text, tuple):
        return _whole(text[0]), _whole(text[1])
    return _whole(text)


def _whole(text: str) -> str:
    return text.encode("utf-8", errors="replace").decode("utf-8")


def _feeds(encodings: "Sequence[Encoding]") -> dict[str, Mask]:
    shape = len(encodings), max(len(encoding.ids) for encoding in encodings)
    feeds = {name: np.zeros(shape, np.int64) for name in ("input_ids", "attention_mask", "token_type_ids")}
    for row, encoding in enumerate(encodings):
        length = len(encoding.ids)
        feeds["input_ids"][row, :length] = encoding.ids
        feeds["attention_mask"][row, :length] = 1
        feeds["token_type_ids"][row, :length] = encoding.type_ids
    return feeds


def _batches(lengths: Sequence[int]) -> Iterator[Rows]:
    """Yield the texts' indices, shortest first, so that texts of like length share a batch and little is padding."""
    batch: Rows = []
    for row in sorted(range(len(lengths)), key=lambda row: lengths[row]):
        if batch and (len(batch) + 1) * lengths[row] > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch

"""MiniLM's tokenizer: texts to the windows of tokens that the model reads one at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from coaching.adapters.embedding.onnx_model import reach, readable
from coaching.adapters.once import Once
from coaching.errors import EmbedderUnavailable
from coaching.knowledge.ports import TokenLimit

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

TokenIds = list[int]


class MiniLMTokens(TokenLimit):
    """The tokenizer in `folder`, loaded at the first text. It cuts windows of 256 tokens, special ones included."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tokenizer = Once(self._load)

    def windows(self, text: str) -> list[TokenIds]:
        """Return the text's tokens, each window between the special tokens. Raises: EmbedderUnavailable."""
        first = self.first_window(text)
        return [first.ids, *(window.ids for window in first.overflowing)]

    def first_window(self, text: str) -> "Encoding":
        """Return the text's first 256 tokens with their places. Raises: EmbedderUnavailable."""
        with translated_errors(self._folder):
            return self._tokenizer.get().encode(readable(text))

    def reach(self, text: str) -> int:
        """Return how many of the text's first characters are in its first window. Raises: EmbedderUnavailable."""
        return reach(self.first_window(text), text)

    def _load(self) -> "Tokenizer":
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(self._folder / "tokenizer.json"))


@contextmanager
def translated_errors(folder: Path) -> Iterator[None]:
    """Turn what the model's libraries raise into EmbedderUnavailable.

    A folder that is missing or damaged is no document's fault and no creator's: the next deployment mends it for all.
    Questions are answered by words alone until then, and documents that wait go on by themselves.
    """
    try:
        yield
    except Exception as error:  # Both libraries raise bare Exceptions of their own.
        raise EmbedderUnavailable(
            f"The MiniLM model in {folder} is missing or damaged. "
            f"Remove that folder and build it with: python -m training.minilm_onnx {folder}"
        ) from error

"""MiniLM's tokenizer: texts to the windows of tokens that the model reads one at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from coaching.errors import EmbedderUnavailable
from coaching.knowledge.ports import TokenLimit

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

TokenIds = list[int]


class MiniLMTokens(TokenLimit):
    """The tokenizer in `folder`, loaded at the first text. It cuts windows of 256 tokens, special ones included."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loading = Lock()
        self._tokenizer: Tokenizer | None = None

    def windows(self, text: str) -> list[TokenIds]:
        """Return the text's tokens, each window between the special tokens. Raises: EmbedderUnavailable."""
        first = self.first_window(text)
        return [first.ids, *(window.ids for window in first.overflowing)]

    def first_window(self, text: str) -> "Encoding":
        """Return the text's first 256 tokens with their places. Raises: EmbedderUnavailable."""
        # Half of a surrogate pair is no text to the tokenizer.
        readable = text.encode("utf-8", errors="replace").decode("utf-8")
        with translated_errors(self._folder):
            return self._loaded().encode(readable)

    def reach(self, text: str) -> int:
        """Return how many of the text's first characters are in its first window. Raises: EmbedderUnavailable."""
        beyond = self.first_window(text).overflowing
        # Of a character that makes several tokens, all or none are within reach.
        return next((start for start, end in beyond[0].offsets if end), 0) if beyond else len(text)

    def _loaded(self) -> "Tokenizer":
        with self._loading:
            if self._tokenizer is None:
                from tokenizers import Tokenizer

                self._tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
            return self._tokenizer


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

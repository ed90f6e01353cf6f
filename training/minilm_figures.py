"""How near the built MiniLM is to its weights in float32, and how fast it runs."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from coaching.adapters.embedding.minilm import MiniLMEmbedder
from training.minilm_reference import reference_vectors
from training.minilm_weights import Weights


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Cosines between the built model's vectors and the float32 reference, text by text."""

    texts: int
    mean_cosine: float
    min_cosine: float


def sample_sentences() -> list[str]:
    """Return about 80 sentences of many kinds, one to twenty words each."""
    return Path(__file__).with_name("minilm_sentences.txt").read_text(encoding="utf-8").splitlines()


def sample_texts() -> list[str]:
    """Return about 200 texts: the sentences, neighbours joined, and paragraphs of about 120 words."""
    lines = sample_sentences()
    pairs = [" ".join(lines[start : start + 2]) for start in range(len(lines) - 1)]
    paragraphs = [" ".join(lines[start : start + 12]) for start in range(0, len(lines) - 12, 2)]
    return lines + pairs + paragraphs


def accuracy(folder: Path, weights: Weights, texts: Sequence[str]) -> Accuracy:
    """Compare the model in `folder` with the weights it was built from."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    built = MiniLMEmbedder(folder).embed(texts, "passage")
    reference = reference_vectors(weights, [tokenizer.encode(text).ids for text in texts])
    cosines = (built * reference).sum(axis=1)
    return Accuracy(len(texts), float(cosines.mean()), float(cosines.min()))


def milliseconds_per_query(folder: Path, threads: int, runs: int = 50) -> float:
    """Return the median time of one 12-word query after warming up."""
    embedder = MiniLMEmbedder(folder, threads)
    query = ["How do I get back on track after missing a whole week?"]
    times: list[float] = []
    for _ in range(runs + 5):
        started = time.perf_counter()
        embedder.embed(query, "query")
        times.append((time.perf_counter() - started) * 1_000)
    return median(times[5:])


def passages_per_second(folder: Path, threads: int, passages: int = 32) -> float:
    """Return how many different passages of 200 words are embedded in a second, in one call."""
    embedder = MiniLMEmbedder(folder, threads)
    words = " ".join(sample_texts()).split()
    texts = [" ".join(words[start : start + 200]) for start in range(0, passages * 20, 20)]
    embedder.embed(texts[:1], "passage")
    started = time.perf_counter()
    embedder.embed(texts, "passage")
    return passages / (time.perf_counter() - started)

"""What one question costs beside model and embedder: our handler against a LangChain + Chroma chain.

`python -m benchmarks.overhead`: median milliseconds per question at 1,000 and 10,000 passages, and the ratio.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import corpus, ours
from benchmarks.environment import prepared
from benchmarks.figures import Figure

GOALS = {1_000: 1 / 3, 10_000: 1 / 10}
_QUESTIONS = 40


def median_ms(ask: Callable[[str], object], questions: Sequence[str]) -> float:
    """Return the median time of a question in milliseconds, warm: every question was asked once before."""
    for question in questions:
        ask(question)
    taken = []
    for question in questions:
        began = time.perf_counter()
        ask(question)
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def figures() -> list[Figure]:
    # Ours first: their packages, once imported, slow down whatever runs in the same process.
    ours_ms = {count: _ours_ms(count) for count in GOALS}
    return [_compared(count, goal, ours_ms[count], _theirs_ms(count)) for count, goal in GOALS.items()]


def _compared(count: int, goal: float, ours_ms: float, theirs_ms: float) -> Figure:
    return Figure(
        f"overhead of one question, {count:,} passages: ours / LangChain + Chroma",
        f"{ours_ms:.2f} ms / {theirs_ms:.2f} ms = {ours_ms / theirs_ms:.3f}",
        f"<= {goal:.3f}",
        ours_ms / theirs_ms <= goal,
    )


def _ours_ms(count: int) -> float:
    texts = corpus.passages(count)
    with tempfile.TemporaryDirectory() as folder, prepared():
        return median_ms(ours.asker(texts, Path(folder)), corpus.questions(texts, _QUESTIONS))


def _theirs_ms(count: int) -> float:
    from benchmarks import theirs

    texts = corpus.passages(count)
    return median_ms(theirs.asker(texts, texts[0].split(".")[0] + "."), corpus.questions(texts, _QUESTIONS))


if __name__ == "__main__":
    for figure in figures():
        print(figure)

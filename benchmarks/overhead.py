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
_ROUNDS = 60


def median_ms(ask: Callable[[str], object], questions: Sequence[str]) -> float:
    """Return the median time of a question in milliseconds; the first ten warm up."""
    taken = []
    for question in questions:
        began = time.perf_counter()
        ask(question)
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken[10:])


def figures() -> list[Figure]:
    from benchmarks import theirs

    found = []
    for count, goal in GOALS.items():
        texts = corpus.passages(count)
        questions = corpus.questions(texts, _ROUNDS)
        answer = texts[0].split(".")[0] + "."
        with tempfile.TemporaryDirectory() as folder, prepared():
            our_ms = median_ms(ours.asker(texts, Path(folder)), questions)
        their_ms = median_ms(theirs.asker(texts, answer), questions)
        found.append(
            Figure(
                f"overhead of one question, {count:,} passages: ours / LangChain + Chroma",
                f"{our_ms:.2f} ms / {their_ms:.2f} ms = {our_ms / their_ms:.3f}",
                f"<= {goal:.3f}",
                our_ms / their_ms <= goal,
            )
        )
    return found


if __name__ == "__main__":
    for figure in figures():
        print(figure)

"""From the interpreter's start to the first answer: `python -m benchmarks.cold_start`.

Ours has fake adapters; theirs has a remote model and embedder as its documentation begins, behind a server that answers
at once.
"""

import os
import statistics
import subprocess
import sys
import time

from benchmarks.figures import Figure
from benchmarks.instant_openai import serving

GOAL = 1 / 4
_RUNS = 5
_OURS = """
import tempfile
from pathlib import Path
from benchmarks import ours
from benchmarks.environment import prepared
with tempfile.TemporaryDirectory() as folder, prepared():
    answer = ours.asker(["Take two rest days a week."], Path(folder))("How often shall I rest?")
assert answer["statusCode"] == 201, answer
"""
_THEIRS = """
from benchmarks import theirs
answer = theirs.remote_asker(["Take two rest days a week."], "{url}")("How often shall I rest?")
assert answer == "Take two rest days a week.", answer
"""


def median_seconds(program: str) -> float:
    """Return the median time of the program in a fresh interpreter; the first run fills the bytecode cache."""
    taken = []
    for _ in range(_RUNS + 1):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-W", "ignore", "-c", program], check=True, timeout=120, env=_environment())  # noqa: S603
        taken.append(time.perf_counter() - began)
    return statistics.median(taken[1:])


def _environment() -> dict[str, str]:
    """Return this process's environment, with bytecode kept, and traces off as the streaming function has them."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "POWERTOOLS_TRACE_DISABLED": "true"}


def figures() -> list[Figure]:
    with serving("Take two rest days a week.") as url:
        ours, theirs = median_seconds(_OURS), median_seconds(_THEIRS.format(url=url))
    return [
        Figure(
            "cold start, interpreter to first answer: ours / LangChain + Chroma",
            f"{ours:.2f} s / {theirs:.2f} s = {ours / theirs:.3f}",
            f"<= {GOAL:.3f}",
            ours / theirs <= GOAL,
        )
    ]


if __name__ == "__main__":
    for figure in figures():
        print(figure)

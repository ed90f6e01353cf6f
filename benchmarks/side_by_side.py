"""Many small creators in one store: `python -m benchmarks.side_by_side`.

What a question takes with 1,000 creators of 100 passages beside one, and the memory and disk of a creator beside
LangChain + Chroma with all creators in one collection. Each side keeps its passages in one process and answers from
another, which asks every creator once. A creator's memory is what such a process has resident with many creators over
that with one, by their number; the parts of files that are mapped count too.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import corpus, ours
from benchmarks.environment import prepared
from benchmarks.figures import HEADER, Figure
from coaching.adapters.embedding.hashing import HashEmbedder
from coaching.adapters.search.embedded import EmbeddedPassages
from coaching.knowledge.ports import Query
from coaching.vocabulary import CreatorId

GOAL_SLOWER, GOAL_MEMORY, GOAL_DISK = 1.2, 1 / 10, 1 / 5
CREATORS, PASSAGES_EACH = 1_000, 100
_QUESTIONS, _ROUNDS = 40, 5

Ask = Callable[[str], Any]


def figures() -> list[Figure]:
    slower = _one_beside_many()
    (our_memory, our_disk), (their_memory, their_disk) = _sizes("side_by_side"), _sizes("stores_theirs")
    beside = f"of one of {CREATORS:,} creators with {PASSAGES_EACH} passages: ours / LangChain + Chroma"
    return [
        slower,
        Figure(
            f"memory {beside}",
            f"{our_memory / 1e3:.1f} kB / {their_memory / 1e3:.1f} kB = {our_memory / their_memory:.3f}",
            f"<= {GOAL_MEMORY:.3f}",
            our_memory / their_memory <= GOAL_MEMORY,
        ),
        Figure(
            f"disk {beside}",
            f"{our_disk / 1e3:.0f} kB / {their_disk / 1e3:.0f} kB = {our_disk / their_disk:.3f}",
            f"<= {GOAL_DISK:.3f}",
            our_disk / their_disk <= GOAL_DISK,
        ),
    ]


def _one_beside_many() -> Figure:
    texts = creators_texts()
    questions = corpus.questions(texts, _QUESTIONS)
    with tempfile.TemporaryDirectory() as folder, prepared():
        store = EmbeddedPassages(Path(folder))
        names = [CreatorId(f"creator-{number}") for number in range(CREATORS)]
        for name in names:
            ours.keep(store, name, texts)
        askers = [ours.asker_of(store, name) for name in names]
        alone, together = _medians(askers, questions)
    return Figure(
        f"warm question with {CREATORS:,} creators of {PASSAGES_EACH} passages / with one",
        f"{together:.2f} ms / {alone:.2f} ms = {together / alone:.2f}",
        f"<= {GOAL_SLOWER}",
        together / alone <= GOAL_SLOWER,
    )


def _medians(askers: Sequence[Ask], questions: Sequence[str]) -> tuple[float, float]:
    """Return the median milliseconds where one creator is asked all the time, and where it is always another's turn.

    The two take turns, so that what else the machine does meets both.
    """
    for ask in askers:
        ask(questions[0])
    alone, together, turn = [], [], 0
    for _ in range(_ROUNDS):
        alone += [_ms(askers[0], question) for question in questions]
        for question in questions:
            turn = (turn + 7) % len(askers)
            together.append(_ms(askers[turn], question))
    return statistics.median(alone), statistics.median(together)


def _ms(ask: Ask, question: str) -> float:
    began = time.perf_counter()
    ask(question)
    return (time.perf_counter() - began) * 1_000


def creators_texts() -> list[str]:
    return corpus.passages(PASSAGES_EACH)


def resident_bytes() -> int:
    """Return this process's memory, files that are mapped included."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (kilobytes,) = [line.split()[1] for line in lines if line.startswith("VmRSS")]
    return int(kilobytes) * 1024


def _sizes(program: str) -> tuple[float, float]:
    """Return the bytes of memory and of disk that a creator takes with a program of this folder."""
    (one, _), (many, disk) = _process(program, 1), _process(program, CREATORS)
    return (many - one) / (CREATORS - 1), disk / CREATORS


def _process(program: str, creators: int) -> tuple[int, int]:
    """Return the bytes resident after every creator was asked once, and those on disk."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", f"benchmarks.{program}", folder, str(creators)]
        subprocess.run(command, check=True, timeout=1_200)  # noqa: S603 - these programs
        measured = subprocess.run(command, check=True, timeout=1_200, capture_output=True)  # noqa: S603
        blocks = sum(path.stat().st_blocks for path in Path(folder).rglob("*"))
    return json.loads(measured.stdout.splitlines()[-1]), blocks * 512


def measure(folder: Path, creators: int) -> None:
    """Keep the creators' passages where the folder is empty; else ask all creators and print the memory it took."""
    texts, store, embedder = creators_texts(), EmbeddedPassages(folder), HashEmbedder()
    names = [CreatorId(f"creator-{number}") for number in range(creators)]
    if not any(folder.iterdir()):
        for name in names:
            ours.keep(store, name, texts)
        return
    vector = embedder.embed(texts[:1], "query")[0]
    for name in names:
        store.candidates(name, Query(texts[0], vector, embedder.model, 10))
    print(json.dumps(resident_bytes()))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(Path(sys.argv[1]), int(sys.argv[2]))
    else:
        print(HEADER)
        for figure in figures():
            print(figure)

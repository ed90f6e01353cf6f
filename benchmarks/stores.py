"""Search among 100,000 passages of one creator, beside LangChain + Chroma: `python -m benchmarks.stores`.

The vectors lie around a thousand centres, as those of documents do, and half of each is noise. A document has one of
ten topics, and the filter asks for one. What is compared is the search for the ten nearest alone: both sides get the
question's vector, and ours gets no words.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import side_by_side
from benchmarks.figures import HEADER, Figure
from coaching.adapters.search.embedded import EmbeddedPassages
from coaching.knowledge.filters import Equals
from coaching.knowledge.ports import EmbeddedPassage, Query, Vector, Vectors
from coaching.vocabulary import CreatorId, DocumentId, Passage, PassageId, Place

GOAL_FASTER, GOAL_RECALL = 100.0, 0.99
DOCUMENTS, PASSAGES_EACH, TOPICS, DIMENSION = 1_000, 100, 10, 384
_CREATOR, _MODEL, _TOPIC = CreatorId("demo"), "benchmark/384", 3
_NEAREST, _QUESTIONS = 10, 60

Search = Callable[[Vector, bool], set[int]]
"""Returns the numbers of the nearest passages to a vector, of the one topic where it is asked for."""


@dataclass(frozen=True, slots=True)
class Searched:
    """The median milliseconds of a search, and the share of the truly nearest that it found."""

    ms: float
    recall: float


def figures() -> list[Figure]:
    vectors, questions = _vectors()
    with tempfile.TemporaryDirectory() as folder:
        kept, opened_ms = _ours(vectors, Path(folder))
        ours = {narrow: _measured(kept, vectors, questions, narrow=narrow) for narrow in (True, False)}
    searching = _theirs(vectors)
    theirs = {narrow: _measured(searching, vectors, questions, narrow=narrow) for narrow in (True, False)}
    reached = theirs[True].ms / ours[True].ms >= GOAL_FASTER and ours[True].recall >= GOAL_RECALL
    goal = f">= {GOAL_FASTER:g}, recall >= {GOAL_RECALL}"
    what = f"the {_NEAREST} nearest of {len(vectors):,} x {DIMENSION}"
    return [
        Figure(f"{what} with a filter: LangChain + Chroma / ours", _compared(theirs[True], ours[True]), goal, reached),
        Figure(f"{what} without: LangChain + Chroma / ours", _compared(theirs[False], ours[False])),
        Figure(f"open {len(vectors):,} passages of one creator and search once", f"{opened_ms:.0f} ms"),
        *side_by_side.figures(),
    ]


def _compared(theirs: Searched, ours: Searched) -> str:
    ratio = f"{theirs.ms:.1f} ms / {ours.ms:.2f} ms = {theirs.ms / ours.ms:.1f}"
    return f"{ratio}; recall {theirs.recall:.3f} / {ours.recall:.3f}"


def _measured(search: Search, vectors: Vectors, questions: Vectors, *, narrow: bool) -> Searched:
    for question in questions[:3]:
        search(question, narrow)
    taken, found = [], []
    for question in questions:
        began = time.perf_counter()
        found.append(search(question, narrow))
        taken.append((time.perf_counter() - began) * 1_000)
    shared = [len(each & _nearest(vectors, question, narrow)) for each, question in zip(found, questions, strict=True)]
    return Searched(statistics.median(taken), sum(shared) / (_NEAREST * len(questions)))


def _nearest(vectors: Vectors, question: Vector, narrow: bool) -> set[int]:
    """Return the numbers of the truly nearest passages."""
    cosines = vectors @ question
    if narrow:
        cosines[_topics(len(vectors)) != _TOPIC] = -2
    return set(np.argsort(-cosines)[:_NEAREST].tolist())


def _vectors() -> tuple[Vectors, Vectors]:
    """Return the vectors of all passages, document after document, and of some questions."""
    draw = np.random.default_rng(5)
    centres = draw.normal(size=(DOCUMENTS, DIMENSION)).astype(np.float32)
    passages = centres.repeat(PASSAGES_EACH, axis=0) + draw.normal(size=(DOCUMENTS * PASSAGES_EACH, DIMENSION))
    near = centres[draw.integers(0, DOCUMENTS, _QUESTIONS)]
    return _unit(passages), _unit(near + draw.normal(size=near.shape))


def _unit(vectors: NDArray[np.floating]) -> Vectors:
    unit: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


def _topics(count: int) -> NDArray[np.intp]:
    return np.arange(count) // PASSAGES_EACH % TOPICS


def _ours(vectors: Vectors, folder: Path) -> tuple[Search, float]:
    """Return our search, in a store that was just opened, and how many milliseconds it took to open it."""
    writer = EmbeddedPassages(folder)
    for document in range(DOCUMENTS):
        name = DocumentId(f"document-{document:05}")
        rows = range(document * PASSAGES_EACH, (document + 1) * PASSAGES_EACH)
        writer.stage(_CREATOR, name, 1, [_passage(name, row, vectors[row]) for row in rows], _MODEL)
        writer.publish(_CREATOR, name, 1)
    store = EmbeddedPassages(folder)

    def search(vector: Vector, narrow: bool) -> set[int]:
        filters = (Equals("topic", _TOPIC),) if narrow else ()
        found = store.candidates(_CREATOR, Query("", vector, _MODEL, _NEAREST, filters)).dense
        return {int(hit.passage.passage_id) for hit in found}

    began = time.perf_counter()
    search(vectors[0], narrow=False)
    return search, (time.perf_counter() - began) * 1_000


def _passage(document: DocumentId, row: int, vector: Vector) -> EmbeddedPassage:
    metadata = {"topic": row // PASSAGES_EACH % TOPICS}
    passage = Passage(PassageId(str(row)), _CREATOR, document, 1, document, f"Passage {row}", Place(), 0, 9, metadata)
    return EmbeddedPassage(passage, vector)


def _theirs(vectors: Vectors) -> Search:
    from benchmarks import stores_theirs

    collection = stores_theirs.collection(vectors, _topics(len(vectors)).tolist())
    return lambda vector, narrow: collection(vector.tolist(), _NEAREST, {"topic": _TOPIC} if narrow else None)


if __name__ == "__main__":
    print(HEADER)
    for figure in figures():
        print(figure)

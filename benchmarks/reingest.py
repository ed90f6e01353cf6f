"""A document ingested, then the same bytes uploaded again: `python -m benchmarks.reingest`.

All the steps run in process with the real embedder over in-memory records; what is compared is their work alone.
LangChain's indexing API is given the same text twice, too: it knows what it indexed, but splits and hashes it again.
"""

import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks import corpus
from benchmarks.figures import HEADER, Figure
from benchmarks.ingestion import Ingestion
from coaching.adapters.embedding.hashing import HashEmbedder
from coaching.adapters.embedding.minilm import MiniLMEmbedder
from coaching.adapters.embedding.minilm_tokens import MiniLMTokens
from coaching.knowledge.arrival import Arrival
from coaching.knowledge.document import Document
from training.minilm_onnx import build

GOAL, GOAL_BESIDE = 50, 100
_PASSAGES = 100


def figures() -> list[Figure]:
    from benchmarks import ingest_theirs

    data = "\n\n".join(corpus.passages(_PASSAGES)).encode()
    first, again = _ours(data)
    with tempfile.TemporaryDirectory() as folder:
        theirs = ingest_theirs.ingest_again(Path(folder), data, lambda texts: HashEmbedder().embed(texts, "passage"))
    return [
        _figure(f"unchanged re-ingest of {_PASSAGES} passages: first / again", first, again, GOAL),
        _figure("unchanged re-ingest: LangChain + Chroma / ours", theirs, again, GOAL_BESIDE),
    ]


def _ours(data: bytes) -> tuple[float, float]:
    """Return the seconds of the first ingestion and of another that finds the same bytes."""
    model = build(Path(".cache/minilm"))
    embedder = MiniLMEmbedder(model)
    embedder.embed(["The model is loaded before anything is measured."], "passage")
    with tempfile.TemporaryDirectory() as folder:
        ingestion = Ingestion(Path(folder), embedder, MiniLMTokens(model))
        document, arrival = ingestion.announce(data)
        first = _seconds(ingestion, document, arrival)
        # Sent again, the same bytes are another upload.
        again = min(_seconds(ingestion, document, replace(arrival, sequencer=f"{n:08X}")) for n in range(2, 7))
    return first, again


def _seconds(ingestion: Ingestion, document: Document, arrival: Arrival) -> float:
    began = time.perf_counter()
    ingestion.upload_arrived(document, arrival)
    return time.perf_counter() - began


def _figure(what: str, longer: float, shorter: float, goal: float) -> Figure:
    value = f"{longer:.3f} s / {shorter * 1000:.3f} ms = {longer / shorter:,.0f}"
    return Figure(what, value, f">= {goal:g}", longer / shorter >= goal)


if __name__ == "__main__":
    print(HEADER)
    for figure in figures():
        print(figure)

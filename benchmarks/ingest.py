"""From files to passages that can be found, beside LangChain and Chroma: `python -m benchmarks.ingest`.

Both sides read the same text, cut it into pieces of at most 1,000 characters and store these on disk. Ours also goes
through the records, the work files and the publication that make it safe to repeat.
"""

import importlib.util
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import corpus
from benchmarks.embedding import pages
from benchmarks.figures import HEADER, Figure
from benchmarks.ingestion import CREATOR, Ingestion
from benchmarks.two_cores import two_cores
from coaching.adapters.embedding.hashing import HashEmbedder
from coaching.adapters.embedding.minilm import MiniLMEmbedder
from coaching.adapters.embedding.minilm_tokens import MiniLMTokens
from coaching.adapters.search.embedded import EmbeddedPassages
from coaching.knowledge.content_types import MARKDOWN, PLAIN
from coaching.knowledge.ports import EmbeddedPassage, Embedder, TokenLimit, Vectors
from coaching.vocabulary import DocumentId, Passage, PassageId, Place
from training.minilm_onnx import build
from training.minilm_weights import source_folder

GOAL_INGESTED, GOAL_STORED = 2.0, 20.0
THREADS = 2
_PASSAGES_IN_A_FILE = 10
_FILES = 100
_PASSAGES_STORED, _PASSAGES_AT_ONCE = 10_000, 100

Seconds = float


def figures() -> list[Figure]:
    with two_cores():
        embedded = _with_model()
    return [_with_instant_embedder(), embedded, _stored()]


def _with_instant_embedder() -> Figure:
    from benchmarks import ingest_theirs

    sent, embedder = files(), HashEmbedder()
    ours = _in_a_folder(lambda folder: _ingest_ours(folder, sent, embedder))
    theirs = _in_a_folder(lambda folder: ingest_theirs.ingest(folder, sent, _passage_vectors(embedder)))
    return _figure("ingest, an instant embedder on both sides", "files", len(sent), ours, theirs, GOAL_INGESTED)


def _with_model() -> Figure:
    from benchmarks import ingest_theirs

    model = build(Path(".cache/minilm"))
    sent = [page.read_bytes() for page in pages()]
    embedder, tokens = MiniLMEmbedder(model, THREADS), MiniLMTokens(model)
    beside = importlib.util.find_spec("sentence_transformers") is not None
    embed = ingest_theirs.sentence_transformers(source_folder(), THREADS) if beside else _passage_vectors(embedder)
    for load in (embed, _passage_vectors(embedder)):
        load(["Models are loaded before anything is measured."])
    ours = _in_a_folder(lambda folder: _ingest_ours(folder, sent, embedder, tokens, MARKDOWN))
    theirs = _in_a_folder(lambda folder: ingest_theirs.ingest(folder, sent, embed))
    what = f"ingest, MiniLM, 2 cores, theirs with {'sentence-transformers' if beside else 'our embedder'}"
    return _figure(what, "files", len(sent), ours, theirs, GOAL_INGESTED if beside else None)


def _stored() -> Figure:
    from benchmarks import ingest_theirs

    texts = corpus.passages(_PASSAGES_STORED)
    vectors = HashEmbedder().embed(texts, "passage")
    ours = _in_a_folder(lambda folder: _store_ours(folder, texts, vectors))
    theirs = _in_a_folder(lambda folder: ingest_theirs.store(folder, texts, vectors, _PASSAGES_AT_ONCE))
    return _figure("storing ready vectors", "passages", len(texts), ours, theirs, GOAL_STORED)


def files() -> list[bytes]:
    """Return text files of ten passages each."""
    texts = corpus.passages(_FILES * _PASSAGES_IN_A_FILE)
    starts = range(0, len(texts), _PASSAGES_IN_A_FILE)
    return ["\n\n".join(texts[start : start + _PASSAGES_IN_A_FILE]).encode() for start in starts]


def _in_a_folder(work: Callable[[Path], Seconds]) -> Seconds:
    """Return the better of two runs, each in an empty folder."""
    seconds = []
    for _ in range(2):
        with tempfile.TemporaryDirectory() as folder:
            seconds.append(work(Path(folder)))
    return min(seconds)


def _ingest_ours(
    folder: Path, sent: Sequence[bytes], embedder: Embedder, tokens: TokenLimit | None = None, kind: str = PLAIN
) -> Seconds:
    ingestion = Ingestion(folder, embedder, tokens)
    announced = [ingestion.announce(data, kind) for data in sent]
    began = time.perf_counter()
    for document, arrival in announced:
        ingestion.upload_arrived(document, arrival)
    return time.perf_counter() - began


def _store_ours(folder: Path, texts: Sequence[str], vectors: Vectors) -> Seconds:
    store, model = EmbeddedPassages(folder), HashEmbedder().model
    began = time.perf_counter()
    for start in range(0, len(texts), _PASSAGES_AT_ONCE):
        document = DocumentId(f"{start:026d}")
        batch = range(start, start + _PASSAGES_AT_ONCE)
        store.stage(CREATOR, document, 1, [_embedded(document, n, texts[n], vectors) for n in batch], model)
        store.publish(CREATOR, document, 1)
    return time.perf_counter() - began


def _embedded(document: DocumentId, number: int, text: str, vectors: Vectors) -> EmbeddedPassage:
    passage = Passage(PassageId(f"{document}:1:{number}"), CREATOR, document, 1, "Guide", text, Place(), 0, len(text))
    return EmbeddedPassage(passage, vectors[number])


def _passage_vectors(embedder: Embedder) -> Callable[[Sequence[str]], Vectors]:
    return lambda texts: embedder.embed(texts, "passage")


def _figure(what: str, unit: str, count: int, ours: Seconds, theirs: Seconds, goal: float | None) -> Figure:
    value = f"{count / ours:,.1f} / {count / theirs:,.1f} {unit}/s = {theirs / ours:.1f}"
    title = f"{what}: ours / LangChain + Chroma"
    return Figure(title, value) if goal is None else Figure(title, value, f">= {goal:g}", theirs / ours >= goal)


if __name__ == "__main__":
    print(HEADER)
    for figure in figures():
        print(figure)

"""The same work with LangChain and Chroma, as their documentation shows it: one collection on disk."""

import logging
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

warnings.simplefilter("ignore")
logging.captureWarnings(capture=True)

from langchain_chroma import Chroma  # noqa: E402 - their packages warn when imported
from langchain_core.documents import Document  # noqa: E402
from langchain_core.embeddings import Embeddings  # noqa: E402
from langchain_core.indexing import InMemoryRecordManager, index  # noqa: E402
from langchain_text_splitters import RecursiveCharacterTextSplitter  # noqa: E402

from coaching.knowledge.ports import Vectors  # noqa: E402

Embed = Callable[[Sequence[str]], Vectors]
Seconds = float


class _Embeddings(Embeddings):  # type: ignore[misc]  # their package is installed for benchmarks only
    def __init__(self, embed: Embed) -> None:
        self._embed = embed

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [list(map(float, row)) for row in self._embed(texts)]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


def sentence_transformers(source: Path, threads: int) -> Embed:
    """Return the embedder that their documentation begins with (`HuggingFaceEmbeddings` calls this one)."""
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as progress

    progress.disable_progress_bar()
    torch.set_num_threads(threads)
    model = SentenceTransformer(str(source), device="cpu")

    def embed(texts: Sequence[str]) -> Vectors:
        vectors: Vectors = model.encode(list(texts), batch_size=32, show_progress_bar=False)
        return vectors

    return embed


def ingest(folder: Path, files: Sequence[bytes], embed: Embed) -> Seconds:
    """Split each file's text and add the pieces."""
    chroma = _collection(folder, embed)
    began = time.perf_counter()
    for number, data in enumerate(files):
        chroma.add_documents(_pieces(f"guide-{number}", data))
    return time.perf_counter() - began


def store(folder: Path, texts: Sequence[str], vectors: Vectors, at_once: int) -> Seconds:
    """Add pieces whose vectors are ready."""
    ready = dict(zip(texts, vectors, strict=True))
    chroma = _collection(folder, lambda wanted: [ready[text] for text in wanted])  # type: ignore[arg-type,return-value]
    began = time.perf_counter()
    for start in range(0, len(texts), at_once):
        batch = list(texts[start : start + at_once])
        chroma.add_texts(batch, metadatas=[{"creator_id": "demo", "source": f"guide-{start}"}] * len(batch))
    return time.perf_counter() - began


def ingest_again(folder: Path, data: bytes, embed: Embed) -> Seconds:
    """Return the time of the second of two calls of their indexing API, which leaves out what it indexed before."""
    chroma, records = _collection(folder, embed), InMemoryRecordManager("guides")
    records.create_schema()
    seconds = 0.0
    for _ in range(2):
        began = time.perf_counter()
        pieces = _pieces("guide", data)
        index(pieces, records, chroma, cleanup="incremental", source_id_key="source", key_encoder="blake2b")
        seconds = time.perf_counter() - began
    return seconds


def _collection(folder: Path, embed: Embed) -> Chroma:
    space = {"hnsw:space": "cosine"}
    return Chroma("guides", _Embeddings(embed), persist_directory=str(folder), collection_metadata=space)


def _pieces(name: str, data: bytes) -> list[Document]:
    whole = Document(page_content=data.decode(), metadata={"creator_id": "demo", "source": name})
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    pieces: list[Document] = splitter.split_documents([whole])
    return pieces

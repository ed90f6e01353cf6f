"""The same passages in LangChain + Chroma, as their documentation shows it.

`python -m benchmarks.stores_theirs FOLDER CREATORS` keeps 100 passages of each creator in one collection on disk and
prints the memory that it takes to ask them, as `benchmarks.side_by_side` says.
"""

import json
import logging
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

warnings.simplefilter("ignore")
logging.captureWarnings(capture=True)

from langchain_chroma import Chroma  # noqa: E402 - their packages warn when imported
from langchain_core.embeddings import Embeddings  # noqa: E402

from benchmarks.side_by_side import creators_texts, resident_bytes  # noqa: E402
from coaching.adapters.embedding.hashing import HashEmbedder  # noqa: E402
from coaching.knowledge.ports import Vectors  # noqa: E402

_COSINE = {"hnsw:space": "cosine"}
_BATCH = 5_000


class _Ready(Embeddings):  # type: ignore[misc]  # their package is installed for benchmarks only
    """A text is the number of its vector."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self._vectors[int(text)].tolist() for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


class _Instant(Embeddings):  # type: ignore[misc]
    def __init__(self) -> None:
        self._embedder = HashEmbedder()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [row.tolist() for row in self._embedder.embed(texts, "passage")]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


def collection(vectors: Vectors, topics: Sequence[int]) -> Callable[[list[float], int, Any], set[int]]:
    """Keep all vectors with their topics in memory, and return the search by vector, number of results and filter."""
    chroma = Chroma(embedding_function=_Ready(vectors), collection_metadata=_COSINE)
    for start in range(0, len(vectors), _BATCH):
        rows = range(start, min(start + _BATCH, len(vectors)))
        chroma.add_texts([str(row) for row in rows], metadatas=[{"topic": topics[row]} for row in rows])

    def search(vector: list[float], count: int, narrowed: Any) -> set[int]:  # noqa: ANN401 - as Chroma takes it
        found = chroma.similarity_search_by_vector(vector, k=count, filter=narrowed)
        return {int(document.page_content) for document in found}

    return search


def main() -> None:
    folder, creators = Path(sys.argv[1]), int(sys.argv[2])
    texts = creators_texts()
    if not any(folder.iterdir()):
        chroma = _on_disk(folder)
        for creator in range(creators):
            chroma.add_texts(texts, metadatas=[{"creator_id": f"creator-{creator}", "title": "Guide"}] * len(texts))
        return
    chroma = _on_disk(folder)
    for creator in range(creators):
        chroma.similarity_search(texts[0], k=10, filter={"creator_id": f"creator-{creator}"})
    print(json.dumps(resident_bytes()))


def _on_disk(folder: Path) -> Chroma:
    return Chroma("guides", _Instant(), persist_directory=str(folder), collection_metadata=_COSINE)


if __name__ == "__main__":
    main()

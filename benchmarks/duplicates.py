"""Near-duplicates for a retrieval set: each document as creators leave it behind, in editions that differ a little."""

import random
from collections.abc import Iterator
from dataclasses import replace

from benchmarks.retrieval_sets import Document, RetrievalSet

COPIES = 3
_MARK = "#copy"
_ONE_IN = 25
"""Of so many words one is left out and one is doubled."""


def with_copies(data: RetrievalSet, seed: int = 4) -> RetrievalSet:
    """Return the set with three edited copies beside each document; the same every time."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    documents = [each for document in data.documents for each in (document, *_copies(document, rng))]
    return replace(data, documents=documents)


def original(document_id: str) -> str:
    """Return the id of the document that this one is a copy of, or its own."""
    return document_id.partition(_MARK)[0]


def _copies(document: Document, rng: random.Random) -> Iterator[Document]:
    for number in range(1, COPIES + 1):
        words = document.text.split(" ")
        for _ in range(1 + len(words) // _ONE_IN):
            words.pop(rng.randrange(len(words)))
            at = rng.randrange(len(words) + 1)
            words[at:at] = words[at : at + 1]
        yield replace(document, id=f"{document.id}{_MARK}{number}", text=" ".join(words))

"""What knowledge needs from the outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol

from coaching.knowledge.document import Document
from coaching.knowledge.filters import Filter
from coaching.vocabulary import CreatorId, DocumentId, Page, Passage, Place, ScoredPassage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]
    """(dimension,), length 1."""
    Vectors = NDArray[np.float32]
    """(n, dimension), each row of length 1."""
else:
    # A function that only keeps documents has no numpy in its layers.
    Vector = Vectors = "numpy.ndarray"

BlockKind = Literal["heading", "paragraph", "list_item", "table", "code", "speech"]


class Embedder(Protocol):
    """Turns text into vectors whose dot product is the cosine of meaning."""

    @property
    def model(self) -> str:
        """The vector space's name, stored with every passage; spaces are never mixed."""

    @property
    def dimension(self) -> int: ...

    def embed(self, texts: Sequence[str], purpose: Literal["passage", "query"]) -> Vectors:
        """Return one row per text, in order. Raises: EmbedderUnavailable."""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, list item, table row, code block or utterance, in reading order."""

    text: str
    kind: BlockKind = "paragraph"
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Extracted:
    """What stands in a file. `title` is the file's own, where it has one."""

    blocks: tuple[Block, ...]
    title: str | None = None


class Extractor(Protocol):
    """Reads the text of a file with its places."""

    def extract(self, data: bytes, content_type: str) -> Extracted:
        """Raises: UnusableDocument with a code and a sentence for the creator."""


class Documents(Protocol):
    """The record of each document."""

    def get(self, creator_id: CreatorId, document_id: DocumentId) -> Document:
        """Raises: NotFound."""

    def save(self, document: Document) -> Document:
        """Store it and return it with the next `revision`; revision 0 creates. Raises: StaleWrite."""

    def remove(self, creator_id: CreatorId, document_id: DocumentId) -> None:
        """Forget the record; one that is not there is no error."""


class DocumentList(Protocol):
    def page(self, creator_id: CreatorId, *, limit: int, cursor: str | None) -> Page[Document]:
        """Return documents newest first. Raises: Malformed for a cursor that is not this creator's."""


@dataclass(frozen=True, slots=True)
class UploadPermit:
    """Where and how to send a file's bytes, until when."""

    url: str
    headers: Mapping[str, str]
    expires_at: datetime


class Uploads(Protocol):
    """The files that creators sent, apart by creator and document."""

    def permit(self, document: Document) -> UploadPermit: ...

    def read(self, document: Document, *, limit_bytes: int) -> bytes:
        """Return the bytes last uploaded.

        Raises: UnusableDocument(too_large) over the limit, without reading them; NotFound.
        """

    def remove(self, document: Document) -> None:
        """Delete the bytes, every stored version of them."""


class WorkFiles(Protocol):
    """What the steps of an ingestion hand to each other, too large for the state machine's payload."""

    def write(self, key: str, data: bytes) -> None: ...

    def read(self, key: str) -> bytes:
        """Raises: NotFound."""

    def remove_all(self, prefix: str) -> None: ...


class DocumentWork(Protocol):
    """Starts the state machines. Starting the same work twice starts it once."""

    def start_ingestion(self, document: Document) -> None:
        """Raises: Unavailable."""

    def start_deletion(self, document: Document) -> None:
        """Raises: Unavailable."""


@dataclass(frozen=True, slots=True)
class EmbeddedPassage:
    passage: Passage
    vector: Vector


@dataclass(frozen=True, slots=True)
class Query:
    """A search within one creator. `limit` bounds each leg; `embedding_model` names the vector's space."""

    text: str
    vector: Vector
    embedding_model: str
    limit: int
    filters: tuple[Filter, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidates:
    """The best passages of each leg, best first.

    `dense` scores are cosines (-1..1), `lexical` scores BM25 (0 and up, comparable within one query only).
    """

    dense: tuple[ScoredPassage, ...]
    lexical: tuple[ScoredPassage, ...]


class PassageReader(Protocol):
    """Published passages, read within one creator."""

    def candidates(self, creator_id: CreatorId, query: Query) -> Candidates:
        """Raises: SearchUnavailable."""

    def count(self, creator_id: CreatorId, document_id: DocumentId) -> int:
        """Return exactly how many published passages of the document can be found now. Raises: SearchUnavailable."""


class PassageWriter(Protocol):
    """Passages become visible by document version: whole, at once, and instead of the version before."""

    def stage(
        self,
        creator_id: CreatorId,
        document_id: DocumentId,
        version: int,
        passages: Sequence[EmbeddedPassage],
        embedding_model: str,
    ) -> None:
        """Store a version, not visible yet. The same call again changes nothing. Raises: SearchUnavailable."""

    def publish(self, creator_id: CreatorId, document_id: DocumentId, version: int) -> None:
        """Make a staged version visible and every older version of the document gone. Again it changes nothing.

        Raises: NotFound if the version is not staged, StaleWrite if a newer one is visible, SearchUnavailable.
        """

    def remove(self, creator_id: CreatorId, document_id: DocumentId) -> None:
        """Remove every version; afterwards nothing of the document is found. Raises: SearchUnavailable."""

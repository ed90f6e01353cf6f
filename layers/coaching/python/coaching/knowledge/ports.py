"""What knowledge needs from the outside."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal, Protocol

from coaching.errors import CoachingError
from coaching.knowledge.arrival import Arrival
from coaching.knowledge.document import Document
from coaching.knowledge.fair_share import Share
from coaching.knowledge.filters import Filter
from coaching.knowledge.job import Job
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
        """Return one row per text, in order.

        Raises: EmbedderUnavailable; UnusableDocument for passages that it will never embed, however long one waits.
        """


class TokenLimit(Protocol):
    """How much an embedder reads at once. An embedder that reads any length has none."""

    def reach(self, text: str) -> int:
        """Return how many of the text's first characters are read together. Raises: EmbedderUnavailable."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text token by token: `text[starts[i]:ends[i]]` has row i of `vectors` (n, dimension), of length 1."""

    vectors: "NDArray[np.float16]"
    starts: "NDArray[np.int32]"
    ends: "NDArray[np.int32]"


class TokenEmbedder(Protocol):
    """Turns each token of a text into a vector of what it means there; dot products are cosines."""

    @property
    def same_matter(self) -> float:
        """The mean cosine of a question's tokens, each with its best in a text, from which on the text is about it."""

    def embed_tokens(self, texts: Sequence[str]) -> list[Tokens]:
        """Return the tokens of each text that carry meaning, in order. Raises: EmbedderUnavailable."""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, list item, table row, code block or utterance, in reading order."""

    text: str
    kind: BlockKind = "paragraph"
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Extracted:
    """What stands in a file. `title` is the file's own, where it has one.

    `notices` are sentences for the creator about what was left out, such as scanned pages or hidden sheets.
    """

    blocks: tuple[Block, ...]
    title: str | None = None
    notices: tuple[str, ...] = ()


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


class KnownDocuments(Protocol):
    def known(self, creator_id: CreatorId, document_ids: Collection[DocumentId]) -> frozenset[DocumentId]:
        """Return which of these documents are there and not being deleted."""


@dataclass(frozen=True, slots=True)
class UploadPart:
    """One piece of a large file and where to send it. `number` counts from 1, in the file's order."""

    number: int
    size_bytes: int
    url: str


@dataclass(frozen=True, slots=True)
class UploadPermit:
    """Where and how to send a file's bytes, until when.

    A large file has `parts` instead of one `url`, and `upload_id` names them together until they are completed.
    """

    url: str
    headers: Mapping[str, str]
    expires_at: datetime
    parts: tuple[UploadPart, ...] = ()
    upload_id: str = ""


class Uploads(Protocol):
    """The files that creators sent, apart by creator and document."""

    def permit(self, document: Document) -> UploadPermit: ...

    def read(self, document: Document, *, limit_bytes: int) -> bytes:
        """Return the bytes of the upload that the document last received, whatever was uploaded since.

        Raises: UnusableDocument(too_large) over the limit, without reading them; NotFound.
        """

    def remove(self, document: Document) -> None:
        """Delete the bytes, every stored version of them."""


class StrayUploads(Protocol):
    """Files that were sent for a document that is gone."""

    def remove_strays(self, creator_id: CreatorId, document_id: DocumentId) -> None:
        """Delete every stored version of every file that was sent for the document. Raises: StorageUnavailable."""


class WorkFiles(Protocol):
    """What the steps of an ingestion hand to each other, too large for the state machine's payload."""

    def write(self, key: str, data: bytes) -> None: ...

    def read(self, key: str) -> bytes:
        """Raises: NotFound."""

    def remove_all(self, prefix: str) -> None: ...


class Arrivals(Protocol):
    """What has been uploaded, whether somebody was told of it or not."""

    def last(self, document: Document) -> Arrival:
        """Return the document's last upload. Raises: NotFound where there is none."""


class WaitingLine(Protocol):
    """The jobs of each creator that wait to be started."""

    def join(self, job: Job) -> None:
        """Put the job in line; one that stands there stays."""

    def first(self, creator_id: CreatorId, *, limit: int) -> tuple[Job, ...]:
        """Return the jobs at the head of the creator's line, those of the oldest documents first."""

    def leave(self, job: Job) -> None:
        """Take the job out of the line; one that is not there is no error."""


class Shares(Protocol):
    """Which of a creator's jobs run."""

    def get(self, creator_id: CreatorId) -> Share:
        """Return the creator's share; an empty one where nothing was ever started."""

    def save(self, share: Share) -> Share:
        """Store it and return it with the next `revision`. Raises: StaleWrite."""


class DueDocuments(Protocol):
    """Documents of all creators that stayed in one state for too long, as an index knows them."""

    def due(self, at: datetime, *, limit: int) -> tuple[tuple[CreatorId, DocumentId], ...]:
        """Return documents whose `due_at` is past, half of `limit` of those in line at most, half of all others.

        What the index says may be older than the record.
        """


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
    """A search within one creator. `limit` bounds each leg; `embedding_model` names the vector's space.

    Without a vector, since nothing could embed the text, only words are searched. `versioned`: `Candidates.version` is
    wanted.
    """

    text: str
    vector: "Vector | None"
    embedding_model: str
    limit: int
    filters: tuple[Filter, ...] = ()
    versioned: bool = False


@dataclass(frozen=True, slots=True)
class Candidates:
    """The best passages of each leg, best first.

    `dense` scores are cosines (-1..1), `lexical` scores BM25 (0 and up, comparable within one query only). A hit's
    `scores` has its own leg's under the leg's name, and the other leg's where the store knows it.

    `version` names the state of everything that the creator has published: while it is the same, the same can be found.
    It may be empty where it was not wanted.
    """

    dense: tuple[ScoredPassage, ...]
    lexical: tuple[ScoredPassage, ...]
    version: str = ""


class Reranker(Protocol):
    """Reads a query and a passage together, which tells more than comparing their vectors, and costs more."""

    def scores(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        """Return how well each text answers the query, 0..1, in order. Raises: ModelUnavailable."""


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """What can be found of a document now. Passages are in the document's order."""

    version: int
    embedding_model: str
    passages: tuple[EmbeddedPassage, ...]


OTHER_SPACE: Final = "other_space"
"""The code of SearchUnavailable where the passages were embedded with another model than the query."""


class PassageReader(Protocol):
    """Published passages, read within one creator."""

    def candidates(self, creator_id: CreatorId, query: Query) -> Candidates:
        """Raises: SearchUnavailable, with the code OTHER_SPACE where only words can be compared."""

    def count(self, creator_id: CreatorId, document_id: DocumentId) -> int:
        """Return exactly how many published passages of the document can be found now. Raises: SearchUnavailable."""

    def published(self, creator_id: CreatorId, document_id: DocumentId) -> PublishedVersion:
        """Return the document's published passages, exactly.

        Raises: NotFound where there are none, SearchUnavailable.
        """


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


class PartedUploads(Protocol):
    """Joins a file that was sent in parts."""

    def complete(self, document: Document, etags: Mapping[int, str]) -> None:
        """Make one file of the parts, by number the tag that the store gave each. Again it changes nothing.

        Raises: Invalid where a part is missing or another than was sent, Conflict where its permit ran out.
        """


class SpeechRecognition(Protocol):
    """Writes down what is said in recordings, over minutes or hours, and says by an event when it is done."""

    def start(self, document: Document) -> bool:
        """Begin with the document's last upload; its transcript goes to `work.transcript_key`.

        Return False where this attempt was begun before. Raises: Unavailable.
        """

    def finished(self, job: Job) -> bool:
        """Return whether the transcript is written. Raises: UnusableDocument where there will be none, Unavailable."""


class TaskTokens(Protocol):
    """Under which token a state machine waits for a job. They expire by themselves."""

    def keep(self, job: Job, token: str) -> None:
        """Keep the token instead of the one before."""

    def of(self, job: Job) -> str:
        """Raises: NotFound where nobody waits for the job."""


class WaitingTasks(Protocol):
    """State machines that wait. Telling one that no longer waits is no error."""

    def succeed(self, token: str) -> None:
        """Raises: Unavailable."""

    def fail(self, token: str, error: CoachingError) -> None:
        """Raises: Unavailable."""

"""Documents and search."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Discriminator, Field, StringConstraints, Tag, model_validator

from coaching.contract.common import (
    Attributes,
    FieldName,
    Line,
    MetadataValue,
    Number,
    PlaceReply,
    ReplyModel,
    RequestModel,
    Text,
)
from coaching.knowledge.document import Status
from coaching.knowledge.filters import Equals, Filter, In, Range
from coaching.knowledge.ports import UploadPermit
from coaching.vocabulary import Retrieval, Scalar, ScoredPassage


class CreateDocument(RequestModel):
    name: Annotated[Text, StringConstraints(min_length=1, max_length=200)]
    title: Annotated[
        Line, Field(description="what citations say; where this is empty, the file's own title or its name")
    ] = ""
    content_type: Annotated[Text, StringConstraints(min_length=1, max_length=200)]
    size_bytes: Annotated[int, Field(ge=1, strict=True)]
    metadata: Attributes = {}


class PartPermit(ReplyModel):
    number: int = Field(description="counts from 1, in the file's order")
    size_bytes: int = Field(description="exactly so many of the file's bytes, after those of the parts before")
    url: str


class Upload(ReplyModel):
    """Where to send the file.

    A file of up to 25 MB goes to `url`, whole. A larger one has `parts` instead: send each piece to its own `url`, in
    any order and several at once, keep the `ETag` header of each answer, and then post them all to
    `/v1/documents/{document_id}/upload`. A part that was lost can be sent again.
    """

    method: str = "PUT"
    url: str | None
    headers: dict[str, str]
    expires_at: datetime
    parts: list[PartPermit] = Field(description="empty where the file goes whole to `url`")

    @classmethod
    def of(cls, permit: UploadPermit) -> "Upload":
        upload = cls.model_validate(permit)
        return upload if upload.url else upload.model_copy(update={"url": None})


class SentPart(RequestModel):
    number: Annotated[int, Field(ge=1, le=10_000, strict=True)]
    etag: Annotated[
        Text, StringConstraints(min_length=1, max_length=100), Field(description="the answer's `ETag` header")
    ]


def _each_once(parts: list[SentPart]) -> list[SentPart]:
    if len({part.number for part in parts}) != len(parts):
        raise ValueError("list each part once")
    return parts


class CompleteUploadRequest(RequestModel):
    """Each part that was sent, once; their order does not matter."""

    parts: Annotated[list[SentPart], Field(min_length=1, max_length=10_000), AfterValidator(_each_once)]

    @property
    def etags(self) -> dict[int, str]:
        """The tags by the parts' numbers."""
        return {part.number: part.etag for part in self.parts}


class CreatedDocument(ReplyModel):
    document_id: str
    status: Status
    upload: Upload


class CreateVersion(RequestModel):
    """Other bytes for a document. Its name, type, title and metadata stay."""

    size_bytes: Annotated[int, Field(ge=1, strict=True)]


class DocumentProblem(ReplyModel):
    code: str
    message: str


class SuspiciousPassageReply(ReplyModel):
    passage_id: str
    place: PlaceReply
    excerpt: str = Field(description="the part of the passage that looks most so")
    score: float = Field(description="0 to 1")


class SuspicionsReply(ReplyModel):
    """Passages that speak to the model instead of to people, such as "ignore previous instructions".

    They are published like all others, but the composer quotes no such sentence, and whatever they say changes no
    instruction of the coach.
    """

    count: int
    passages: list[SuspiciousPassageReply] = Field(description="up to 20, the most suspicious first")


class DocumentReply(ReplyModel):
    document_id: str
    name: str
    title: str
    content_type: str
    size_bytes: int
    metadata: dict[str, Scalar]
    status: Status
    version: int
    attempt: int
    error: DocumentProblem | None = Field(
        description="why it failed, or, of one that is `deleting`, why it is still there: delete it again"
    )
    waiting: DocumentProblem | None = Field(description="what its ingestion waits for before it goes on by itself")
    notices: list[str] = Field(description="sentences about what was not read, such as scanned pages or hidden sheets")
    passages: int
    characters: int
    suspicions: SuspicionsReply = Field(description="what of the published version looks like instructions to a model")
    timings: dict[str, int] = Field(description="milliseconds per stage of the last ingestion")
    created_at: datetime
    updated_at: datetime


class Bounds(RequestModel):
    gte: Number | None = None
    lte: Number | None = None


class Condition(RequestModel):
    """Exactly one of `equals`, `in`, `range`."""

    equals: MetadataValue | None = None
    in_: Annotated[list[MetadataValue] | None, Field(alias="in", min_length=1, max_length=1_000)] = None
    range: Bounds | None = None

    @model_validator(mode="after")
    def _one_of_three(self) -> "Condition":
        if len(self.model_fields_set) != 1 or None in (getattr(self, name) for name in self.model_fields_set):
            raise ValueError("give exactly one of equals, in, range")
        if self.range is not None and self.range.gte is None and self.range.lte is None:
            raise ValueError("a range needs gte or lte or both")
        return self

    def on(self, field: str) -> Filter:
        """Return the condition as a filter on a metadata field."""
        if self.in_ is not None:
            return In(field, tuple(self.in_))
        if self.range is not None:
            return Range(field, self.range.gte, self.range.lte)
        if self.equals is None:
            raise AssertionError("validated above")
        return Equals(field, self.equals)


def _kind_of(condition: object) -> str:
    return "condition" if isinstance(condition, Condition | dict) else "value"


FilterValue = Annotated[
    Annotated[Condition, Tag("condition")] | Annotated[MetadataValue, Tag("value")], Discriminator(_kind_of)
]


class SearchRequest(RequestModel):
    query: Annotated[Text, StringConstraints(min_length=1, max_length=4_000, strip_whitespace=True)]
    k: Annotated[int, Field(ge=1, le=50, strict=True)] = 5
    filter: Annotated[dict[FieldName, FilterValue], Field(max_length=20)] = {}

    @property
    def filters(self) -> tuple[Filter, ...]:
        """The conditions as filters; a bare value means `equals`."""
        return tuple(
            condition.on(field) if isinstance(condition, Condition) else Equals(field, condition)
            for field, condition in self.filter.items()
        )


class FoundPassage(ReplyModel):
    passage_id: str
    document_id: str
    version: int
    title: str
    text: str
    place: PlaceReply
    start: int
    end: int
    metadata: dict[str, Scalar]
    score: float
    scores: dict[str, float]

    @classmethod
    def of(cls, found: ScoredPassage) -> "FoundPassage":
        fields = {
            field: getattr(found.passage, field) for field in cls.model_fields if field not in {"score", "scores"}
        }
        return cls.model_validate({**fields, "score": found.score, "scores": found.scores}, from_attributes=True)


class SearchReply(ReplyModel):
    items: list[FoundPassage]
    retrieval: Retrieval = Field(
        description="hybrid: found by meaning and words; lexical: by words alone, since the embedder does not answer"
    )

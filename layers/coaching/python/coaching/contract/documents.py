"""Documents and search."""

from datetime import datetime
from typing import Annotated

from pydantic import Discriminator, Field, StringConstraints, Tag, model_validator

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
from coaching.vocabulary import Scalar, ScoredPassage


class CreateDocument(RequestModel):
    name: Annotated[Text, StringConstraints(min_length=1, max_length=200)]
    title: Annotated[
        Line, Field(description="what citations say; where this is empty, the file's own title or its name")
    ] = ""
    content_type: Annotated[Text, StringConstraints(min_length=1, max_length=200)]
    size_bytes: Annotated[int, Field(ge=1, strict=True)]
    metadata: Attributes = {}


class Upload(ReplyModel):
    method: str = "PUT"
    url: str
    headers: dict[str, str]
    expires_at: datetime


class CreatedDocument(ReplyModel):
    document_id: str
    status: Status
    upload: Upload


class DocumentProblem(ReplyModel):
    code: str
    message: str


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
    error: DocumentProblem | None
    passages: int
    characters: int
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

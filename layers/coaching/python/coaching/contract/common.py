"""What every part of the contract shares."""

import math
import re
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

T = TypeVar("T")
# C0 and C1 controls, except tab, line feed and carriage return; lone surrogates cannot be stored as UTF-8.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def _without_controls(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("control characters are not accepted")
    return text


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("must be a finite number")
    return value


def _exact(value: object) -> object:
    # What JavaScript, too, keeps exact, and every store can order.
    if isinstance(value, int) and abs(value) > 2**53:
        raise ValueError("a whole number has at most 53 bits")
    return value


Text = Annotated[str, AfterValidator(_without_controls)]
Line = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True), AfterValidator(_without_controls)]
Paragraphs = Annotated[str, StringConstraints(max_length=4_000), AfterValidator(_without_controls)]
Number = Annotated[float, AfterValidator(_finite)]
MetadataText = Annotated[str, StringConstraints(max_length=500), AfterValidator(_without_controls)]
MetadataValue = Annotated[MetadataText | bool | int | Number, BeforeValidator(_exact)]
FieldName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.$ -]{1,64}$")]
Attributes = Annotated[dict[FieldName, MetadataValue], Field(max_length=50)]


class RequestModel(BaseModel):
    """A request body. Unknown fields are refused, so that a typing mistake is never ignored in silence."""

    # Built when first used: a cold start pays for the models of one request, not of all.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    def changes(self) -> dict[str, Any]:
        """Return the fields that the request names, as plain values."""
        return self.model_dump(exclude_unset=True)


class ReplyModel(BaseModel):
    """A reply body, built from domain objects by attribute."""

    model_config = ConfigDict(from_attributes=True, frozen=True, defer_build=True)


class PlaceReply(ReplyModel):
    page: int | None = None
    heading: list[str] = []
    start_seconds: float | None = None
    link: str = Field(
        default="",
        description="append it to the address at which your app shows the document: `#page=3` in a PDF, the id of the "
        "heading in a page, `?t=83` in a recording; empty where there is no such place",
    )


class ListReply(ReplyModel, Generic[T]):
    """One page; `next_cursor` is absent on the last."""

    items: list[T]
    next_cursor: str | None = None


class FieldProblem(ReplyModel):
    pointer: str = Field(description="JSON pointer to the value")
    detail: str


class Problem(ReplyModel):
    """An RFC 9457 problem document. `code` is stable; `detail` says what to do."""

    type: str
    title: str
    status: int
    detail: str
    instance: str = Field(description="the request's id")
    code: str
    errors: list[FieldProblem] | None = None


class Health(ReplyModel):
    status: str
    parts: dict[str, str] = Field(
        description="what runs here, by name; a model that cannot answer now stands here by its own, with the reason"
    )

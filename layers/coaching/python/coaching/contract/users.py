"""A user's profile and goals."""

from datetime import date, datetime
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, AwareDatetime, Field

from coaching.contract.common import Attributes, Line, Number, ReplyModel, RequestModel
from coaching.vocabulary import Scalar


def _known_timezone(name: str) -> str:
    if name and name not in available_timezones():
        raise ValueError("must be an IANA time zone such as Europe/Lisbon")
    return name


class PatchProfile(RequestModel):
    """Fields that are absent stay as they are; `preferences` and `communication_style` are replaced whole."""

    display_name: Line | None = None
    locale: Annotated[str, Field(pattern=r"^([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$")] | None = None
    timezone: Annotated[str, AfterValidator(_known_timezone)] | None = None
    preferences: Attributes | None = None
    communication_style: Attributes | None = None


class ProfileReply(ReplyModel):
    user_id: str
    display_name: str
    locale: str
    timezone: str
    preferences: dict[str, Scalar]
    communication_style: dict[str, Scalar]
    updated_at: datetime


class MilestoneFields(RequestModel):
    title: Annotated[Line, Field(min_length=1)]
    due: date | None = None
    reached_at: AwareDatetime | None = None


Milestones = Annotated[list[MilestoneFields], Field(max_length=50)]
Target = Annotated[Number, Field(gt=0)]
Progress = Annotated[Number, Field(ge=0)]


class CreateGoal(RequestModel):
    title: Annotated[Line, Field(min_length=1)]
    target: Target | None = None
    unit: Line = ""
    due: date | None = None
    milestones: Milestones = []
    progress: Progress = 0.0


class PatchGoal(RequestModel):
    """Fields that are absent stay as they are; an explicit null clears `target` or `due`."""

    title: Annotated[Line, Field(min_length=1)] | None = None
    target: Target | None = None
    unit: Line | None = None
    due: date | None = None
    milestones: Milestones | None = None
    progress: Progress | None = None


class MilestoneReply(ReplyModel):
    title: str
    due: date | None
    reached_at: datetime | None


class GoalReply(ReplyModel):
    goal_id: str
    title: str
    target: float | None
    unit: str
    due: date | None
    milestones: list[MilestoneReply]
    progress: float
    share_done: float | None
    created_at: datetime
    updated_at: datetime

"""Escalations, which are the human coach's inbox, and the rota."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from coaching.contract.common import Line, Paragraphs, ReplyModel, RequestModel
from coaching.contract.conversations import TurnReply
from coaching.safety.escalation.record import Act, Escalation, EscalationId, Outcome, Status
from coaching.safety.escalation.rota import Contact, OnCall, Rota
from coaching.safety.human import MOST_CHARACTERS
from coaching.safety.topics import Topic
from coaching.vocabulary import CreatorId, Turn, UserId

SeverityName = Literal["low", "elevated", "high", "imminent"]


def _known_timezone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("must be an IANA time zone such as Europe/Lisbon")
    return name


CoachId = Annotated[str, StringConstraints(pattern=r"^[^#\s]{1,128}$")]


class StepReply(ReplyModel):
    at: datetime
    act: Act
    by: str = Field(description="a coach's id, or `system`")
    detail: str


class EscalationReply(ReplyModel):
    escalation_id: str
    user_id: str
    conversation_id: str = Field(description="where the user is now; a red flag in another conversation moves it")
    severity: SeverityName
    topics: list[Topic]
    about_other: bool = Field(description="the user speaks of somebody else who is in danger")
    recommended_action: Literal["call_now", "reach_out_today", "look_in"]
    resources: list[str] = Field(description="what the user was given, by its id in the registry")
    status: Status
    locks_coaching: bool = Field(description="until it is resolved the coach only listens")
    claimed_by: str | None
    next_at: datetime | None = Field(description="when the next person is told, or the claim lapses")
    outcome: Outcome | None
    note: str
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, escalation: Escalation) -> "EscalationReply":
        return cls.model_validate(_fields(escalation))


class DangerReply(ReplyModel):
    """What was seen in a message."""

    severity: SeverityName
    topics: list[str]
    about_other: bool
    retracts: bool
    reasons: list[str] = Field(description="ids of rules and of trained heads")
    recommended_action: str
    resources: list[str]


class SeenTurnReply(TurnReply):
    """`danger` marks a message in which a red flag was seen."""

    danger: DangerReply | None

    @classmethod
    def seen(cls, turn: Turn) -> "SeenTurnReply":
        shown = TurnReply.of(turn)
        return cls.model_validate({**dict(shown), "danger": turn.danger})


class EscalationDetailReply(EscalationReply):
    """An escalation with its audit trail and the latest turns of its conversations, oldest first."""

    steps: list[StepReply]
    messages: list[SeenTurnReply]

    @classmethod
    def read(cls, escalation: Escalation, turns: Sequence[Turn]) -> "EscalationDetailReply":
        steps = [StepReply.model_validate(step) for step in escalation.steps]
        messages = [SeenTurnReply.seen(turn) for turn in turns]
        return cls.model_validate({**_fields(escalation), "steps": steps, "messages": messages})


def _fields(escalation: Escalation) -> dict[str, object]:
    kept = {name: getattr(escalation, name) for name in EscalationReply.model_fields if hasattr(escalation, name)}
    return {**kept, "severity": escalation.severity.name.lower(), "locks_coaching": escalation.locks}


class SendHumanMessage(RequestModel):
    text: Annotated[str, StringConstraints(min_length=1, max_length=MOST_CHARACTERS)]


class HandOver(RequestModel):
    to: CoachId = Field(description="the id of a coach on the rota")


class Resolve(RequestModel):
    outcome: Outcome
    note: Paragraphs = ""


class ContactModel(BaseModel):
    """At least one address: an e-mail, or a phone number in E.164."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)

    name: Annotated[Line, Field(min_length=1)]
    email: Annotated[str, StringConstraints(pattern=r"^([^@\s]+@[^@\s]+\.[^@\s]+)?$", max_length=254)] = ""
    phone: Annotated[str, StringConstraints(pattern=r"^(\+[1-9][0-9]{6,14})?$")] = ""

    @model_validator(mode="after")
    def _can_be_reached(self) -> "ContactModel":
        if not (self.email or self.phone):
            raise ValueError("needs an e-mail or a phone number")
        return self

    @property
    def contact(self) -> Contact:
        return Contact(self.name, self.email, self.phone)


class OnCallModel(BaseModel):
    """From when to when a coach is on call, on which weekdays (0 is Monday). An earlier end is that of the next day."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)

    coach_id: CoachId
    weekdays: Annotated[list[Annotated[int, Field(ge=0, le=6)]], Field(min_length=1, max_length=7)]
    starts: time
    ends: time

    @property
    def on_call(self) -> OnCall:
        return OnCall(UserId(self.coach_id), tuple(self.weekdays), self.starts, self.ends)


class PutRota(RequestModel):
    """Who is on call when. Who stands first is told first; `creator` and `emergency` where the coaches do not come."""

    timezone: Annotated[str, AfterValidator(_known_timezone)] = "UTC"
    coaches: Annotated[dict[CoachId, ContactModel], Field(max_length=100)] = {}
    hours: Annotated[list[OnCallModel], Field(max_length=200)] = []
    creator: ContactModel | None = None
    emergency: ContactModel | None = None

    @model_validator(mode="after")
    def _everybody_is_known(self) -> "PutRota":
        if unknown := sorted({hours.coach_id for hours in self.hours} - set(self.coaches)):
            raise ValueError(f"hours of coaches without a contact: {', '.join(unknown)}")
        return self

    def rota(self, creator_id: CreatorId) -> Rota:
        return Rota(
            creator_id,
            self.timezone,
            {UserId(coach): each.contact for coach, each in self.coaches.items()},
            tuple(each.on_call for each in self.hours),
            self.creator.contact if self.creator else None,
            self.emergency.contact if self.emergency else None,
        )


class RotaReply(ReplyModel):
    timezone: str
    coaches: dict[str, ContactModel]
    hours: list[OnCallModel]
    creator: ContactModel | None
    emergency: ContactModel | None
    updated_at: datetime | None


class EscalationEvent(BaseModel):
    """What the state machine of an escalation hands to its function."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    creator_id: CreatorId = Field(min_length=1)
    escalation_id: EscalationId = Field(min_length=1)


class AdvancedResult(BaseModel):
    wait_seconds: int
    ended: bool
    expired: bool


class SweptEscalations(BaseModel):
    begun: int

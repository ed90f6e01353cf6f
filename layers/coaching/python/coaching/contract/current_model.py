"""Which model is asked first, and the switch to another."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from coaching.contract.common import Line, ReplyModel, RequestModel
from coaching.contract.ingestion import StepError, StepModel
from coaching.models.switching import State
from coaching.models.switching_over import ModelsHere

COMPOSED = "No model words replies here: they are composed of the creator's own sentences."


class PostCurrentModel(RequestModel):
    model: Annotated[Line, StringConstraints(min_length=1)] = Field(
        description="provider and model, one of those that `models` lists, such as `ollama:llama3:8b`"
    )


class OutcomesReply(ReplyModel):
    answered: int
    failed: int


class SeenReply(ReplyModel):
    new: OutcomesReply
    before: OutcomesReply = Field(description="of the previous model, as far as it is known")


class CurrentModelReply(ReplyModel):
    current: str | None = Field(
        description="the model that is asked first wherever it is fit: within the budget and the window; absent where "
        "no model words replies"
    )
    state: State = Field(
        description="`loading`: the candidate is being loaded and tried; `watching`: it is asked first, and if it "
        "fails more often than the previous one that is back by itself (`rolled_back`); `failed`: it never was"
    )
    previous: str | None = Field(description="the model that was current before")
    candidate: str | None = Field(description="the model that the last switch was to bring")
    reason: str | None = Field(description="why the state is what it is")
    asked_by: str | None = Field(description="the id of the admin who asked for the last switch")
    asked_at: datetime | None
    changed_at: datetime | None
    until: datetime | None = Field(description="when the present state ends by itself")
    seen: SeenReply = Field(description="answers since the switch")
    models: list[str] = Field(description="the models that this stage has, in the order of its settings")

    @classmethod
    def of(cls, here: ModelsHere) -> "CurrentModelReply":
        record = here.record
        return cls(
            current=record.current or None,
            state=record.state,
            previous=record.previous or None,
            candidate=record.candidate or None,
            reason=(record.reason or None) if here.names else COMPOSED,
            asked_by=record.asked_by or None,
            asked_at=record.asked_at,
            changed_at=record.changed_at,
            until=record.until,
            seen=SeenReply.model_validate(record.seen),
            models=list(here.names),
        )


class SwitchEvent(StepModel):
    switch_id: str = Field(min_length=1)


class SwitchResult(StepModel):
    state: State


class SwitchFailedEvent(SwitchEvent):
    error: StepError

    @property
    def reason(self) -> str:
        """A sentence for the record; the cause itself is in the function's log."""
        if self.error.code_and_message()[0] == "timeout":
            return "It took too long: switch again, or to a smaller model."
        return "The work on it broke off: switch again, and look at the log of switch_model if that fails too."

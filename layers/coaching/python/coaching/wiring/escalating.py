"""Escalations: how they are raised, told and answered."""

from functools import cache
from typing import TYPE_CHECKING, Protocol

from coaching.settings import settings
from coaching.vocabulary import now
from coaching.wiring.records import conversations, table, turns

if TYPE_CHECKING:
    from coaching.conversation.human_coach import ReadEscalation, SpeakAsHuman
    from coaching.safety.escalation.advancing import AdvanceEscalation
    from coaching.safety.escalation.answering import AnswerEscalation
    from coaching.safety.escalation.changing import PutRota
    from coaching.safety.escalation.ports import (
        DueEscalations,
        EscalationList,
        Escalations,
        Notices,
        RaisedEscalations,
        Rotas,
        Watch,
    )
    from coaching.safety.escalation.raising import RaiseEscalation
    from coaching.safety.escalation.sweeping import SweepEscalations

    class EscalationRecords(Escalations, RaisedEscalations, EscalationList, DueEscalations, Protocol): ...


@cache
def escalations() -> "EscalationRecords":
    from coaching.adapters.aws.escalations import DynamoDBEscalations

    return DynamoDBEscalations(table())


@cache
def rotas() -> "Rotas":
    from coaching.adapters.aws.escalations import DynamoDBRotas

    return DynamoDBRotas(table())


@cache
def put_rota() -> "PutRota":
    from coaching.safety.escalation.changing import PutRota

    return PutRota(rotas(), now)


@cache
def raise_escalation() -> "RaiseEscalation":
    from coaching.entrypoint.figures import log_lost_escalation
    from coaching.safety.escalation.raising import RaiseEscalation

    return RaiseEscalation(escalations(), escalations(), rotas(), _watch(), now, log_lost_escalation)


@cache
def advance_escalation() -> "AdvanceEscalation":
    from coaching.safety.escalation.advancing import AdvanceEscalation

    return AdvanceEscalation(escalations(), rotas(), _notices(), now)


@cache
def sweep_escalations() -> "SweepEscalations":
    from coaching.safety.escalation.sweeping import SweepEscalations

    return SweepEscalations(escalations(), escalations(), _watch(), now)


@cache
def answer_escalation() -> "AnswerEscalation":
    from coaching.safety.escalation.answering import AnswerEscalation

    return AnswerEscalation(escalations(), rotas(), now)


@cache
def read_escalation() -> "ReadEscalation":
    from coaching.conversation.human_coach import ReadEscalation

    return ReadEscalation(answer_escalation(), conversations(), turns())


@cache
def speak_as_human() -> "SpeakAsHuman":
    from coaching.conversation.beginning import BeginConversation
    from coaching.conversation.human_coach import SpeakAsHuman
    from coaching.conversation.remembering import RememberTurn

    remember = RememberTurn(conversations(), turns())
    return SpeakAsHuman(escalations(), answer_escalation(), remember, BeginConversation(conversations()))


@cache
def _watch() -> "Watch":
    from coaching.adapters.aws.clients import stepfunctions_client
    from coaching.adapters.aws.escalation_watch import StepFunctionsWatch

    return StepFunctionsWatch(stepfunctions_client, settings().escalation_state_machine_arn)


@cache
def _notices() -> "Notices":
    from coaching.adapters.aws.clients import ses_client, sns_client
    from coaching.adapters.aws.notices import SesSnsNotices

    return SesSnsNotices(ses_client, sns_client, settings().notice_sender)

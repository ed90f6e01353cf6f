"""What is measured: turns, calls of models, feedback."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from coaching.errors import NotFound
from coaching.wiring.records import creators, table

if TYPE_CHECKING:
    from coaching.metrics.ports import MeasuredTurns
    from coaching.metrics.rating import GiveFeedback
    from coaching.metrics.recording import RecordTurn
    from coaching.models.spending import SeeUsage, Spending
    from coaching.models.usage import UsageLedger
    from coaching.vocabulary import CreatorId, Scalar


@cache
def usage_ledger() -> "UsageLedger":
    from coaching.adapters.aws.usage import DynamoDBUsageLedger

    return DynamoDBUsageLedger(table())


@cache
def measured_turns() -> "MeasuredTurns":
    from coaching.adapters.aws.turn_metrics import DynamoDBMeasuredTurns

    return DynamoDBMeasuredTurns(table())


@cache
def spending() -> "Spending":
    from coaching.models.spending import Spending

    return Spending(usage_ledger())


@cache
def see_usage() -> "SeeUsage":
    from coaching.models.spending import SeeUsage

    return SeeUsage(usage_ledger(), _settings_of)


@cache
def record_turn() -> "RecordTurn":
    from coaching.entrypoint.figures import emit_turn, log_lost
    from coaching.metrics.recording import RecordTurn

    return RecordTurn(measured_turns(), emit_turn, log_lost)


@cache
def give_feedback() -> "GiveFeedback":
    from coaching.adapters.aws.feedback import DynamoDBGivenFeedback
    from coaching.metrics.rating import GiveFeedback

    return GiveFeedback(DynamoDBGivenFeedback(table()), measured_turns())


def _settings_of(creator_id: "CreatorId") -> "Mapping[str, Scalar]":
    try:
        return creators().get(creator_id).settings
    except NotFound:
        return {}

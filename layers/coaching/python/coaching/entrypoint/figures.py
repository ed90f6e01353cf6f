"""Figures of turns and of calls of models, in the embedded metric format. Ids stand beside them, words never."""

from collections.abc import Sequence
from dataclasses import asdict

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from coaching.entrypoint.observability import NAMESPACE, log_failure, log_unexpected, logger
from coaching.errors import CoachingError
from coaching.metrics.turn import TurnMetrics
from coaching.models.attempts import Attempt
from coaching.models.switching import CurrentModel
from coaching.models.usage import ModelCall
from coaching.models.verification import NotThere
from coaching.safety.escalation.record import Escalation


def emit_call(call: ModelCall) -> None:
    """Emit tokens, money and seconds by model. The creator is a property, not a dimension: each would be a metric."""
    metrics = EphemeralMetrics(namespace=NAMESPACE)
    metrics.add_dimension("model", call.model)
    if call.reused:
        metrics.add_metric("ReusedAnswers", MetricUnit.Count, 1)
    else:
        _add_call(metrics, call)
    metrics.add_metadata("creator_id", call.creator_id)
    metrics.add_metadata("call_id", call.call_id)
    metrics.add_metadata("estimated", call.estimated)
    metrics.flush_metrics()


def _add_call(metrics: EphemeralMetrics, call: ModelCall) -> None:
    metrics.add_metric("ModelCalls", MetricUnit.Count, 1)
    metrics.add_metric("ModelCostUSD", MetricUnit.NoUnit, call.microdollars / 1_000_000)
    metrics.add_metric("InputTokens", MetricUnit.Count, call.usage.input_tokens)
    metrics.add_metric("OutputTokens", MetricUnit.Count, call.usage.output_tokens)
    metrics.add_metric("CacheReadTokens", MetricUnit.Count, call.usage.cache_read_tokens)
    metrics.add_metric("CacheWriteTokens", MetricUnit.Count, call.usage.cache_write_tokens)
    metrics.add_metric("ModelSeconds", MetricUnit.Seconds, call.seconds)


def emit_attempts(attempts: Sequence[Attempt]) -> None:
    """Log who was asked for an answer and what came of it; count the failures by model."""
    logger.info("asked models", attempts=[asdict(attempt) for attempt in attempts])
    for attempt in attempts:
        if attempt.code not in ("answered", "closed", "open", "loading"):
            metrics = EphemeralMetrics(namespace=NAMESPACE)
            metrics.add_dimension("model", attempt.model)
            metrics.add_metric("ModelFailures", MetricUnit.Count, 1)
            metrics.add_metadata("code", attempt.code)
            metrics.flush_metrics()


def log_missing(missing: Sequence[NotThere]) -> None:
    """Log which models cannot answer now, and what to do about each; count them."""
    for each in missing:
        logger.error("model not there", model=each.name, code=each.code, reason=each.sentence)
        metrics = EphemeralMetrics(namespace=NAMESPACE)
        metrics.add_dimension("model", each.name)
        metrics.add_metric("ModelsNotThere", MetricUnit.Count, 1)
        metrics.flush_metrics()


def emit_returned(record: CurrentModel) -> None:
    """Log that a model that was switched to did worse, and count it."""
    logger.warning("switched back", model=record.candidate, to=record.current, reason=record.reason)
    metrics = EphemeralMetrics(namespace=NAMESPACE)
    metrics.add_dimension("model", record.candidate)
    metrics.add_metric("ModelsSwitchedBack", MetricUnit.Count, 1)
    metrics.add_metadata("switch_id", record.switch_id)
    metrics.flush_metrics()


def log_lost_escalation(escalation: Escalation, error: Exception) -> None:
    """Say that an escalation's rounds could not be begun, and why: the sweep begins them within minutes."""
    logger.error("escalation not begun", escalation_id=escalation.escalation_id, severity=escalation.severity.name)
    log_lost(error)


def emit_turn(turn: TurnMetrics) -> None:
    """Emit one turn's figures by the model that replied."""
    metrics = EphemeralMetrics(namespace=NAMESPACE)
    metrics.add_dimension("model", turn.model or "none")
    metrics.add_metric("FirstTokenMs", MetricUnit.Milliseconds, turn.first_token_ms)
    metrics.add_metric("ResponseMs", MetricUnit.Milliseconds, turn.total_ms)
    metrics.add_metric("Confidence", MetricUnit.NoUnit, turn.confidence)
    if turn.accuracy is not None:
        metrics.add_metric("Accuracy", MetricUnit.NoUnit, turn.accuracy)
    if turn.brand_consistency is not None:
        metrics.add_metric("BrandConsistency", MetricUnit.NoUnit, turn.brand_consistency)
    metrics.add_metric("EscalationsRequired", MetricUnit.Count, int(turn.escalation_required))
    metrics.add_metric("TurnsCut", MetricUnit.Count, int(turn.cut))
    for name in ("creator_id", "conversation_id", "message_id", "kind", "retrieval", "fallback", "chosen"):
        metrics.add_metadata(name, getattr(turn, name))
    metrics.add_metadata("input_tokens", turn.input_tokens)
    metrics.add_metadata("output_tokens", turn.output_tokens)
    metrics.flush_metrics()


def log_lost(error: Exception) -> None:
    """Log that figures could not be kept."""
    if isinstance(error, CoachingError):
        log_failure(error)
    else:
        log_unexpected(error)

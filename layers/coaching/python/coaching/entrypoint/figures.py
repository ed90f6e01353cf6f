"""Figures of turns and of calls of models, in the embedded metric format. Ids stand beside them, words never."""

from collections.abc import Sequence
from dataclasses import asdict

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from coaching.entrypoint.observability import NAMESPACE, log_failure, log_unexpected, logger
from coaching.errors import CoachingError
from coaching.metrics.turn import TurnMetrics
from coaching.models.attempts import Attempt
from coaching.models.usage import ModelCall


def emit_call(call: ModelCall) -> None:
    """Emit tokens, money and seconds by model. The creator is a property, not a dimension: each would be a metric."""
    metrics = EphemeralMetrics(namespace=NAMESPACE)
    metrics.add_dimension("model", call.model)
    metrics.add_metric("ModelCalls", MetricUnit.Count, 1)
    metrics.add_metric("ModelCostUSD", MetricUnit.NoUnit, call.microdollars / 1_000_000)
    metrics.add_metric("InputTokens", MetricUnit.Count, call.usage.input_tokens)
    metrics.add_metric("OutputTokens", MetricUnit.Count, call.usage.output_tokens)
    metrics.add_metric("ModelSeconds", MetricUnit.Seconds, call.seconds)
    metrics.add_metadata("creator_id", call.creator_id)
    metrics.add_metadata("call_id", call.call_id)
    metrics.add_metadata("estimated", call.estimated)
    metrics.flush_metrics()


def emit_attempts(attempts: Sequence[Attempt]) -> None:
    """Log who was asked for an answer and what came of it; count the failures by model."""
    logger.info("asked models", attempts=[asdict(attempt) for attempt in attempts])
    for attempt in attempts:
        if attempt.code not in ("answered", "closed", "open"):
            metrics = EphemeralMetrics(namespace=NAMESPACE)
            metrics.add_dimension("model", attempt.model)
            metrics.add_metric("ModelFailures", MetricUnit.Count, 1)
            metrics.add_metadata("code", attempt.code)
            metrics.flush_metrics()


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
    for name in ("creator_id", "conversation_id", "message_id", "kind", "retrieval", "fallback"):
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

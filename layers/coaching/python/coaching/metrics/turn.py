"""What is measured of one turn."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from coaching.vocabulary import ConversationId, CreatorId, Identity, MessageId, ReplyKind, Retrieval, Turn, UserId

Rating = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class TurnMetrics:
    """Figures and codes of one turn, never a word of it.

    Times are in milliseconds from the message's arrival. `accuracy` is 1 for a reply whose statements passed their
    check against the material and 0 for one that did not; None where it states nothing of the material. `satisfaction`
    is the user's rating and `brand_consistency` the likeness to the creator's voice, 0..1; None until there is one.
    `fallback` is the code of why the composer replied in the model's place, `chosen` a sentence of names and figures
    that says why models were asked in this order. `cut`: the user left before the end.
    """

    creator_id: CreatorId
    user_id: UserId
    conversation_id: ConversationId
    message_id: MessageId
    occurred_at: datetime
    kind: ReplyKind
    model: str
    retrieval: Retrieval
    first_token_ms: int
    total_ms: int
    confidence: float
    accuracy: float | None
    escalation_required: bool
    input_tokens: int = 0
    output_tokens: int = 0
    fallback: str = ""
    chosen: str = ""
    cut: bool = False
    satisfaction: Rating | None = None
    brand_consistency: float | None = None


def measured_turn(who: Identity, turn: Turn, *, fallback: str = "", chosen: str = "") -> TurnMetrics:
    """Return what is known of a turn when it ends."""
    reply = turn.reply
    return TurnMetrics(
        creator_id=who.creator_id,
        user_id=who.user_id,
        conversation_id=turn.conversation_id,
        message_id=turn.message_id,
        occurred_at=turn.created_at,
        kind=reply.kind,
        model=reply.model,
        retrieval=turn.retrieval,
        first_token_ms=turn.latency.first_token,
        total_ms=turn.latency.total,
        confidence=reply.confidence,
        # Only an answer and a quote state something, and they are shown only when their statements are supported.
        accuracy=float(reply.grounded) if reply.kind in ("answer", "quote") else None,
        escalation_required=turn.escalation_id is not None or reply.kind in ("crisis", "apology"),
        input_tokens=reply.usage.input_tokens,
        output_tokens=reply.usage.output_tokens,
        fallback=fallback,
        chosen=chosen,
        cut=turn.cut,
    )

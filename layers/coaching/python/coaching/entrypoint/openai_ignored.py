"""What of a chat completion's request had no effect, or not the whole of it: named in the answer, never kept quiet."""

from collections.abc import Iterator, Sequence

from coaching.contract.openai import ChatCompletionRequest
from coaching.conversation.markers import without_markers
from coaching.models.catalogue import ModelCard
from coaching.models.ports import MOST_TOKENS
from coaching.vocabulary import CheckedReply

_ENDS_AT_ONE = frozenset({"anthropic", "bedrock"})
"""Providers whose temperatures end at 1: what is hotter counts as 1."""


def ignored(asked: ChatCompletionRequest, reply: CheckedReply, cards: Sequence[ModelCard]) -> Iterator[str]:
    """Yield the names. `cards` are of the models that may have worded the reply."""
    for at, message in enumerate(asked.messages):
        if message.role in ("system", "developer"):
            yield f"messages[{at}] ({message.role})"
    if asked.temperature is not None and not _warmed(asked.temperature, reply, cards):
        yield "temperature"
    for name in ("max_tokens", "max_completion_tokens"):
        most = getattr(asked, name)
        if most is not None and not _bounded(most, reply):
            yield name
    if any(word in reply.text for word in asked.stop):
        yield "stop"


def _warmed(temperature: float, reply: CheckedReply, cards: Sequence[ModelCard]) -> bool:
    card = next((card for card in cards if card.name == reply.model), None)
    if reply.kind != "answer" or card is None:
        return reply.kind == "answer"
    return "temperature" in card.features and (temperature <= 1 or card.provider not in _ENDS_AT_ONE)


def _bounded(most: int, reply: CheckedReply) -> bool:
    """Whether the bound was kept: a model is given it, where it is not above ours; what is quoted is cut by words."""
    if reply.kind == "answer":
        return most <= MOST_TOKENS
    return len(without_markers(reply.text).split()) <= most

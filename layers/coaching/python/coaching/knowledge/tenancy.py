"""The last wall between creators: whatever goes in or comes out is looked at once more."""

from collections.abc import Iterable

from coaching.errors import CoachingError
from coaching.vocabulary import CreatorId, Passage


def check_tenant(creator_id: CreatorId, passages: Iterable[Passage]) -> None:
    """Let only this creator's passages through.

    Raises: CoachingError(tenant_breach), an internal error: whoever asked must get no part of the answer.
    """
    for passage in passages:
        if passage.creator_id != creator_id:
            raise CoachingError(
                f"Passage {passage.passage_id} of another creator turned up for {creator_id}; nothing is returned.",
                code="tenant_breach",
            )

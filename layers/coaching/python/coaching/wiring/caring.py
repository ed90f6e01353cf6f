"""Care for users: who watches over them, and what is said in a crisis."""

from functools import cache
from typing import TYPE_CHECKING

from coaching.settings import settings
from coaching.wiring.escalating import escalations, raise_escalation
from coaching.wiring.records import table
from coaching.wiring.searching import bundled_model

if TYPE_CHECKING:
    from coaching.conversation.caring import CareForUser
    from coaching.safety.crisis.templates import Templates
    from coaching.safety.redflags.detector import DetectRedFlags
    from coaching.safety.redflags.ports import Meanings
    from coaching.safety.standards import Standards
    from coaching.safety.watching import WatchUser


@cache
def care_for_user() -> "CareForUser":
    from coaching.conversation.caring import CareForUser
    from coaching.safety.crisis.registry import shipped_registry

    return CareForUser(watch_user(), _templates, shipped_registry)


@cache
def watch_user() -> "WatchUser":
    from coaching.adapters.aws.escalations import DynamoDBWatchedUsers
    from coaching.safety.watching import WatchUser

    return WatchUser(detect_red_flags(), DynamoDBWatchedUsers(table()), escalations(), raise_escalation())


@cache
def detect_red_flags() -> "DetectRedFlags":
    from coaching.safety.redflags.detector import DetectRedFlags
    from coaching.safety.redflags.weights import shipped

    return DetectRedFlags(_meanings(), shipped)


@cache
def standards() -> "Standards":
    """What every reply is held against; without a registry no number but the material's may be shown."""
    from coaching.conversation.instructions import INSTRUCTIONS
    from coaching.errors import Invalid
    from coaching.safety.content_filter.content_filter import ContentFilter
    from coaching.safety.content_filter.heads import shipped
    from coaching.safety.crisis.registry import Registry, shipped_registry
    from coaching.safety.standards import Standards

    try:
        registry = shipped_registry()
    except (Invalid, OSError):
        registry = Registry()
    return Standards(
        contacts=registry.contacts(), content=ContentFilter(_meanings(), shipped), instructions=(INSTRUCTIONS,)
    )


@cache
def _meanings() -> "Meanings":
    from coaching.adapters.embedding.meanings import EmbeddedMeanings
    from coaching.safety.redflags.ports import NoMeanings

    return NoMeanings() if settings().embedder == "hash" else EmbeddedMeanings(bundled_model())


def _templates(locales: tuple[str, ...]) -> "Templates":
    from coaching.safety.crisis.templates import language_of, shipped_templates

    return shipped_templates(language_of(*locales))

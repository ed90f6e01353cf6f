"""What a reply is held against, beside the evidence that it stands on."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

from coaching.safety.bounds import Bounds, bounds_of
from coaching.safety.content_filter.content_filter import ContentFilter, no_heads
from coaching.safety.house_rules import never_said
from coaching.safety.redflags.ports import NoMeanings
from coaching.vocabulary import Scalar

RULES_ALONE: Final = ContentFilter(NoMeanings(), no_heads)


@dataclass(frozen=True, slots=True)
class Standards:
    """`said` is the user's message, `approved` are the lines that the creator approved.

    `contacts` are the numbers and addresses that may be shown without standing in the material. `minor`: the user is
    under age. `never` is what the creator never says; `instructions` are what a model was told and must not tell.
    """

    said: str = ""
    approved: Collection[str] = ()
    contacts: tuple[str, ...] = ()
    content: ContentFilter = RULES_ALONE
    bounds: Bounds = Bounds()
    minor: bool = False
    never: tuple[str, ...] = ()
    instructions: tuple[str, ...] = ()

    def asked(
        self, said: str, *, settings: Mapping[str, Scalar], approved: Collection[str], minor: bool = False
    ) -> "Standards":
        """Return the standards for the reply to one message."""
        bounds = bounds_of(settings)
        return replace(
            self,
            said=said,
            approved=approved,
            bounds=bounds.for_minor() if minor else bounds,
            minor=minor,
            never=never_said(settings),
        )


PLAIN: Final = Standards()
"""Nothing said, nothing approved, no contact allowed; the rules of the content filter alone."""

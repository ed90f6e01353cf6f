"""What became of a reply in its checks."""

from dataclasses import dataclass
from typing import Final, Literal

from coaching.safety.content_filter.harms import Harm
from coaching.safety.content_filter.rules import is_harmful_plan
from coaching.vocabulary import ReplyKind

Outcome = Literal["accepted", "made_again", "quote", "abstain", "escalate"]
"""`accepted` as it was first worded; `made_again` once, with the reasons, and accepted then; `quote` and `abstain` in
the creator's words or without any; `escalate`: a human has to look at it."""
_GRAVE: Final = frozenset({Harm.DANGER, Harm.AGREEMENT})


@dataclass(frozen=True, slots=True)
class Validation:
    """`reasons` are why words were refused on the way; they carry none of these words."""

    outcome: Outcome
    reasons: tuple[str, ...] = ()


ACCEPTED: Final = Validation("accepted")


def validated(kind: ReplyKind, said: str, refused: tuple[str, ...]) -> Validation:
    """Return what became of a reply of this kind to what was said, after words had been `refused` for these reasons.

    A human looks at what nothing could answer, and at a harmful plan that a model was about to cheer.
    """
    if kind == "apology" or (not _GRAVE.isdisjoint(refused) and is_harmful_plan(said)):
        return Validation("escalate", refused)
    match kind:
        case "quote":
            return Validation("quote", refused)
        case "abstain":
            return Validation("abstain", refused)
        case _:
            return Validation("made_again" if refused else "accepted", refused)

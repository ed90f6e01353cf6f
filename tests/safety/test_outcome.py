"""What became of a reply in its checks."""

import pytest

from coaching.safety.content_filter.harms import Harm
from coaching.safety.outcome import Outcome, validated
from coaching.vocabulary import ReplyKind

PLAN = "I will stop taking my antidepressants"


@pytest.mark.parametrize(
    ("kind", "refused", "outcome"),
    [
        ("answer", (), "accepted"),
        ("answer", ("a claim without support",), "made_again"),
        ("quote", (), "quote"),
        ("quote", ("a claim without support",), "quote"),
        ("abstain", ("a claim without support",), "abstain"),
        ("apology", (), "escalate"),
    ],
)
def test_the_outcome_follows_from_what_is_said_in_the_end(
    kind: ReplyKind, refused: tuple[str, ...], outcome: Outcome
) -> None:
    found = validated(kind, "How long is an ember?", refused)
    assert (found.outcome, found.reasons) == (outcome, refused)


@pytest.mark.parametrize("kind", ["answer", "quote", "abstain"])
def test_a_human_looks_where_a_model_was_about_to_cheer_at_a_harmful_plan(kind: ReplyKind) -> None:
    assert validated(kind, PLAN, (Harm.AGREEMENT,)).outcome == "escalate"
    assert validated(kind, "I will go for a walk", (Harm.AGREEMENT,)).outcome != "escalate"
    assert validated(kind, PLAN, ("a claim without support",)).outcome != "escalate"

"""What coaches do with an escalation, and what another of them must not."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest

from coaching.errors import Conflict, Invalid, NotFound
from coaching.safety.escalation.record import EscalationId
from coaching.safety.escalation.waits import HOLDS
from coaching.safety.topics import Severity
from coaching.vocabulary import ConversationId, CreatorId, Identity, MessageId, UserId
from tests.safety.escalation.people import ANNA, BEN, CREATOR, House, coach


def test_a_claim_is_for_one() -> None:
    house = House()
    escalation = house.raised()
    assert house.answer.claim(coach(ANNA), escalation.escalation_id).claimed_by == ANNA
    with pytest.raises(Conflict, match="claimed already"):
        house.answer.claim(coach(BEN), escalation.escalation_id)


def test_claiming_again_what_one_holds_changes_nothing() -> None:
    house = House()
    escalation = house.raised()
    once = house.answer.claim(coach(ANNA), escalation.escalation_id)
    assert house.answer.claim(coach(ANNA), escalation.escalation_id) == once


def test_of_many_who_claim_at_once_one_holds_it() -> None:
    house = House()
    escalation = house.raised()
    holders: list[UserId | None] = []

    def claim(number: int) -> None:
        with suppress(Conflict):
            held = house.answer.claim(coach(UserId(f"coach-{number}")), escalation.escalation_id)
            holders.append(held.claimed_by)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(claim, range(8)))
    assert holders == [house.now(escalation).claimed_by]


def test_an_expired_one_can_still_be_claimed() -> None:
    house = House()
    escalation = house.raised()
    for _ in range(4):
        house.advance(CREATOR, escalation.escalation_id)
        house.clock.at = house.now(escalation).next_at or house.clock.at
    house.advance(CREATOR, escalation.escalation_id)
    assert house.now(escalation).status == "expired"
    assert house.answer.claim(coach(BEN), escalation.escalation_id).status == "claimed"


@pytest.mark.parametrize("severity", [Severity.ELEVATED, Severity.HIGH, Severity.IMMINENT])
def test_who_lost_the_role_or_fell_asleep_holds_it_no_longer_than_a_while(severity: Severity) -> None:
    house = House()
    escalation = house.raised(severity)
    house.answer.claim(coach(ANNA), escalation.escalation_id)
    house.clock.pass_(HOLDS[severity] - timedelta(seconds=1))
    with pytest.raises(Conflict):
        house.answer.claim(coach(BEN), escalation.escalation_id)
    house.clock.pass_(timedelta(seconds=1))
    taken = house.answer.claim(coach(BEN), escalation.escalation_id)
    assert taken.claimed_by == BEN
    assert [(step.act, step.detail) for step in taken.steps][-2:] == [("lapsed", ANNA), ("claimed", "")]


def test_whatever_the_holder_does_keeps_the_claim() -> None:
    house = House()
    escalation = house.raised()
    house.answer.claim(coach(ANNA), escalation.escalation_id)
    house.clock.pass_(HOLDS[Severity.HIGH] / 2)
    house.answer.messaged(coach(ANNA), escalation.escalation_id, ConversationId("talk"), MessageId("message-2"))
    house.clock.pass_(HOLDS[Severity.HIGH] / 2)
    with pytest.raises(Conflict):
        house.answer.claim(coach(BEN), escalation.escalation_id)


def test_only_the_holder_resolves_and_hands_over() -> None:
    house = House()
    escalation = house.raised()
    with pytest.raises(Conflict, match="Claim"):
        house.answer.resolve(coach(BEN), escalation.escalation_id, "safe_now", "")
    with pytest.raises(Conflict, match="Claim"):
        house.answer.hand_over(coach(BEN), escalation.escalation_id, ANNA)
    house.answer.claim(coach(ANNA), escalation.escalation_id)
    with pytest.raises(Conflict, match="Another"):
        house.answer.resolve(coach(BEN), escalation.escalation_id, "safe_now", "")


def test_hands_over_to_coaches_on_the_rota_alone() -> None:
    house = House()
    escalation = house.raised()
    house.answer.claim(coach(ANNA), escalation.escalation_id)
    with pytest.raises(Invalid):
        house.answer.hand_over(coach(ANNA), escalation.escalation_id, UserId("stranger"))
    assert house.answer.hand_over(coach(ANNA), escalation.escalation_id, BEN).claimed_by == BEN


def test_a_resolved_one_keeps_outcome_and_note_and_is_over() -> None:
    house = House()
    escalation = house.raised()
    house.answer.claim(coach(ANNA), escalation.escalation_id)
    over = house.answer.resolve(coach(ANNA), escalation.escalation_id, "referred", "Sees her doctor today.")
    assert (over.status, over.outcome, over.note, over.locks) == (
        "resolved",
        "referred",
        "Sees her doctor today.",
        False,
    )
    with pytest.raises(Conflict):
        house.answer.claim(coach(BEN), escalation.escalation_id)


def test_every_reading_is_on_the_trail() -> None:
    house = House()
    escalation = house.raised()
    house.answer.read(coach(BEN), escalation.escalation_id)
    assert [(step.act, step.by) for step in house.now(escalation).steps][-1] == ("read", BEN)


def test_another_creators_is_not_there() -> None:
    house = House()
    escalation = house.raised()
    stranger = Identity(ANNA, CreatorId("other"), frozenset({"coach"}))
    for act in (house.answer.read, house.answer.claim):
        with pytest.raises(NotFound):
            act(stranger, escalation.escalation_id)
    with pytest.raises(NotFound):
        house.answer.claim(coach(ANNA), EscalationId("none"))

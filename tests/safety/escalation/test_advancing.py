"""Round after round is told until a human comes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coaching.safety.escalation.advancing import Advanced
from coaching.safety.escalation.record import Escalation, EscalationId
from coaching.safety.escalation.waits import HOLDS, LEASE, TRIED_FOR, WAITS
from coaching.safety.topics import Severity
from tests.safety.escalation.people import ANNA, CREATOR, NIGHT, ROTA, House, coach


def lived(house: House, escalation: Escalation) -> Advanced:
    """Advance as the state machine does, until it ends."""
    for _ in range(10_000):
        advanced = house.advance(CREATOR, escalation.escalation_id)
        if advanced.ended:
            return advanced
        house.clock.pass_(timedelta(seconds=advanced.wait_seconds))
    raise AssertionError("it never ends")


def test_one_coach_then_all_then_the_creator_then_the_emergency_contact_and_then_it_expires() -> None:
    house = House()
    escalation = house.raised()
    assert lived(house, escalation) == Advanced(0, ended=True, expired=True)
    assert house.outbox.names == ["Anna", "Anna", "Ben", "Owner", "Duty line"]
    assert house.now(escalation).status == "expired"
    assert house.clock() - escalation.created_at == 4 * WAITS[Severity.HIGH]


@pytest.mark.parametrize("severity", [Severity.ELEVATED, Severity.HIGH, Severity.IMMINENT])
def test_waits_as_long_as_the_severity_allows(severity: Severity) -> None:
    house = House()
    advanced = house.advance(CREATOR, house.raised(severity).escalation_id)
    assert advanced.wait_seconds == WAITS[severity].total_seconds()


def test_while_it_is_claimed_nobody_is_told() -> None:
    house = House()
    escalation = house.raised()
    house.advance(CREATOR, escalation.escalation_id)
    house.answer.claim(coach(ANNA), escalation.escalation_id)
    waits = HOLDS[Severity.HIGH].total_seconds()
    assert house.advance(CREATOR, escalation.escalation_id) == Advanced(int(waits), ended=False)
    assert house.outbox.names == ["Anna"]


def test_resolved_it_is_over() -> None:
    house = House()
    escalation = house.raised()
    house.answer.claim(coach(ANNA), escalation.escalation_id)
    house.answer.resolve(coach(ANNA), escalation.escalation_id, "safe_now", "")
    assert house.advance(CREATOR, escalation.escalation_id) == Advanced(0, ended=True)


def test_a_claim_that_lapses_is_told_to_all_anew() -> None:
    house = House()
    escalation = house.raised()
    house.answer.claim(coach(ANNA), escalation.escalation_id)
    house.clock.pass_(HOLDS[Severity.HIGH])
    house.advance(CREATOR, escalation.escalation_id)
    assert house.outbox.names == ["Anna"]
    assert (house.now(escalation).status, house.now(escalation).claimed_by) == ("open", None)


def test_who_comes_early_or_beside_another_waits() -> None:
    house = House()
    escalation = house.raised()
    first = house.advance(CREATOR, escalation.escalation_id)
    assert house.advance(CREATOR, escalation.escalation_id) == first
    assert house.outbox.names == ["Anna"]


def test_at_night_the_creator_is_told_at_once_and_the_trail_says_why() -> None:
    house = House(at=NIGHT)
    escalation = house.raised()
    house.advance(CREATOR, escalation.escalation_id)
    assert house.outbox.names == ["Owner"]
    assert [step.act for step in house.now(escalation).steps] == ["raised", "nobody_on_call", "told"]


def test_nobody_at_all_expires_at_once() -> None:
    house = House(replace(ROTA, coaches={}, hours=(), creator=None, emergency=None))
    escalation = house.raised()
    assert house.advance(CREATOR, escalation.escalation_id).expired


def test_whoever_cannot_be_reached_is_passed_over() -> None:
    house = House()
    house.outbox.dead = {"Anna", "Ben"}
    escalation = house.raised()
    house.advance(CREATOR, escalation.escalation_id)
    assert house.outbox.names == ["Owner"]
    assert [step.detail for step in house.now(escalation).steps if step.act == "not_told"] == [
        "first: unavailable", "second: unavailable", "second: unavailable",
    ]  # fmt: skip


def test_every_address_that_refused_is_counted_for_the_alarm() -> None:
    house = House()
    escalation = house.raised()
    house.outbox.dead, house.outbox.refusals = {"Anna", "Ben"}, 1
    assert house.advance(CREATOR, escalation.escalation_id).refused == 4
    assert house.advance(CREATOR, escalation.escalation_id).refused == 0


def test_while_no_message_can_be_sent_it_is_tried_again_and_again() -> None:
    house = House()
    house.outbox.dead = {"Anna", "Ben", "Owner", "Duty line"}
    escalation = house.raised()
    assert house.advance(CREATOR, escalation.escalation_id).wait_seconds == LEASE.total_seconds()
    house.clock.pass_(LEASE)
    house.outbox.dead = set()
    house.advance(CREATOR, escalation.escalation_id)
    assert house.outbox.names == ["Anna"]


def test_it_is_not_tried_for_ever() -> None:
    house = House()
    house.outbox.dead = {"Anna", "Ben", "Owner", "Duty line"}
    escalation = house.raised()
    assert lived(house, escalation).expired
    assert house.clock() - escalation.created_at >= TRIED_FOR


def test_a_round_whose_teller_died_is_taken_again_after_its_lease() -> None:
    house = House()
    escalation = house.raised()
    # What stands in the table after a process leased the round and died.
    house.escalations.save(replace(house.now(escalation), next_at=house.clock() + LEASE))
    assert house.advance(CREATOR, escalation.escalation_id).wait_seconds == LEASE.total_seconds()
    house.clock.pass_(LEASE)
    house.advance(CREATOR, escalation.escalation_id)
    assert house.outbox.names == ["Anna"]


def test_a_claim_while_people_are_told_stays() -> None:
    house = House()
    escalation = house.raised()
    house.outbox.meanwhile = lambda: house.answer.claim(coach(ANNA), escalation.escalation_id)
    house.advance(CREATOR, escalation.escalation_id)
    kept = house.now(escalation)
    assert (kept.status, kept.claimed_by) == ("claimed", ANNA)
    assert [step.act for step in kept.steps] == ["raised", "claimed", "told"]


def test_a_graver_flag_while_people_are_told_is_told_next() -> None:
    house = House()
    escalation = house.raised()
    house.outbox.meanwhile = lambda: house.raised(Severity.IMMINENT)
    assert house.advance(CREATOR, escalation.escalation_id).wait_seconds == 1
    house.outbox.meanwhile = None
    house.advance(CREATOR, escalation.escalation_id)
    assert [notice.severity for _, notice in house.outbox.told] == [Severity.HIGH, Severity.IMMINENT]


def test_an_erased_one_is_over() -> None:
    assert House().advance(CREATOR, EscalationId("gone")) == Advanced(0, ended=True)

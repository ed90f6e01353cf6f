"""One escalation per user, whatever happens while it is raised."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from coaching.errors import Unavailable
from coaching.safety.escalation.record import CONVERSATIONS_KEPT, STEPS_KEPT
from coaching.safety.topics import Severity, Topic
from coaching.vocabulary import ConversationId, UserId
from tests.safety.escalation.people import ANNA, BEN, CREATOR, NIGHT, House, coach, flag


def test_a_red_flag_is_kept_and_its_rounds_begin() -> None:
    house = House()
    raised = house.raise_(flag())
    assert raised.on_call
    assert house.now(raised.escalation).status == "open"
    assert [each.escalation_id for each in house.begun.escalations] == [raised.escalation.escalation_id]


def test_says_when_nobody_is_on_call() -> None:
    assert not House(at=NIGHT).raise_(flag()).on_call


def test_two_flags_in_one_moment_are_one_escalation() -> None:
    house = House()
    with ThreadPoolExecutor(8) as pool:
        raised = list(pool.map(lambda _: house.raised(), range(8)))
    assert len({each.escalation_id for each in raised}) == 1
    kept = house.now(raised[0])
    assert sorted(step.act for step in kept.steps) == ["raised", *["raised_again"] * 7]


def test_flags_of_two_users_are_two() -> None:
    house = House()
    first, second = house.raise_(flag()), house.raise_(flag(user=UserId("user-2")))
    assert first.escalation.escalation_id != second.escalation.escalation_id


def test_after_a_resolved_one_the_next_flag_is_a_new_one() -> None:
    house = House()
    first = house.raised()
    house.answer.claim(coach(ANNA), first.escalation_id)
    house.answer.resolve(coach(ANNA), first.escalation_id, "safe_now", "")
    assert house.raised().escalation_id != first.escalation_id


def test_a_graver_flag_begins_the_rounds_anew_and_a_lesser_one_does_not() -> None:
    house = House()
    escalation = house.raised(Severity.HIGH)
    house.advance(CREATOR, escalation.escalation_id)
    assert house.raised(Severity.ELEVATED).round == 1
    graver = house.raised(Severity.IMMINENT)
    assert (graver.severity, graver.round, graver.next_at) == (Severity.IMMINENT, 0, house.clock())
    assert house.raised(Severity.LOW).severity is Severity.IMMINENT


def test_topics_are_gathered() -> None:
    house = House()
    house.raised()
    again = house.raise_(flag(topic=Topic.SELF_HARM)).escalation
    assert again.topics == (Topic.SUICIDE, Topic.SELF_HARM)


@pytest.mark.parametrize("error", [Unavailable("Nothing can be started now."), RuntimeError("a mistake of ours")])
def test_what_could_not_be_begun_is_kept_for_the_sweep_and_told_to_the_log(error: Exception) -> None:
    house = House()
    house.begun.down = error
    escalation = house.raised()
    assert house.lost == [(escalation, error)]
    assert house.escalations.due(house.clock(), limit=10) == ((CREATOR, escalation.escalation_id),)


def test_a_claimed_one_stays_with_its_coach() -> None:
    house = House()
    house.answer.claim(coach(ANNA), house.raised().escalation_id)
    assert (house.raised(Severity.IMMINENT).status, len(house.begun.escalations)) == ("claimed", 1)


def test_it_follows_the_user_and_remembers_where_they_were() -> None:
    house = House()
    for talk in ("talk", "other", "talk", "third"):
        raised = house.raise_(replace(flag(), conversation_id=ConversationId(talk))).escalation
    assert (raised.conversation_id, raised.earlier) == ("third", ("other", "talk"))
    for number in range(CONVERSATIONS_KEPT + 2):
        raised = house.raise_(replace(flag(), conversation_id=ConversationId(f"talk-{number}"))).escalation
    assert len(raised.earlier) == CONVERSATIONS_KEPT


def test_only_high_and_imminent_lock() -> None:
    for severity in (Severity.ELEVATED, Severity.HIGH, Severity.IMMINENT):
        assert House().raised(severity).locks == (severity >= Severity.HIGH)


def test_a_long_trail_keeps_its_beginning_and_its_end() -> None:
    house = House()
    escalation = house.raised()
    for _ in range(STEPS_KEPT + 10):
        house.raised()
    house.answer.claim(coach(ANNA), escalation.escalation_id)
    steps = house.now(escalation).steps
    assert (len(steps), steps[0].act, steps[-1].act) == (STEPS_KEPT, "raised", "claimed")


def test_a_client_that_polls_pushes_nothing_else_off_the_trail() -> None:
    house = House()
    escalation = house.raised()
    house.answer.read(coach(BEN), escalation.escalation_id)
    for _ in range(STEPS_KEPT):
        house.answer.read(coach(ANNA), escalation.escalation_id)
    house.answer.claim(coach(ANNA), escalation.escalation_id)
    for _ in range(STEPS_KEPT):
        house.answer.read(coach(ANNA), escalation.escalation_id)
    trail = house.now(escalation).steps
    assert len(trail) == STEPS_KEPT
    assert [step.act for step in trail if step.act != "read"] == ["raised", "claimed"]
    assert {step.by for step in trail if step.act == "read"} == {ANNA, BEN}


def test_what_nothing_could_answer_waits_in_the_inbox_and_nobody_is_told() -> None:
    house = House()
    escalation = house.raised(Severity.LOW)
    assert (house.begun.escalations, escalation.next_at) == ([], None)
    claimed = house.answer.claim(coach(ANNA), escalation.escalation_id)
    assert (claimed.status, claimed.next_at) == ("claimed", None)


def test_a_red_flag_after_it_is_told() -> None:
    house = House()
    house.raised(Severity.LOW)
    assert house.raised(Severity.HIGH).next_at == house.clock()
    assert len(house.begun.escalations) == 1

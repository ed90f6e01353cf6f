"""What goes wrong while somebody is in danger, and who notices."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from local.cloud import NOTICE_SENDER
from tests.support.running_system import RunningSystem
from tests.system.crew import CALM, DANGER, EVERY_DAY, Crew, sub_of, until

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("system")]


@pytest.fixture(scope="module")
def crew(running_system: RunningSystem) -> Crew:
    return Crew(running_system, "faults").on_duty()


def test_two_flags_in_one_moment_are_one_escalation(crew: Crew) -> None:
    user = crew.user()
    conversations = [user.converse() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        raised = list(pool.map(lambda each: user.ask(each, DANGER)["escalation_id"], conversations))
    [escalation_id] = set(raised)
    steps = [step for step in crew.kept(escalation_id).steps if step.act.startswith("raised")]
    assert [step.act for step in steps] == ["raised", "raised_again", "raised_again", "raised_again"]
    mine = [each for each in crew.coach("anna").call("GET", "/v1/escalations?limit=100")["items"]
            if each["user_id"] == sub_of(user)]  # fmt: skip
    assert len(mine) == 1
    crew.await_told(escalation_id)
    # Whoever repeats it is in graver danger, of which people are told once more.
    assert len(crew.told(escalation_id)) <= len({step.detail for step in steps}) <= 2


def test_with_nobody_on_call_the_user_hears_so_at_once_and_the_failed_machine_rings(
    running_system: RunningSystem,
) -> None:
    crew = Crew(running_system, "alone")
    user = crew.user()
    reply = user.ask(user.converse(), DANGER)
    assert "has been told" not in reply["text"]
    assert "findahelpline.com" in reply["text"]
    until(lambda: "FAILED" in crew.executions(reply["escalation_id"]).values())
    kept = crew.kept(reply["escalation_id"])
    assert (kept.status, [step.act for step in kept.steps]) == ("expired", ["raised", "nobody_on_call", "expired"])
    assert kept.locks
    assert not crew.sent(kept.escalation_id)
    claimed = crew.coach("anna").call("POST", f"/v1/escalations/{kept.escalation_id}/claim")
    assert claimed["status"] == "claimed"


def test_outside_all_hours_the_creator_is_told_instead(running_system: RunningSystem) -> None:
    crew = Crew(running_system, "asleep").on_duty(hours=[])
    escalation_id = crew.flagged()
    crew.await_told(escalation_id)
    assert [each.to for each in crew.sent(escalation_id)] == ["owner@asleep.test"]
    assert [step.act for step in crew.kept(escalation_id).steps] == ["raised", "nobody_on_call", "told"]


def test_mail_that_is_refused_is_sent_by_phone_as_well(crew: Crew) -> None:
    crew.system.aws.ses.delete_email_identity(EmailIdentity=NOTICE_SENDER)
    try:
        escalation_id = crew.flagged()
        crew.await_told(escalation_id)
    finally:
        crew.system.aws.ses.create_email_identity(EmailIdentity=NOTICE_SENDER)
    assert [each.channel for each in crew.sent(escalation_id)] == ["SMS"]


def test_while_nothing_can_be_sent_it_stays_open_and_is_tried_again(running_system: RunningSystem) -> None:
    mail_only = {"anna": {"name": "Anna", "email": "anna@silent.test"}}
    hours = [{"coach_id": "anna", "weekdays": EVERY_DAY, "starts": "00:00", "ends": "00:00"}]
    crew = Crew(running_system, "silent").on_duty(coaches=mail_only, hours=hours, creator=None, emergency=None)
    crew.system.aws.ses.delete_email_identity(EmailIdentity=NOTICE_SENDER)
    try:
        escalation_id = crew.flagged()
        until(lambda: "not_told" in [step.act for step in crew.kept(escalation_id).steps])
    finally:
        crew.system.aws.ses.create_email_identity(EmailIdentity=NOTICE_SENDER)
    assert crew.kept(escalation_id).status == "open"
    crew.overdue(escalation_id)
    crew.advance(escalation_id)
    assert crew.told(escalation_id) == ["first"]
    assert [each.to for each in crew.sent(escalation_id)] == ["anna@silent.test"]


def test_a_state_machine_that_is_begun_twice_tells_nobody_twice(crew: Crew) -> None:
    escalation_id = crew.flagged()
    crew.await_told(escalation_id)
    crew.overdue(escalation_id)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: crew.advance(escalation_id), range(4)))
    until(lambda: len(crew.told(escalation_id)) == 3)
    assert crew.told(escalation_id) == ["first", "second", "second"]


def test_a_coach_who_lost_the_role_holds_a_claim_no_longer_than_it_lasts(crew: Crew) -> None:
    escalation_id = crew.flagged()
    crew.await_told(escalation_id)
    path = f"/v1/escalations/{escalation_id}"
    crew.coach("carla").call("POST", f"{path}/claim")
    former = crew.user("carla")
    assert former.send("POST", f"{path}/message", {"text": "I am still here."}).status_code == 403
    ben = crew.coach("ben")
    assert ben.send("POST", f"{path}/claim").status_code == 409
    crew.overdue(escalation_id, by=timedelta(minutes=3))
    # Told to all anew, whether its own machine or the sweep comes first.
    crew.invoke("sweep_escalations", {})
    until(lambda: crew.told(escalation_id).count("first") == 2)
    assert sub_of(former) in [step.detail for step in crew.kept(escalation_id).steps if step.act == "lapsed"]
    assert ben.call("POST", f"{path}/claim")["claimed_by"] == sub_of(ben)


def test_a_conversation_that_is_deleted_meanwhile_takes_nothing_away_but_its_words(crew: Crew) -> None:
    user, anna = crew.user(), crew.coach("anna")
    conversation = user.converse()
    escalation_id = user.ask(conversation, DANGER)["escalation_id"]
    user.call("DELETE", f"/v1/conversations/{conversation}")
    path = f"/v1/escalations/{escalation_id}"
    read = anna.call("GET", path)
    assert (read["status"], read["messages"]) == ("open", [])
    anna.call("POST", f"{path}/claim")
    said = anna.call("POST", f"{path}/message", {"text": "Where are you?"})
    begun = said["reply"]["conversation_id"]
    assert begun in [each["conversation_id"] for each in user.call("GET", "/v1/conversations")["items"]]
    assert user.call("GET", f"/v1/conversations/{begun}/messages")["items"] == [said]
    assert [turn["message_id"] for turn in anna.call("GET", path)["messages"]] == [said["message_id"]]
    again = user.converse()
    assert user.ask(again, CALM)["kind"] == "crisis"
    anna.call("POST", f"{path}/resolve", {"outcome": "no_contact", "note": "They deleted the conversation."})
    assert user.ask(again, CALM)["kind"] != "crisis"

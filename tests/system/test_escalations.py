"""A user in danger, until a human has answered: over HTTP, with the state machine running."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from local.__main__ import main
from tests.support.http_client import Client
from tests.support.running_system import RunningSystem
from tests.system.crew import CALM, DANGER, GRAVE, Crew, acts_to, sub_of, until

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("system")]

GUIDE = b"# The lantern method\n\n## Rest\n\nA lantern week has two full rest days, on Monday and on Friday.\n"
WORDS = "zebra marmalade"


@pytest.fixture(scope="module")
def crew(running_system: RunningSystem) -> Crew:
    crew = Crew(running_system, "crew").on_duty()
    crew.creator.upload("guide.md", GUIDE)
    return crew


@pytest.fixture(scope="module")
def anna(crew: Crew) -> Client:
    return crew.coach("anna")


@pytest.fixture(scope="module")
def ben(crew: Crew) -> Client:
    return crew.coach("ben")


def whole(user: Client, text: str) -> dict[str, Any]:
    return user.ask(user.converse(), text)


def streamed(user: Client, text: str) -> dict[str, Any]:
    events = user.stream(user.converse(), text)
    done: dict[str, Any] = events[-1][1]
    assert events[-1][0] == "done"
    assert "".join(data["text"] for name, data in events if name == "token") == done["text"]
    return done


def completed(user: Client, text: str) -> dict[str, Any]:
    asked = {"model": "crew", "messages": [{"role": "user", "content": text}]}
    completion = user.call("POST", "/v1/chat/completions", asked)
    note: dict[str, Any] = completion["coach"]
    return {**note, "text": completion["choices"][0]["message"]["content"]}


def completed_in_chunks(user: Client, text: str) -> dict[str, Any]:
    asked = {"model": "crew", "messages": [{"role": "user", "content": text}], "stream": True}
    answer = user.send("POST", "/v1/chat/completions", asked)
    sent = [json.loads(line.removeprefix("data: ")) for line in answer.text.splitlines() if line.startswith("data: {")]
    said = [chunk["choices"][0]["delta"].get("content") or "" for chunk in sent]
    note: dict[str, Any] = sent[-1]["coach"]
    return {**note, "text": "".join(said)}


FACES = pytest.mark.parametrize("say", [whole, streamed, completed, completed_in_chunks])


@FACES
def test_who_is_in_danger_is_given_resources_and_a_human(crew: Crew, say: Callable[[Client, str], Any]) -> None:
    user = crew.user()
    user.call("PATCH", "/v1/profile", {"locale": "en-US"})
    reply = say(user, f"{DANGER} {WORDS}")
    assert reply["kind"] == "crisis"
    assert "988" in reply["text"]
    assert "A person from the coaching team has been told" in reply["text"]
    assert crew.kept(reply["escalation_id"]).user_id == sub_of(user)


@FACES
def test_until_it_is_resolved_no_face_coaches(crew: Crew, say: Callable[[Client, str], Any]) -> None:
    user = crew.user()
    escalation_id = crew.flagged(user=user)
    reply = say(user, CALM)
    assert (reply["kind"], reply["escalation_id"], reply["citations"]) == ("crisis", escalation_id, [])
    assert "rest days" not in reply["text"]


def test_whoever_is_on_call_is_told_without_a_word_of_the_users(crew: Crew) -> None:
    escalation_id = crew.flagged(f"{GRAVE} {WORDS}")
    crew.await_told(escalation_id)
    mail, sms = crew.sent(escalation_id)
    assert (mail.channel, mail.to) == ("e-mail", "anna@crew.test")
    assert (sms.channel, sms.to) == ("SMS", "+4915112345678")
    kept = crew.kept(escalation_id)
    for said in (mail.subject, mail.text, sms.text):
        assert kept.severity.name.lower() in said
        assert "suicide" in said
        assert not [word for word in (*WORDS.split(), "pills", "letters", "tonight", kept.user_id) if word in said]
    assert list(crew.executions(escalation_id).values()) == ["RUNNING"]


def test_the_outbox_is_printed(crew: Crew, capsys: pytest.CaptureFixture[str]) -> None:
    escalation_id = crew.flagged()
    crew.await_told(escalation_id)
    assert main(["--state", str(crew.system.state.folder), "outbox"]) == 0
    printed = capsys.readouterr().out
    assert f"e-mail to anna@crew.test: Escalation {escalation_id}: " in printed
    assert "SMS to +4915112345678\n  Escalation" in printed


def test_a_coach_reads_the_conversation_with_what_was_seen_and_the_reading_is_on_the_trail(
    crew: Crew, anna: Client
) -> None:
    user = crew.user()
    conversation = user.converse()
    user.ask(conversation, CALM)
    escalation_id = user.ask(conversation, DANGER)["escalation_id"]
    read = anna.call("GET", f"/v1/escalations/{escalation_id}")
    assert [(turn["text"], turn["danger"] is not None) for turn in read["messages"]] == [(CALM, False), (DANGER, True)]
    assert read["messages"][1]["danger"]["topics"] == ["suicide"]
    assert read["recommended_action"] in ("reach_out_today", "call_now")
    assert read["steps"][-1]["act"] == "read"
    assert read["steps"][-1]["by"] == sub_of(anna)
    again = anna.call("GET", f"/v1/escalations/{escalation_id}")
    assert [step["act"] for step in again["steps"]].count("read") == 2


def test_from_the_claim_to_coaching_again(crew: Crew, anna: Client, ben: Client) -> None:
    user = crew.user()
    conversation = user.converse()
    escalation_id = user.ask(conversation, DANGER)["escalation_id"]
    path = f"/v1/escalations/{escalation_id}"
    claimed = anna.call("POST", f"{path}/claim")
    assert (claimed["status"], claimed["claimed_by"]) == ("claimed", sub_of(anna))
    assert [ben.send("POST", f"{path}/{act}", body).status_code for act, body in acts_to(anna)] == [409] * 4
    sent = anna.call("POST", f"{path}/message", {"text": "I am Anna.\n\nI am here."})
    messages = user.call("GET", f"/v1/conversations/{conversation}/messages")["items"]
    assert messages[-1] == sent
    assert (sent["text"], sent["reply"]["kind"], sent["reply"]["text"]) == ("", "human", "I am Anna.\n\nI am here.")
    assert anna.call("POST", f"{path}/hand-over", {"to": sub_of(ben)})["claimed_by"] == sub_of(ben)
    assert anna.send("POST", f"{path}/message", {"text": "Still me."}).status_code == 409
    resolved = ben.call("POST", f"{path}/resolve", {"outcome": "safe_now", "note": "Their sister came."})
    assert (resolved["status"], resolved["outcome"], resolved["locks_coaching"]) == ("resolved", "safe_now", False)
    reply = user.ask(conversation, CALM)
    assert (reply["kind"], reply["escalation_id"]) == ("quote", None)
    acts = [step["act"] for step in anna.call("GET", path)["steps"] if step["act"] != "told"]
    assert acts == ["raised", "claimed", "message", "handed_over", "resolved", "read"]


def test_a_coach_goes_where_the_user_is_and_sees_where_they_were(crew: Crew, anna: Client) -> None:
    user = crew.user()
    here, there = user.converse(), user.converse()
    path = f"/v1/escalations/{user.ask(here, DANGER)['escalation_id']}"
    user.ask(there, DANGER)
    anna.call("POST", f"{path}/claim")
    anna.call("POST", f"{path}/message", {"text": "I am Anna."})
    read = anna.call("GET", path)
    assert read["conversation_id"] == there
    assert [turn["reply"]["conversation_id"] for turn in read["messages"]] == [here, there, there]
    assert user.call("GET", f"/v1/conversations/{there}/messages")["items"][-1]["reply"]["text"] == "I am Anna."


def test_a_human_message_may_be_judged_and_is_followed_by_coaching_without_it(crew: Crew, anna: Client) -> None:
    user = crew.user()
    conversation = user.converse()
    path = f"/v1/escalations/{user.ask(conversation, DANGER)['escalation_id']}"
    anna.call("POST", f"{path}/claim")
    said = anna.call("POST", f"{path}/message", {"text": "I am Anna."})
    feedback = f"/v1/conversations/{conversation}/messages/{said['message_id']}/feedback"
    assert user.send("POST", feedback, {"rating": "up"}).status_code == 201
    anna.call("POST", f"{path}/resolve", {"outcome": "safe_now"})
    assert user.ask(conversation, "Why?")["kind"] in ("abstain", "quote")
    assert user.call("GET", f"/v1/conversations/{conversation}")["turns"] == 3


def test_circle_after_circle_is_told_until_it_expires(crew: Crew) -> None:
    escalation_id = crew.flagged()
    crew.await_told(escalation_id)
    assert not crew.advance(escalation_id)["ended"]
    assert crew.told(escalation_id) == ["first"]
    for circle in (["second", "second"], ["creator"], ["emergency"]):
        before = crew.told(escalation_id)
        crew.overdue(escalation_id)
        assert 0 < crew.advance(escalation_id)["wait_seconds"] <= 15 * 60
        assert crew.told(escalation_id) == before + circle
    to = [each.to for each in crew.sent(escalation_id) if each.channel == "e-mail"]
    assert to == ["anna@crew.test", "anna@crew.test", "owner@crew.test", "duty@crew.test"]
    crew.overdue(escalation_id)
    assert crew.advance(escalation_id) == {"wait_seconds": 0, "ended": True, "expired": True}
    [listed] = [each for each in crew.coach("ben").call("GET", "/v1/escalations?status=expired")["items"]
                if each["escalation_id"] == escalation_id]  # fmt: skip
    assert listed["locks_coaching"]
    assert crew.coach("ben").call("POST", f"/v1/escalations/{escalation_id}/claim")["status"] == "claimed"


def test_a_lost_state_machine_is_begun_again_by_the_sweep_and_nobody_is_told_twice(crew: Crew) -> None:
    escalation_id = crew.flagged()
    crew.await_told(escalation_id)
    crew.stop_executions(escalation_id)
    crew.overdue(escalation_id, by=timedelta(minutes=5))
    for _ in range(2):
        crew.invoke("sweep_escalations", {})
    until(lambda: len(crew.told(escalation_id)) == 3)
    crew.invoke("sweep_escalations", {})
    assert crew.told(escalation_id) == ["first", "second", "second"]
    assert "RUNNING" in crew.executions(escalation_id).values()

"""The human coach's inbox over HTTP: whose it is, in which order, and what cannot be done there."""

from typing import Any

import pytest

from tests.support.http_client import Client, client
from tests.support.running_system import RunningSystem
from tests.system.crew import DANGER, GRAVE, Crew, acts_to

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("system")]


@pytest.fixture(scope="module")
def crew(running_system: RunningSystem) -> Crew:
    return Crew(running_system, "desk").on_duty()


@pytest.fixture(scope="module")
def anna(crew: Crew) -> Client:
    return crew.coach("anna")


def test_nothing_is_done_to_what_nobody_claimed_or_is_over(crew: Crew, anna: Client) -> None:
    path = f"/v1/escalations/{crew.flagged()}"
    refused = [anna.send("POST", f"{path}/{act}", body) for act, body in acts_to(anna)[1:]]
    assert [answer.json()["code"] for answer in refused] == ["not_claimed"] * 3
    anna.call("POST", f"{path}/claim")
    anna.call("POST", f"{path}/resolve", {"outcome": "false_alarm"})
    assert anna.send("POST", f"{path}/claim").json()["code"] == "already_resolved"


def test_a_request_that_is_sent_again_says_it_once(crew: Crew, anna: Client) -> None:
    user = crew.user()
    conversation = user.converse()
    path = f"/v1/escalations/{user.ask(conversation, DANGER)['escalation_id']}"
    key = {"Idempotency-Key": "said-once"}
    anna.call("POST", f"{path}/claim")
    first, second = (anna.call("POST", f"{path}/message", {"text": "Once."}, headers=key) for _ in range(2))
    assert first == second
    said = [turn["reply"]["text"] for turn in user.call("GET", f"/v1/conversations/{conversation}/messages")["items"]]
    assert said.count("Once.") == 1


def test_the_inbox_lists_the_gravest_first_and_of_these_the_oldest(running_system: RunningSystem) -> None:
    crew = Crew(running_system, "inbox").on_duty()
    anna = crew.coach("anna")
    high, graver, other = crew.flagged(), crew.flagged(GRAVE), crew.flagged()
    friend = crew.flagged("My best friend told me she wants to kill herself tonight")
    everything = anna.call("GET", "/v1/escalations")["items"]
    assert sorted(each["escalation_id"] for each in everything) == sorted([high, graver, other, friend])
    rank = {"imminent": 0, "high": 1, "elevated": 2, "low": 3}
    assert everything == sorted(everything, key=lambda each: (rank[each["severity"]], each["created_at"]))
    assert everything[-1]["escalation_id"] == friend
    assert everything[-1]["about_other"]
    paged: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        page = anna.call("GET", f"/v1/escalations?limit=1{cursor and f'&cursor={cursor}'}")
        paged += page["items"]
        cursor = page["next_cursor"]
    assert [each["escalation_id"] for each in paged] == [each["escalation_id"] for each in everything]


def test_the_inbox_is_read_by_status(running_system: RunningSystem) -> None:
    crew = Crew(running_system, "statuses").on_duty()
    anna = crew.coach("anna")
    waiting, held, over = (crew.flagged() for _ in range(3))
    for each in (held, over):
        anna.call("POST", f"/v1/escalations/{each}/claim")
    anna.call("POST", f"/v1/escalations/{over}/resolve", {"outcome": "referred"})

    def listed(status: str) -> set[str]:
        return {each["escalation_id"] for each in anna.call("GET", f"/v1/escalations?status={status}")["items"]}

    assert (listed("open"), listed("claimed"), listed("resolved")) == ({waiting}, {held}, {over})
    assert listed("expired") == set()
    assert {each["escalation_id"] for each in anna.call("GET", "/v1/escalations")["items"]} == {waiting, held}
    assert anna.send("GET", "/v1/escalations?status=gone").status_code == 400


def test_a_cursor_is_for_its_own_list(running_system: RunningSystem) -> None:
    crew = Crew(running_system, "pages").on_duty()
    anna, stranger = crew.coach("anna"), client(running_system, "elsewhere", "coach")
    for _ in range(2):
        crew.flagged()
    cursor = anna.call("GET", "/v1/escalations?limit=1")["next_cursor"]
    assert stranger.send("GET", f"/v1/escalations?cursor={cursor}").status_code == 400
    assert anna.send("GET", f"/v1/escalations?status=open&cursor={cursor}").status_code == 400
    assert anna.send("GET", "/v1/escalations?cursor=nonsense").status_code == 400
    assert anna.send("GET", "/v1/escalations?limit=0").status_code == 400


def test_another_creators_coach_finds_nothing(crew: Crew, running_system: RunningSystem) -> None:
    escalation_id = crew.flagged()
    stranger = client(running_system, "elsewhere", "coach")
    path = f"/v1/escalations/{escalation_id}"
    assert stranger.send("GET", path).status_code == 404
    Crew(running_system, "elsewhere").on_duty()
    own = client(running_system, "elsewhere", "coach", "anna")
    assert [stranger.send("POST", f"{path}/{act}", body).status_code for act, body in acts_to(own)] == [404] * 4
    assert escalation_id not in str(stranger.call("GET", "/v1/escalations"))
    assert crew.kept(escalation_id).status == "open"


@pytest.mark.parametrize("role", ["user", "creator", "admin"])
def test_the_inbox_is_for_coaches_alone(crew: Crew, role: Any) -> None:
    path = f"/v1/escalations/{crew.flagged()}"
    someone = client(crew.system, crew.name, role, f"not-a-coach-{role}")
    asked = [someone.send("GET", "/v1/escalations"), someone.send("GET", path)]
    asked += [someone.send("POST", f"{path}/{act}", body) for act, body in acts_to(someone)]
    assert [answer.status_code for answer in asked] == [403] * 6


BAD = [
    ("message", {"text": ""}, 422),
    ("message", {"text": " \n\u200b\u0007"}, 422),
    ("message", {"text": "x" * 4_001}, 422),
    ("message", {"text": ["Hello"]}, 422),
    ("message", {"text": "Hello", "kind": "answer"}, 422),
    ("message", {}, 422),
    ("message", None, 422),
    ("message", "Hello", 422),
    ("hand-over", {"to": "somebody-else"}, 422),
    ("hand-over", {"to": "a#b"}, 422),
    ("hand-over", {"to": 7}, 422),
    ("resolve", {"outcome": "bored"}, 422),
    ("resolve", {"outcome": None}, 422),
    ("resolve", {"outcome": "safe_now", "note": "x" * 100_000}, 422),
    ("resolve", {"outcome": "safe_now", "note": 5}, 422),
]


def test_what_cannot_be_meant_is_refused_and_changes_nothing(crew: Crew, anna: Client) -> None:
    escalation_id = crew.flagged()
    anna.call("POST", f"/v1/escalations/{escalation_id}/claim")
    before = crew.kept(escalation_id)
    answers = [anna.send("POST", f"/v1/escalations/{escalation_id}/{act}", body) for act, body, _ in BAD]
    assert [(act, body, answer.status_code) for (act, body, _), answer in zip(BAD, answers, strict=True)] == BAD
    after = crew.kept(escalation_id)
    assert (after.status, after.claimed_by, after.steps) == (before.status, before.claimed_by, before.steps)


@pytest.mark.parametrize("unknown", ["01JF0000000000000000000000", "x", "%23", "a%23b"])
def test_an_escalation_that_never_was_is_not_there(anna: Client, unknown: str) -> None:
    assert anna.send("GET", f"/v1/escalations/{unknown}").status_code == 404
    assert anna.send("POST", f"/v1/escalations/{unknown}/claim").status_code == 404

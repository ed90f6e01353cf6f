"""The edge of the chat: whole and streamed, with identity, idempotency and problem documents around it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import StringIO
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from coaching.adapters.memory.answered_requests import MemoryAnsweredRequests
from coaching.conversation.events import Done
from coaching.entrypoint.chat import BODY_LIMIT_BYTES
from coaching.errors import CoachingError, Invalid, NotFound, SearchUnavailable, StorageUnavailable
from coaching.idempotency import Answer
from coaching.vocabulary import (
    DocumentId,
    Identity,
)
from tests.entrypoint.conftest import claims, request_context
from tests.entrypoint.fake_coach import PATH, QUOTE, REPLY, TURN, FakeCoach, chat_app


@pytest.fixture
def coach() -> FakeCoach:
    return FakeCoach()


Say = Callable[..., httpx2.Response]


@pytest.fixture
def requests() -> MemoryAnsweredRequests:
    return MemoryAnsweredRequests()


@pytest.fixture
def say(coach: FakeCoach, requests: MemoryAnsweredRequests) -> Iterator[Say]:
    client = TestClient(chat_app(coach, requests).asgi())

    def post(
        text: str | None = "How often shall I rest?",
        *,
        who: dict[str, str] | None = None,
        stream: bool = False,
        key: str | None = None,
        body: bytes | None = None,
    ) -> httpx2.Response:
        headers = {"x-amzn-request-context": json.dumps(request_context(claims("user") if who is None else who))}
        headers |= {"Accept": "text/event-stream"} if stream else {}
        headers |= {"Idempotency-Key": key} if key else {}
        content = body if body is not None else json.dumps({"text": text}).encode()
        return client.post(PATH, content=content, headers=headers)

    with client:
        yield post


def events_of(answer: httpx2.Response) -> list[tuple[str, Any]]:
    blocks = [block.split("\n") for block in answer.text.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in blocks]


def test_a_whole_reply_has_the_contracts_fields(say: Say) -> None:
    answer = say()
    assert answer.status_code == 201
    reply = answer.json()
    assert (reply["kind"], reply["text"], reply["model"]) == ("quote", REPLY.text, "composer")
    place = {"page": 2, "heading": [], "start_seconds": None, "link": "#page=2"}
    [citation] = reply["citations"]
    assert citation == {
        "marker": 1, "document_id": "d", "title": "Guide", "quote": QUOTE, "place": place, "score": 0.9,
        "removed": False,
    }  # fmt: skip
    assert reply["usage"] == {"input_tokens": 0, "output_tokens": 0}
    assert set(reply["latency_ms"]) == {"first_token", "total"}
    assert reply["escalation_id"] is None


def test_a_stream_has_the_same_as_events_and_ends_with_done(say: Say) -> None:
    answer = say(stream=True)
    assert answer.headers["content-type"].startswith("text/event-stream")
    names, data = zip(*events_of(answer), strict=True)
    assert names == ("status", "token", "replace", "citations", "done")
    assert data[0] == {"state": "retrieving"}
    assert data[2] == {"text": REPLY.text, "reason": "the whole reply failed"}
    assert data[4] == say().json()


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("There is no such conversation."), 404),
        (Invalid("The text is too long.", fields={"/text": "too long"}), 422),
        (SearchUnavailable("Search does not answer."), 503),
        (RuntimeError("words of the user"), 500),
    ],
)
def test_what_is_wrong_before_the_first_event_shows_in_the_status(
    say: Say, coach: FakeCoach, error: Exception, status: int, stream: bool
) -> None:
    coach.fails_after = (0, error)
    answer = say(stream=stream)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "words of the user" not in answer.text


@pytest.mark.parametrize("error", [SearchUnavailable("Search does not answer."), RuntimeError("words of the user")])
def test_a_stream_that_fails_on_its_way_ends_with_an_honest_error(say: Say, coach: FakeCoach, error: Exception) -> None:
    coach.fails_after = (2, error)
    names, data = zip(*events_of(say(stream=True)), strict=True)
    assert names == ("status", "token", "error")
    assert data[2]["status"] in {500, 503}
    assert "words of the user" not in json.dumps(data[2])


@pytest.mark.parametrize("who", [{}, claims("user", token_use="access")])
def test_whoever_is_not_signed_in_is_refused(say: Say, coach: FakeCoach, who: dict[str, str]) -> None:
    assert say(who=who).status_code == 401
    assert not coach.asked


def test_a_request_without_context_is_nobodys(coach: FakeCoach) -> None:
    with TestClient(chat_app(coach).asgi()) as client:
        assert client.post(PATH, json={"text": "Hello"}).status_code == 401


@pytest.mark.parametrize("role", ["creator", "coach", "admin"])
def test_only_users_talk_to_the_coach(say: Say, role: str) -> None:
    assert say(who=claims(role)).status_code == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b'"text"', 422),
        (b'{"text": ""}', 422),
        (b'{"text": 5}', 422),
        (b'{"text": "Hi", "system": "obey"}', 422),
        (json.dumps({"text": "a" * 20_001}).encode(), 422),
        (b"a" * (BODY_LIMIT_BYTES + 1), 413),
    ],
)
def test_a_body_that_does_not_fit_is_refused(say: Say, coach: FakeCoach, body: bytes, status: int) -> None:
    answer = say(body=body)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert not coach.asked


@pytest.mark.parametrize("text", ["?", "a" * 20_000])
def test_messages_of_1_and_of_20000_characters_are_taken(say: Say, text: str) -> None:
    assert say(text).status_code == 201


@pytest.mark.parametrize("stream", [False, True])
def test_the_same_message_under_the_same_key_is_asked_once(say: Say, coach: FakeCoach, stream: bool) -> None:
    first = say(stream=stream, key="key-1")
    second = say(stream=stream, key="key-1")
    assert len(coach.asked) == 1
    assert second.headers["idempotent-replayed"] == "true"
    if stream:
        assert events_of(second) == events_of(first)[-1:]
    else:
        assert second.json() == first.json()


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_given_again_shows_nothing_more_of_a_document_that_was_deleted(
    say: Say, coach: FakeCoach, stream: bool
) -> None:
    say(stream=stream, key="key-1")
    coach.removed = frozenset({DocumentId("d")})
    again = say(stream=stream, key="key-1")
    [citation] = (events_of(again)[0][1] if stream else again.json())["citations"]
    assert (citation["removed"], citation["quote"], citation["place"]["page"]) == (True, "", None)
    coach.forgotten = True
    assert say(stream=stream, key="key-1").status_code == 404


def test_of_an_answer_nothing_but_the_messages_id_is_kept(say: Say, requests: MemoryAnsweredRequests) -> None:
    say(key="key-1")
    assert QUOTE not in repr(requests)
    assert TURN.message_id in repr(requests)


def test_another_message_under_the_same_key_is_refused(say: Say) -> None:
    say(key="key-1")
    assert say("Something else", key="key-1").status_code == 422


@pytest.mark.parametrize("after", [0, 2])
def test_a_failure_gives_the_key_up(say: Say, coach: FakeCoach, after: int) -> None:
    coach.fails_after = (after, SearchUnavailable("Search does not answer."))
    say(stream=True, key="key-1")
    coach.fails_after = None
    assert say(key="key-1").status_code == 201


@pytest.mark.parametrize("stream", [False, True])
def test_every_log_line_of_a_reply_names_its_request_and_user(
    say: Say, coach: FakeCoach, logged: StringIO, stream: bool
) -> None:
    coach.notes = True
    say(stream=stream)
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    assert [line["message"] for line in lines] == ["working", "replied"]
    assert {(line["request_id"], line["user_id"], line["creator_id"]) for line in lines} == {
        ("request-1", "user-1", "demo")
    }


def test_an_answer_that_cannot_be_kept_is_given_all_the_same(coach: FakeCoach) -> None:
    class Forgetful(MemoryAnsweredRequests):
        def finish(self, identity: Identity, key: str, fingerprint: str, answer: Answer) -> None:
            raise StorageUnavailable("The table does not answer.")

    requests = Forgetful()
    headers = {"x-amzn-request-context": json.dumps(request_context(claims("user"))), "Idempotency-Key": "key-1"}
    with TestClient(chat_app(coach, requests).asgi()) as client:
        for _ in range(2):
            assert client.post(PATH, json={"text": "Hello"}, headers=headers).status_code == 201


def test_a_breach_of_tenancy_is_counted_and_its_words_are_kept_from_the_caller(
    say: Say, coach: FakeCoach, logged: StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    coach.fails_after = (1, CoachingError("Passage 7 of another creator turned up.", code="tenant_breach"))
    answer = say()
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "another creator" not in answer.text
    assert "tenant_breach" in logged.getvalue()
    assert "TenantBreach" in capsys.readouterr().out


def test_a_reply_is_logged_by_facts_alone(say: Say, coach: FakeCoach, logged: StringIO) -> None:
    coach.events[-1] = Done(replace(TURN, text="my private words"))
    say("my private words")
    assert '"kind":"quote"' in logged.getvalue()
    assert "private" not in logged.getvalue()
    assert QUOTE not in logged.getvalue()

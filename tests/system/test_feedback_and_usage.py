"""What users say of replies, and what models cost, over HTTP."""

from datetime import datetime
from typing import Any

import pytest

from coaching.adapters.aws.records import Record, read
from coaching.adapters.aws.table import DynamoDBTable
from coaching.adapters.aws.usage import DynamoDBUsageLedger
from coaching.metrics.feedback import Feedback
from coaching.models.usage import ModelCall, month_of
from coaching.vocabulary import CreatorId, Usage, new_ulid, now
from infra.system import SYSTEM
from tests.support.http_client import Client, client
from tests.support.running_system import RunningSystem

SAID = {"rating": "down", "comment": "Too long.", "better_answer": "One step."}


@pytest.fixture(scope="module")
def user(running_system: RunningSystem) -> Client:
    client(running_system, "judged", "creator").call("PUT", "/v1/creator", {"name": "Judged"})
    return client(running_system, "judged", "user", "judge-1")


def table(system: RunningSystem) -> DynamoDBTable:
    return DynamoDBTable(lambda: system.aws.dynamodb, SYSTEM.table.name)


def about(system: RunningSystem, reply: dict[str, Any]) -> list[Record]:
    """Return every record of the table that is kept under the message's id."""
    pages = system.aws.dynamodb.get_paginator("scan").paginate(TableName=SYSTEM.table.name, ConsistentRead=True)
    items = [item for page in pages for item in page["Items"]]
    return [item for item in items if item["sk"]["S"].endswith(reply["message_id"])]


def path_of(reply: dict[str, Any]) -> str:
    return f"/v1/conversations/{reply['conversation_id']}/messages/{reply['message_id']}/feedback"


def test_a_user_says_what_a_reply_was_worth_and_may_think_again(user: Client, running_system: RunningSystem) -> None:
    reply = user.ask(user.converse(), "How do I begin?")
    told = user.call("POST", path_of(reply), SAID)
    assert {name: told[name] for name in SAID} == SAID
    assert (told["message_id"], told["conversation_id"]) == (reply["message_id"], reply["conversation_id"])
    assert datetime.fromisoformat(told["given_at"]).tzinfo
    user.call("POST", path_of(reply), {"rating": "up"})
    [kept] = [each for each in about(running_system, reply) if each["sk"]["S"].startswith("feedback#")]
    feedback = read(Feedback, kept)
    assert (feedback.rating, feedback.comment) == ("up", "")


def test_the_same_request_twice_is_answered_once(user: Client) -> None:
    reply = user.ask(user.converse(), "How do I begin?")
    headers = {"Idempotency-Key": new_ulid()}
    first = user.send("POST", path_of(reply), SAID, headers=headers)
    second = user.send("POST", path_of(reply), SAID, headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.headers["idempotent-replayed"] == "true"
    assert first.json() == second.json()


def test_nobody_judges_another_s_reply(user: Client, running_system: RunningSystem) -> None:
    reply = user.ask(user.converse(), "How do I begin?")
    for other in (client(running_system, "judged", "user", "judge-2"), client(running_system, "other", "user")):
        assert other.send("POST", path_of(reply), SAID).status_code == 404
    assert client(running_system, "judged", "creator").send("POST", path_of(reply), SAID).status_code == 403
    assert user.send("POST", path_of({**reply, "message_id": new_ulid()}), SAID).status_code == 404
    assert user.send("POST", path_of(reply), {"rating": "sideways"}).status_code == 422


def test_feedback_goes_with_its_conversation(user: Client, running_system: RunningSystem) -> None:
    reply = user.ask(user.converse(), "How do I begin?")
    user.call("POST", path_of(reply), SAID)
    assert len(about(running_system, reply)) > 1
    user.call("DELETE", f"/v1/conversations/{reply['conversation_id']}")
    assert user.send("POST", path_of(reply), SAID).status_code == 404
    assert about(running_system, reply) == []


def test_a_creator_sees_what_models_cost_and_the_budget(running_system: RunningSystem) -> None:
    creator = client(running_system, "spender", "creator")
    empty = creator.call("GET", "/v1/usage")
    assert (empty["models"], empty["cost_usd"], empty["monthly_budget_usd"]) == ([], 0.0, None)
    assert (empty["month"], empty["tier"], empty["share_used"]) == (month_of(now()), "high", None)
    creator.call("PUT", "/v1/creator", {"name": "Spender", "settings": {"monthly_budget_usd": 2.5}})
    moment = datetime.fromisoformat("2026-02-03T00:00:00+00:00")
    paid = ModelCall(new_ulid(), CreatorId("spender"), "openai:m", moment, Usage(10, 20), 2_000_000, 1.5)
    DynamoDBUsageLedger(table(running_system)).add(paid)
    seen = creator.call("GET", "/v1/usage?month=2026-02")
    assert seen["models"] == [
        {
            "model": "openai:m",
            "calls": 1,
            "estimated_calls": 0,
            "input_tokens": 10,
            "output_tokens": 20,
            "cache_read_tokens": 0,
            "cache_write_tokens": 0,
            "reused_answers": 0,
            "seconds": 1.5,
            "cost_usd": 2.0,
        }
    ]
    assert (seen["monthly_budget_usd"], seen["share_used"], seen["tier"]) == (2.5, 0.8, "medium")
    assert client(running_system, "other", "creator").call("GET", "/v1/usage?month=2026-02")["models"] == []


def test_usage_is_the_creator_s_alone_and_by_the_month(running_system: RunningSystem, user: Client) -> None:
    assert user.send("GET", "/v1/usage").status_code == 403
    creator = client(running_system, "spender", "creator")
    for month in ("2026-13", "2026", "2026-1", "26-11", "2026-11-01"):
        assert creator.send("GET", f"/v1/usage?month={month}").status_code == 400
    refused = creator.send("PUT", "/v1/creator", {"name": "S", "settings": {"monthly_budget_usd": -1}})
    assert refused.status_code == 422

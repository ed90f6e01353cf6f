"""A system in which no model words replies says so to its admins."""

from coaching.vocabulary import Role
from tests.support.http_client import client
from tests.support.running_system import RunningSystem

PATH = "/v1/models/current"
OTHERS: tuple[Role, ...] = ("user", "creator", "coach")


def test_an_admin_is_told_that_no_model_words_replies(running_system: RunningSystem) -> None:
    seen = client(running_system, "bare", "admin").call("GET", PATH)
    assert (seen["current"], seen["models"], seen["state"]) == (None, [], "settled")
    assert "creator's own sentences" in seen["reason"]


def test_there_is_none_to_switch_to(running_system: RunningSystem) -> None:
    refused = client(running_system, "bare", "admin").send("POST", PATH, {"model": "ollama:llama3:8b"})
    assert refused.status_code == 422
    assert "CHAT_MODELS" in refused.json()["detail"]


def test_nobody_else_is_told_or_may_switch(running_system: RunningSystem) -> None:
    for role in OTHERS:
        other = client(running_system, "bare", role)
        assert other.send("GET", PATH).status_code == 403
        assert other.send("POST", PATH, {"model": "ollama:llama3:8b"}).status_code == 403

"""What a user does: talk, set goals, say who they are; once, twice, and all at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.http_client import Client, client
from tests.support.running_system import RunningSystem

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("system")]


@pytest.fixture(scope="module")
def user(running_system: RunningSystem) -> Client:
    creator = client(running_system, "talk", "creator")
    document = creator.upload("tea.md", b"# Tea\n\nThe evening ritual begins with a cup of tea at nine o'clock.")
    assert document["status"] == "ready"
    return client(running_system, "talk", "user")


def messages(user: Client, conversation: str) -> list[str]:
    items = user.call("GET", f"/v1/conversations/{conversation}/messages?limit=100")["items"]
    return [item["text"] for item in items]


def test_a_conversation_is_remembered_oldest_first(user: Client) -> None:
    conversation = user.converse()
    asked = ["When does the evening ritual begin?", "Thank you!", "And what do I drink?"]
    replies = [user.ask(conversation, text) for text in asked]
    items = user.call("GET", f"/v1/conversations/{conversation}/messages")["items"]
    assert [item["text"] for item in items] == asked
    assert [item["reply"]["message_id"] for item in items] == [reply["message_id"] for reply in replies]
    assert items[0]["reply"] == replies[0]


def test_messages_at_once_all_survive_in_one_order(user: Client) -> None:
    conversation = user.converse()
    texts = [f"When does the evening ritual begin on day {number}?" for number in range(5)]
    with ThreadPoolExecutor(len(texts)) as pool:
        replies = list(pool.map(lambda text: user.ask(conversation, text), texts))
    assert sorted(messages(user, conversation)) == sorted(texts)
    ids = [item["message_id"] for item in user.call("GET", f"/v1/conversations/{conversation}/messages")["items"]]
    assert ids == sorted(ids)
    assert set(ids) == {reply["message_id"] for reply in replies}


def test_a_message_sent_twice_under_one_key_is_one_turn(user: Client) -> None:
    conversation = user.converse()
    first = user.ask(conversation, "When does the evening ritual begin?", key="once")
    assert user.ask(conversation, "When does the evening ritual begin?", key="once") == first
    streamed = user.stream(conversation, "When does the evening ritual begin?", key="once")
    assert streamed == [("done", first)]
    assert len(messages(user, conversation)) == 1
    path = f"/v1/conversations/{conversation}/messages"
    assert user.send("POST", path, {"text": "Something else"}, headers={"Idempotency-Key": "once"}).status_code == 422


def test_the_same_key_at_once_is_one_turn(user: Client) -> None:
    conversation = user.converse()
    path, body = f"/v1/conversations/{conversation}/messages", {"text": "When does the evening ritual begin?"}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: user.send("POST", path, body, headers={"Idempotency-Key": "k"}), range(4)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len(messages(user, conversation)) == 1


@pytest.mark.parametrize("text", ["?", "a " * 10_000, "Guten Abend! Когда чай? 何時？ 🍵", "line\nbreak"])
def test_messages_of_any_script_and_of_1_to_20000_characters_are_answered(user: Client, text: str) -> None:
    conversation = user.converse()
    assert user.ask(conversation, text)["kind"] in {"answer", "quote", "abstain"}
    assert len(messages(user, conversation)) == 1


@pytest.mark.parametrize("text", ["", "   ", "\u0000", "a" * 20_001, "\u0007\u0008"])
def test_a_message_that_says_nothing_or_too_much_is_refused(user: Client, text: str) -> None:
    conversation = user.converse()
    answer = user.send("POST", f"/v1/conversations/{conversation}/messages", {"text": text})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/text"
    assert messages(user, conversation) == []


def test_a_conversation_is_listed_seen_and_deleted_with_its_messages(user: Client) -> None:
    conversation = user.converse()
    user.ask(conversation, "When does the evening ritual begin?")
    assert user.call("GET", f"/v1/conversations/{conversation}")["turns"] == 1
    newest = user.call("GET", "/v1/conversations?limit=1")["items"][0]
    assert newest["conversation_id"] == conversation
    assert user.send("DELETE", f"/v1/conversations/{conversation}").status_code == 204
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/messages"), ("POST", "/messages")):
        body = {"text": "Hello"} if method == "POST" else None
        assert user.send(method, f"/v1/conversations/{conversation}{path}", body).status_code == 404


def test_a_goal_is_set_changed_and_given_up(user: Client) -> None:
    goal = user.call("POST", "/v1/goals", {"title": "Read", "target": 12, "unit": "books", "due": "2027-12-31"})
    path = f"/v1/goals/{goal['goal_id']}"
    assert user.call("PATCH", path, {"progress": 3})["share_done"] == 0.25
    assert user.call("GET", path)["due"] == "2027-12-31"
    assert goal["goal_id"] in {item["goal_id"] for item in user.call("GET", "/v1/goals")["items"]}
    assert user.send("DELETE", path).status_code == 204
    assert user.send("GET", path).status_code == 404


def test_a_profile_is_empty_until_it_is_said_and_kept_after(user: Client) -> None:
    newcomer = Client(user.url, user.token)
    assert newcomer.call("GET", "/v1/profile")["display_name"] == ""
    changed = newcomer.call("PATCH", "/v1/profile", {"display_name": "Ada", "timezone": "Europe/Lisbon"})
    assert (changed["display_name"], changed["timezone"]) == ("Ada", "Europe/Lisbon")
    assert newcomer.call("GET", "/v1/profile") == changed
    assert newcomer.send("PATCH", "/v1/profile", {"timezone": "Mars"}).status_code == 422


def test_a_creator_describes_themselves(running_system: RunningSystem) -> None:
    creator = client(running_system, "talk", "creator")
    described = creator.call("PUT", "/v1/creator", {"name": "Orla", "expertise": "tea", "settings": {"cap": 3}})
    assert creator.call("GET", "/v1/creator") == described
    assert (described["creator_id"], described["settings"]) == ("talk", {"cap": 3})

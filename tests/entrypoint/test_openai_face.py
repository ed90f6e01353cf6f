"""The OpenAI-compatible face: the same coach, in another contract."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import StringIO
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from coaching.conversation.events import Cited, Done, Replace, Status, Token, Working
from coaching.conversation.wishes import Wishes
from coaching.entrypoint.chat import HISTORY_LIMIT_BYTES
from coaching.entrypoint.openai_errors import KNOWN
from coaching.errors import Invalid, NotFound, SearchUnavailable
from coaching.models.catalogue import Feature, ModelCard
from coaching.models.ports import MOST_TOKENS
from coaching.profile.user import UserProfile
from coaching.safety.validation import check_sentence
from coaching.vocabulary import ConversationId, CreatorId, MessageId, Usage, UserId, now
from tests.entrypoint.conftest import claims, request_context
from tests.entrypoint.fake_coach import EVIDENCE, QUOTE, REPLY, SENTENCE, TURN, FakeCoach, chat_app

PATH = "/v1/chat/completions"
ANSWER = replace(REPLY, kind="answer", usage=Usage(30, 8))
TOKEN = Token(check_sentence(SENTENCE, EVIDENCE))
USER: dict[str, Any] = {"role": "user", "content": "How often shall I rest?"}
Say = Callable[..., httpx2.Response]


@pytest.fixture
def coach() -> FakeCoach:
    done = Done(replace(TURN, reply=ANSWER), finish="length")
    return FakeCoach([Status("retrieving"), Working(), TOKEN, Cited(ANSWER.citations), done])


@pytest.fixture
def say(coach: FakeCoach) -> Iterator[Say]:
    with TestClient(chat_app(coach).asgi()) as client:

        def post(
            *, who: dict[str, str] | None = None, key: str = "", body: bytes | None = None, **fields: Any
        ) -> httpx2.Response:
            headers = {"x-amzn-request-context": json.dumps(request_context(who or claims("user")))}
            headers |= {"Idempotency-Key": key} if key else {}
            asked = {"model": "demo", "messages": [USER], **fields}
            return client.post(PATH, content=body or json.dumps(asked).encode(), headers=headers)

        yield post


def chunks_of(answer: httpx2.Response) -> list[Any]:
    """Return the chunks of a stream that ended properly."""
    assert answer.headers["content-type"].startswith("text/event-stream")
    blocks = [block.removeprefix("data: ") for block in answer.text.strip().split("\n\n")]
    assert blocks.pop() == "[DONE]"
    return [json.loads(block) for block in blocks]


def text_of(chunks: list[Any]) -> str:
    return "".join(choice["delta"].get("content", "") for chunk in chunks for choice in chunk.get("choices", ()))


def error_of(answer: httpx2.Response) -> dict[str, Any]:
    assert set(answer.json()) == {"error"}
    error: dict[str, Any] = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    return error


def test_a_whole_completion_has_openais_fields_and_ours_beside_them(say: Say) -> None:
    answer = say()
    assert answer.status_code == 200
    completion = answer.json()
    assert completion["id"] == f"chatcmpl-{TURN.message_id}"
    assert (completion["object"], completion["model"]) == ("chat.completion", "demo")
    assert completion["choices"] == [
        {
            "index": 0,
            "message": {"role": "assistant", "content": ANSWER.text, "refusal": None},
            "logprobs": None,
            "finish_reason": "length",
        }
    ]
    assert completion["usage"] == {"prompt_tokens": 30, "completion_tokens": 8, "total_tokens": 38}
    coach = completion["coach"]
    assert (coach["kind"], coach["citations"][0]["quote"], coach["ignored"]) == ("answer", QUOTE, [])
    assert "text" not in coach


def test_a_stream_has_one_id_a_role_the_words_a_reason_and_an_end(say: Say) -> None:
    chunks = chunks_of(say(stream=True))
    assert len({chunk["id"] for chunk in chunks}) == 1
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    choices = [chunk["choices"][0] for chunk in chunks]
    assert choices[0]["delta"] == {"role": "assistant", "content": ""}
    assert text_of(chunks) == ANSWER.text
    assert [choice["finish_reason"] for choice in choices] == [None, None, "length"]
    assert choices[-1]["delta"] == {}
    assert chunks[-1]["coach"]["citations"][0]["quote"] == QUOTE
    assert not any("usage" in chunk for chunk in chunks)


def test_usage_comes_in_a_chunk_of_its_own_where_it_is_asked_for(say: Say) -> None:
    chunks = chunks_of(say(stream=True, stream_options={"include_usage": True}))
    assert [chunk["usage"] for chunk in chunks[:-1]] == [None] * 3
    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"]["total_tokens"] == 38


def test_wishes_reach_the_coach(say: Say, coach: FakeCoach) -> None:
    say(temperature=0.2, max_tokens=50, max_completion_tokens=40, stop=["END"])
    say(stop="END", response_format={"type": "text"})
    assert coach.wishes == [Wishes(0.2, 40, ("END",)), Wishes(stop=("END",))]


def test_wishes_that_met_no_model_are_named(say: Say, coach: FakeCoach) -> None:
    coach.events = [Done(TURN)]
    assert say(temperature=0.2, stop="two", max_tokens=3).json()["coach"]["ignored"] == [
        "temperature",
        "max_tokens",
        "stop",
    ]
    assert say(stop="END", max_tokens=6).json()["coach"]["ignored"] == []


@pytest.mark.parametrize(
    ("features", "fields", "ignored"),
    [
        ({"streaming"}, {"temperature": 0.2}, ["temperature"]),
        ({"streaming", "temperature"}, {"temperature": 0.2}, []),
        ({"streaming", "temperature"}, {"temperature": 1.5}, ["temperature"]),
        ({"temperature"}, {"max_tokens": MOST_TOKENS}, []),
        ({"temperature"}, {"max_tokens": MOST_TOKENS + 1}, ["max_tokens"]),
        ({"temperature"}, {"max_completion_tokens": 100_000}, ["max_completion_tokens"]),
    ],
)
def test_wishes_that_the_model_could_not_heed_are_named(
    say: Say, coach: FakeCoach, features: set[Feature], fields: dict[str, Any], ignored: list[str]
) -> None:
    coach.cards = (ModelCard("anthropic", "one", 9_000, "high", features=frozenset(features)),)
    coach.events = [Done(replace(TURN, reply=replace(ANSWER, model="anthropic:one")))]
    assert say(**fields).json()["coach"]["ignored"] == ignored
    assert chunks_of(say(stream=True, **fields))[-1]["coach"]["ignored"] == ignored


@pytest.mark.parametrize("role", ["system", "developer"])
def test_a_clients_instructions_are_none_and_the_answer_says_so(say: Say, coach: FakeCoach, role: str) -> None:
    instruction = {"role": role, "content": "You are a pirate."}
    answer = say(messages=[instruction, USER])
    assert answer.json()["coach"]["ignored"] == [f"messages[0] ({role})"]
    assert [text for _, _, text in coach.asked] == [USER["content"]]


def test_a_message_may_come_in_parts_of_text(say: Say, coach: FakeCoach) -> None:
    say(messages=[{"role": "user", "content": [{"type": "text", "text": "One"}, {"type": "text", "text": "two"}]}])
    assert coach.asked[0][2] == "One\ntwo"


def test_messages_that_begin_alike_are_one_conversation_of_the_same_user(say: Say, coach: FakeCoach) -> None:
    reply: dict[str, Any] = {
        "role": "assistant",
        "content": "Twice.",
        "refusal": None,
        "tool_calls": None,
        "annotations": [],
    }
    say()
    say(messages=[USER, reply, {"role": "user", "content": "Why?"}])
    say(messages=[{"role": "user", "content": "Another matter"}])
    say(user="other-device")
    say(who=claims("user", sub="user-2"))
    first, second, *others = [conversation for _, conversation, _ in coach.asked]
    assert first == second
    assert len({first, *others}) == 4
    found = coach.conversations.get(CreatorId("demo"), UserId("user-1"), ConversationId(first))
    assert found.conversation_id == first


def test_a_history_that_is_not_held_is_named(say: Say) -> None:
    earlier = [USER, {"role": "assistant", "content": "Told by somebody else."}]
    assert say(messages=[*earlier, USER]).json()["coach"]["ignored"] == ["history"]


def test_a_conversation_may_be_named_and_only_ones_own(say: Say, coach: FakeCoach) -> None:
    say()
    mine = coach.asked[0][1]
    assert say(messages=[USER], metadata={"conversation_id": mine}).status_code == 200
    assert coach.asked[1][1] == mine
    others = say(metadata={"conversation_id": mine}, who=claims("user", sub="user-2"))
    assert (others.status_code, error_of(others)["code"]) == (404, "not_found")


@pytest.mark.parametrize("model", ["gpt-4o", "another-creator", ""])
def test_only_the_callers_own_creator_is_a_model(say: Say, coach: FakeCoach, model: str) -> None:
    answer = say(model=model)
    assert (answer.status_code, error_of(answer)["code"]) == (404, "model_not_found")
    assert not coach.asked


def test_the_models_are_the_callers_creator(coach: FakeCoach) -> None:
    with TestClient(chat_app(coach).asgi()) as client:
        headers = {"x-amzn-request-context": json.dumps(request_context(claims("user")))}
        listed = client.get("/v1/models", headers=headers).json()
        assert [(model["id"], model["object"]) for model in listed["data"]] == [("demo", "model")]
        headers = {"x-amzn-request-context": json.dumps(request_context(claims("creator")))}
        refused = client.get("/v1/models", headers=headers)
        assert (refused.status_code, error_of(refused)["type"]) == (403, "permission_error")


def test_one_model_is_found_by_its_name_and_no_other(coach: FakeCoach) -> None:
    with TestClient(chat_app(coach).asgi()) as client:
        headers = {"x-amzn-request-context": json.dumps(request_context(claims("user")))}
        listed = client.get("/v1/models", headers=headers).json()
        assert client.get("/v1/models/demo", headers=headers).json() == listed["data"][0]
        missing = client.get("/v1/models/gpt-4o", headers=headers)
        assert (missing.status_code, error_of(missing)["code"]) == (404, "model_not_found")


@pytest.mark.parametrize(
    ("fields", "param", "code"),
    [
        ({"n": 2}, "n", "unsupported_value"),
        ({"logprobs": True}, "logprobs", "unsupported_value"),
        ({"top_p": 0.5}, "top_p", "unsupported_value"),
        ({"tools": [{"type": "function"}]}, "tools", "unsupported_value"),
        ({"modalities": ["text", "audio"]}, "modalities[1]", "unsupported_value"),
        *(({name: 1}, name, "unsupported_parameter") for name in sorted(KNOWN)),
        ({"surprise": 1}, "surprise", "unknown_parameter"),
        ({"stream_options": {"surprise": 1}}, "stream_options.surprise", "unknown_parameter"),
        ({"response_format": {"type": "json_object"}}, "response_format", "invalid_value"),
        ({"response_format": {"type": "json_schema", "json_schema": {}}}, "response_format", "invalid_value"),
        ({"temperature": 3}, "temperature", "invalid_value"),
        ({"max_tokens": 0}, "max_tokens", "invalid_value"),
        ({"stop": ["a", "b", "c", "d", "e"]}, "stop", "invalid_value"),
        ({"messages": []}, "messages", "invalid_value"),
        ({"messages": [USER, {"role": "assistant", "content": "Hi"}]}, "messages", "invalid_value"),
        ({"messages": [{"role": "tool", "content": "x", "tool_call_id": "1"}]}, "messages[0].role", "invalid_value"),
        (
            {"messages": [{"role": "user", "content": [{"type": "text", "text": 5}]}]},
            "messages[0].content",
            "invalid_value",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://x.org"}}]}]},
            "messages[0].content",
            "invalid_value",
        ),
    ],
)
def test_what_is_not_done_here_is_refused_in_openais_shape(
    say: Say, coach: FakeCoach, fields: dict[str, Any], param: str, code: str
) -> None:
    for stream in (False, True):
        answer = say(stream=stream, **fields)
        error = error_of(answer)
        assert (answer.status_code, error["param"], error["code"]) == (400, param, code)
        assert error["type"] == "invalid_request_error"
        assert error["message"].endswith(".") or error["code"] == "invalid_value"
    assert not coach.asked


def test_a_refusal_says_what_may_be_asked_and_why(say: Say) -> None:
    said = {
        name: error_of(say(**{name: value}))["message"] for name, value in (("n", 2), ("tools", [{"type": "function"}]))
    }
    assert said == {
        "n": "Unsupported value: 'n' may only be 1: the coach gives one reply to a message. Leave it out.",
        "tools": "Unsupported value: 'tools' may only be empty: the coach answers from the creator's material and "
        "calls no functions. Leave it out.",
    }


def test_values_that_ask_for_nothing_are_taken(say: Say) -> None:
    plain = {"n": 1, "top_p": 1, "presence_penalty": 0, "frequency_penalty": 0.0, "logprobs": False, "tools": []}
    nulls = dict.fromkeys([*sorted(KNOWN), "stop", "temperature", "user", "stream_options", "metadata"])
    assert say(**plain, **nulls).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "invalid_json"),
        (b"[]", 400, "invalid_value"),
        (b'{"messages": []}', 400, "missing_required_parameter"),
        (b"a" * (HISTORY_LIMIT_BYTES + 1), 413, "too_large"),
    ],
)
def test_a_body_that_does_not_fit_is_refused(say: Say, body: bytes, status: int, code: str) -> None:
    answer = say(body=body)
    assert (answer.status_code, error_of(answer)["code"]) == (status, code)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (NotFound("There is no such conversation."), 404, "invalid_request_error"),
        (Invalid("No.", fields={"/text": "Write a message; this one is empty."}), 400, "invalid_request_error"),
        (SearchUnavailable("Search does not answer."), 503, "server_error"),
        (RuntimeError("words of the user"), 500, "server_error"),
    ],
)
@pytest.mark.parametrize("after", [0, 2])
def test_what_fails_before_the_first_word_shows_in_the_status(
    say: Say, coach: FakeCoach, error: Exception, status: int, kind: str, stream: bool, after: int
) -> None:
    coach.fails_after = (after, error)
    answer = say(stream=stream)
    assert (answer.status_code, error_of(answer)["type"]) == (status, kind)
    assert "words of the user" not in answer.text
    assert ("retry-after" in answer.headers) == (status == 503)


def test_a_stream_that_breaks_off_says_so_in_words_and_as_an_error(say: Say, coach: FakeCoach) -> None:
    coach.fails_after = (3, SearchUnavailable("Search does not answer."))
    *chunks, error = chunks_of(say(stream=True))
    assert text_of(chunks).startswith(ANSWER.text)
    assert "broke off here" in text_of(chunks)
    assert error["error"]["type"] == "server_error"


def test_what_was_shown_and_fails_later_is_taken_back_in_words(say: Say, coach: FakeCoach) -> None:
    coach.events = [TOKEN, Replace(REPLY, "the model stopped answering"), Done(TURN)]
    text = text_of(chunks_of(say(stream=True)))
    assert text.startswith(ANSWER.text)
    assert "disregard what stands above" in text
    assert text.endswith(REPLY.text)


@pytest.mark.parametrize(("locale", "words"), [("de-AT", "bricht hier ab"), ("no", "brutt av"), ("eu", "broke off")])
def test_closing_words_are_in_the_users_language(say: Say, coach: FakeCoach, locale: str, words: str) -> None:
    coach.profiles.save(UserProfile(CreatorId("demo"), UserId("user-1"), now(), locale=locale))
    coach.fails_after = (3, SearchUnavailable("Search does not answer."))
    assert words in text_of(chunks_of(say(stream=True))[:-1])


def test_words_are_taken_back_in_the_users_language(say: Say, coach: FakeCoach) -> None:
    coach.profiles.save(UserProfile(CreatorId("demo"), UserId("user-1"), now(), locale="fr"))
    coach.events = [TOKEN, Replace(REPLY, "the model stopped answering"), Done(TURN)]
    assert "ne pas tenir compte" in text_of(chunks_of(say(stream=True)))


@pytest.mark.parametrize("stream", [False, True])
def test_the_same_request_under_the_same_key_is_asked_once(say: Say, coach: FakeCoach, stream: bool) -> None:
    first, second = (say(stream=stream, key="key-1") for _ in range(2))
    assert len(coach.asked) == 1
    assert second.headers["idempotent-replayed"] == "true"
    if stream:
        assert text_of(chunks_of(second)) == text_of(chunks_of(first))
    else:
        assert second.json()["choices"][0]["message"] == first.json()["choices"][0]["message"]


def test_only_users_talk_to_the_coach(say: Say) -> None:
    answer = say(who=claims("creator"))
    assert (answer.status_code, error_of(answer)["type"]) == (403, "permission_error")


def test_no_words_of_a_refused_request_reach_the_log(say: Say, logged: StringIO) -> None:
    say(surprise="my private words", messages=[{"role": "user", "content": "my private words"}])
    say(model="my private words")
    assert "private" not in logged.getvalue()


def test_the_conversation_of_a_beginning_is_always_the_same() -> None:
    ids = set()
    for _ in range(2):
        coach = FakeCoach([Done(replace(TURN, message_id=MessageId("01JB0000000000000000000009")))])
        with TestClient(chat_app(coach).asgi()) as client:
            headers = {"x-amzn-request-context": json.dumps(request_context(claims("user")))}
            client.post(PATH, json={"model": "demo", "messages": [USER]}, headers=headers)
        ids.add(coach.asked[0][1])
    [found] = ids
    assert len(ConversationId(found)) == 26

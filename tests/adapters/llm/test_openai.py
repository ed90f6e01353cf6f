import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from coaching.adapters.llm.openai import HUGGING_FACE, OpenAIChatModel
from coaching.adapters.llm.openai_failures import BY_NAME
from coaching.models.ports import Message, Prompt
from coaching.vocabulary import Usage
from tests.adapters.llm.chat_model_contract import ChatModelContract, StillGenerating, asking, counted, text_of
from tests.adapters.llm.hosted_contract import HostedContract, MakeModel, begins, fails_with, refuses, took
from tests.support.loopback_server import Wire, in_turn
from tests.support.openai_server import BEGIN, DONE, OpenAIServer, chunk, counts, delta, refusal, says

SCHEMA = {"type": "object", "properties": {"mood": {"type": "string"}}, "required": ["mood"]}


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer(pause=0.001) as server:
        yield server


@pytest.fixture
def model(server: OpenAIServer) -> OpenAIChatModel:
    return OpenAIChatModel(f"{server.url}/v1", "tiny", lambda: "sk-good")


@pytest.fixture
def make_model(model: OpenAIChatModel) -> MakeModel:
    return lambda **changes: replace(model, **changes)


class TestOpenAIChatModel(ChatModelContract):
    @pytest.fixture
    def still_generating(self, server: OpenAIServer) -> StillGenerating:
        return lambda: server.running > 0


class TestMisbehaviour(HostedContract):
    def begin(self) -> bytes:
        return BEGIN

    def says(self, text: str) -> bytes:
        return says(text)

    def ends(self) -> bytes:
        return delta("stop") + counts(3, 2) + DONE

    def refusal(self) -> bytes:
        return refusal("My private matter", "service_unavailable_error", "server_is_overloaded")


def test_sends_what_the_protocol_asks_for(server: OpenAIServer, model: OpenAIChatModel) -> None:
    messages = (Message("system", "Be brief."), Message("user", "Hi"), Message("assistant", "Hello."))
    prompt = Prompt((*messages, Message("user", "Why?")), temperature=1.5, max_tokens=50, stop=("END", "\n\n"))
    list(model.generate(prompt))
    assert server.requests == [
        {
            "model": "tiny",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Hi"},
                {"role": "assistant", "content": "Hello."},
                {"role": "user", "content": "Why?"},
            ],
            "stream": True,
            "stream_options": {"include_usage": True},
            "max_completion_tokens": 50,
            "temperature": 1.5,
            "stop": ["END", "\n\n"],
        }
    ]
    headers = server.received[0].headers
    assert headers["authorization"] == "Bearer sk-good"
    assert headers["accept"] == "text/event-stream"
    assert headers["content-type"] == "application/json"


def test_speaks_to_other_servers_as_they_wish(server: OpenAIServer, model: OpenAIChatModel) -> None:
    router = replace(
        model,
        provider="huggingface",
        max_tokens_field="max_tokens",
        takes_temperature=False,
        more={"reasoning_effort": "none"},
    )
    assert router.name == "huggingface:tiny"
    assert HUGGING_FACE.startswith("https://")
    list(router.generate(asking("Hi", max_tokens=7)))
    assert server.requests[0]["max_tokens"] == 7
    assert server.requests[0]["reasoning_effort"] == "none"
    assert not {"max_completion_tokens", "temperature"} & server.requests[0].keys()


@pytest.mark.parametrize(
    ("kept", "usage"),
    [
        ({"cached_tokens": 1024}, Usage(1200, 2, 1024)),
        ({"cached_tokens": 1024, "cache_write_tokens": 128, "audio_tokens": 0}, Usage(1200, 2, 1024, 128)),
        ({}, Usage(1200, 2)),
    ],
)
def test_tells_what_of_the_prompt_the_server_had_kept(
    server: OpenAIServer, model: OpenAIChatModel, kept: dict[str, int], usage: Usage
) -> None:
    server.expect(in_turn(begins(BEGIN, says("Well"), delta("stop"), counts(1200, 2, **kept), DONE), Wire.end))
    assert counted(list(model.generate(asking("Hi")))) == usage


def test_a_server_without_a_key_gets_none(server: OpenAIServer, model: OpenAIChatModel) -> None:
    server.keys = {""}
    list(replace(model, api_key=lambda: "").generate(asking("Hi")))
    assert "authorization" not in server.received[0].headers


def test_ends_with_what_was_counted_and_why(model: OpenAIChatModel) -> None:
    fragments = list(model.generate(asking("three short words")))
    assert text_of(fragments) == "You said: three short words"
    assert (counted(fragments), fragments[-1].finish) == (Usage(7, 5), "stop")
    *_, last = model.generate(asking("three short words", max_tokens=2))
    assert last.finish == "length"


def test_ends_before_a_stop_word(model: OpenAIChatModel) -> None:
    prompt = replace(asking("Begin. END And more"), stop=("END",))
    assert text_of(list(model.generate(prompt))) == "You said: Begin. "


@pytest.mark.parametrize("reason", ["eos_token", "stop_sequence"])
def test_takes_the_reasons_of_text_generation_inference(
    server: OpenAIServer, model: OpenAIChatModel, reason: str
) -> None:
    server.expect(in_turn(begins(BEGIN, says("Well"), delta(reason)), Wire.end))
    *_, last = model.generate(asking("Hi"))
    assert (last.usage, last.finish) == (None, "stop")


def test_counts_may_stand_beside_words(server: OpenAIServer, model: OpenAIChatModel) -> None:
    choice = {"index": 0, "delta": {"content": "Well"}, "finish_reason": "stop"}
    event = chunk(choices=[choice], usage={"prompt_tokens": 4, "completion_tokens": 1})
    server.expect(in_turn(begins(event, DONE), Wire.end))
    fragments = list(model.generate(asking("Hi")))
    assert (text_of(fragments), counted(fragments)) == ("Well", Usage(4, 1))


class TestStructuredOutput:
    def test_holds_the_answer_to_the_schema(self, server: OpenAIServer, model: OpenAIChatModel) -> None:
        answer = text_of(list(model.generate(replace(asking("How am I?"), schema=SCHEMA))))
        assert json.loads(answer) == {"mood": "good", "score": 3}
        assert server.requests[0]["response_format"] == {
            "type": "json_schema",
            "json_schema": {
                "name": "answer",
                "schema": {**SCHEMA, "additionalProperties": False},
                "strict": True,
            },
        }

    def test_is_refused_for_a_server_that_has_none(self, server: OpenAIServer, model: OpenAIChatModel) -> None:
        fails_with(replace(model, takes_schema=False), "request_refused", prompt=replace(asking("Hi"), schema=SCHEMA))
        assert server.received == []


class TestRefusals:
    @pytest.mark.parametrize(("name", "code"), BY_NAME.items())
    @pytest.mark.parametrize("status", [400, 429, 500])
    def test_a_name_counts_more_than_the_status(
        self, server: OpenAIServer, model: OpenAIChatModel, status: int, name: str, code: str
    ) -> None:
        server.expect(refuses(status, refusal("My private matter", code=name)))
        fails_with(model, code)

    def test_an_account_without_money(self, server: OpenAIServer, model: OpenAIChatModel) -> None:
        server.expect(refuses(429, refusal("Spent.", "insufficient_quota", "project_spend_limit_exceeded")))
        assert "credit" in fails_with(model, "bad_credentials").message

    @pytest.mark.parametrize(
        ("status", "body", "code"),
        [
            pytest.param(
                422,
                b'{"error": "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096."}',
                "context_exceeded",
                id="text-generation-inference",
            ),
            pytest.param(
                400,
                refusal("This model's maximum context length is 4096 tokens.", "BadRequestError", 400),
                "context_exceeded",
                id="vLLM",
            ),
            pytest.param(
                400,
                refusal("The request exceeds the available context size", "exceed_context_size_error", 400),
                "context_exceeded",
                id="llama.cpp",
            ),
            pytest.param(
                503, b'{"error": "Model is currently loading", "estimated_time": 20.0}', "overloaded", id="loading"
            ),
            pytest.param(400, refusal("Invalid schema", code="invalid_json_schema"), "request_refused", id="schema"),
            pytest.param(404, refusal("Not here", code=None), "model_missing", id="no code"),
            pytest.param(200, b'{"error": "Something broke"}', "model_failed", id="200"),
            pytest.param(200, refusal("Busy", "TooManyRequests", 429), "rate_limited", id="200 with a status inside"),
        ],
    )
    def test_errors_of_other_servers(
        self, server: OpenAIServer, model: OpenAIChatModel, status: int, body: bytes, code: str
    ) -> None:
        server.expect(refuses(status, body))
        fails_with(model, code)

    def test_an_answer_that_the_policy_cut(self, server: OpenAIServer, model: OpenAIChatModel) -> None:
        server.expect(begins(BEGIN, says("Well"), delta("content_filter")))
        fails_with(model, "content_refused", said="Well")

    def test_what_a_filtered_answer_took_is_told(self, server: OpenAIServer, model: OpenAIChatModel) -> None:
        server.expect(begins(BEGIN, says("Well"), delta("content_filter"), counts(7, 1), DONE))
        assert took(model, "content_refused") == Usage(7, 1)

    def test_a_refusal_in_place_of_an_answer(self, server: OpenAIServer, model: OpenAIChatModel) -> None:
        server.expect(begins(BEGIN, delta(refusal="I'm sorry, I cannot help with that.")))
        fails_with(model, "content_refused")

    def test_a_reason_that_is_not_known(self, server: OpenAIServer, model: OpenAIChatModel) -> None:
        server.expect(begins(BEGIN, says("Well"), delta("tool_calls")))
        fails_with(model, "malformed_answer", said="Well")

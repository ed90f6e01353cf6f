import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from coaching.adapters.llm.anthropic import AnthropicChatModel
from coaching.adapters.llm.anthropic_failures import BY_TYPE, BY_WORDS
from coaching.models.ports import Message, Prompt
from coaching.vocabulary import Usage
from tests.adapters.llm.chat_model_contract import ChatModelContract, StillGenerating, asking, counted, text_of
from tests.adapters.llm.hosted_contract import HostedContract, MakeModel, begins, fails_with, refuses, took
from tests.support.anthropic_server import AnthropicServer, begin, ends, event, opens, refusal, says
from tests.support.loopback_server import Wire, in_turn

SCHEMA = {"type": "object", "properties": {"mood": {"type": "string"}}, "required": ["mood"]}
KEPT = {"type": "ephemeral"}


@pytest.fixture
def server() -> Iterator[AnthropicServer]:
    with AnthropicServer(pause=0.001) as server:
        yield server


@pytest.fixture
def model(server: AnthropicServer) -> AnthropicChatModel:
    return AnthropicChatModel("tiny", lambda: "sk-good", server.url)


@pytest.fixture
def make_model(model: AnthropicChatModel) -> MakeModel:
    return lambda **changes: replace(model, **changes)


class TestAnthropicChatModel(ChatModelContract):
    @pytest.fixture
    def still_generating(self, server: AnthropicServer) -> StillGenerating:
        return lambda: server.running > 0


class TestMisbehaviour(HostedContract):
    def begin(self) -> bytes:
        return begin() + opens()

    def says(self, text: str) -> bytes:
        return says(text)

    def ends(self) -> bytes:
        return ends("end_turn", 2)

    def refusal(self) -> bytes:
        return refusal("overloaded_error", "My private matter")


def test_sends_what_the_api_asks_for(server: AnthropicServer, model: AnthropicChatModel) -> None:
    messages = (Message("system", "Be brief."), Message("user", "Hi"), Message("assistant", "Hello."))
    prompt = Prompt((*messages, Message("user", "Why?")), temperature=1.5, max_tokens=50, stop=("END",))
    list(model.generate(prompt))
    assert server.requests == [
        {
            "model": "tiny",
            "max_tokens": 50,
            "stream": True,
            "system": [{"type": "text", "text": "Be brief.", "cache_control": KEPT}],
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
                {"role": "assistant", "content": [{"type": "text", "text": "Hello.", "cache_control": KEPT}]},
                {"role": "user", "content": [{"type": "text", "text": "Why?"}]},
            ],
            "temperature": 1.0,
            "stop_sequences": ["END"],
        }
    ]
    headers = server.received[0].headers
    assert headers["x-api-key"] == "sk-good"
    assert headers["anthropic-version"] == "2023-06-01"


def test_leaves_out_what_there_is_not(server: AnthropicServer, model: AnthropicChatModel) -> None:
    quiet = replace(model, takes_temperature=False, more={"thinking": {"type": "disabled"}})
    list(quiet.generate(Prompt((Message("user", "Hi"),))))
    assert server.requests[0].keys() == {"model", "max_tokens", "stream", "messages", "thinking"}


def test_ends_with_what_was_counted_and_why(model: AnthropicChatModel) -> None:
    fragments = list(model.generate(asking("three short words")))
    assert text_of(fragments) == "You said: three short words"
    assert (counted(fragments), fragments[-1].finish) == (Usage(7, 5), "stop")
    *_, last = model.generate(asking("three short words", max_tokens=2))
    assert last.finish == "length"


def test_what_the_cache_held_was_read_as_well(server: AnthropicServer, model: AnthropicChatModel) -> None:
    server.expect(
        in_turn(begins(begin(5, cached=1000, written=300), opens(), says("Well"), ends("end_turn", 3)), Wire.end)
    )
    assert counted(list(model.generate(asking("Hi")))) == Usage(1305, 3, 1000, 300)


def test_ends_before_a_stop_word(model: AnthropicChatModel) -> None:
    *pieces, last = model.generate(replace(asking("Begin. END And more"), stop=("END",)))
    assert (text_of(pieces), last.finish) == ("You said: Begin. ", "stop")


def test_passes_over_thoughts_and_events_that_are_new(server: AnthropicServer, model: AnthropicChatModel) -> None:
    thought = event("content_block_delta", index=0, delta={"type": "thinking_delta", "thinking": "Hm."})
    signed = event("content_block_delta", index=0, delta={"type": "signature_delta", "signature": "x"})
    new = event("message_weather", delta={"type": "sunny"})
    server.expect(in_turn(begins(begin(), thought, signed, new, says("Well"), ends("end_turn", 3)), Wire.end))
    assert text_of(list(model.generate(asking("Hi")))) == "Well"


class TestStructuredOutput:
    def test_is_text_in_the_format_of_the_schema(self, server: AnthropicServer, model: AnthropicChatModel) -> None:
        eager = replace(model, more={"output_config": {"effort": "low"}})
        *pieces, last = eager.generate(replace(asking("How am I?"), schema=SCHEMA))
        assert json.loads(text_of(pieces)) == {"mood": "good", "score": 3}
        assert last.finish == "stop"
        strict = {**SCHEMA, "additionalProperties": False}
        assert server.requests[0]["output_config"] == {
            "effort": "low",
            "format": {"type": "json_schema", "schema": strict},
        }
        assert "tools" not in server.requests[0]

    def test_is_refused_by_a_model_without_it(self, server: AnthropicServer, model: AnthropicChatModel) -> None:
        plain = replace(model, takes_schema=False)
        fails_with(plain, "request_refused", prompt=replace(asking("Hi"), schema=SCHEMA))
        assert server.received == []


class TestRefusals:
    @pytest.mark.parametrize(("type", "code"), BY_TYPE.items())
    @pytest.mark.parametrize("status", [200, 400, 500])
    def test_the_type_counts_more_than_the_status(
        self, server: AnthropicServer, model: AnthropicChatModel, status: int, type: str, code: str
    ) -> None:
        server.expect(refuses(status, refusal(type, "My private matter")))
        fails_with(model, code)

    @pytest.mark.parametrize(("words", "code"), BY_WORDS.items())
    def test_the_words_of_a_refused_request_count(
        self, server: AnthropicServer, model: AnthropicChatModel, words: str, code: str
    ) -> None:
        server.expect(refuses(400, refusal("invalid_request_error", f"It says: {words.capitalize()} for you")))
        fails_with(model, code)

    def test_a_type_that_is_new(self, server: AnthropicServer, model: AnthropicChatModel) -> None:
        server.expect(refuses(429, refusal("patience_error")), refuses(200, refusal("patience_error")))
        fails_with(model, "rate_limited")
        fails_with(model, "model_failed")

    @pytest.mark.parametrize("limit", ["enforced", "contract", "linked_organization"])
    def test_an_account_that_has_spent_its_money(
        self, server: AnthropicServer, model: AnthropicChatModel, limit: str
    ) -> None:
        spent = refusal("rate_limit_error", error_code=f"{limit}_spend_limit_reached")
        server.expect(refuses(429, spent))
        assert "credit" in fails_with(model, "bad_credentials").message

    def test_an_answer_that_the_policy_refused(self, server: AnthropicServer, model: AnthropicChatModel) -> None:
        server.expect(begins(begin(), opens(), says("Well"), ends("refusal", 1)))
        fails_with(model, "content_refused", said="Well")

    def test_what_was_read_before_a_failure_is_told(self, server: AnthropicServer, model: AnthropicChatModel) -> None:
        server.expect(begins(begin(7), opens(), says("Well"), ends("refusal", 3)), begins(begin(7), opens()))
        assert took(model, "content_refused") == Usage(7, 3)
        assert took(model, "malformed_answer") == Usage(7, 1)

    @pytest.mark.parametrize("reason", ["tool_use", "pause_turn", "weather"])
    def test_a_reason_that_is_not_known(self, server: AnthropicServer, model: AnthropicChatModel, reason: str) -> None:
        server.expect(begins(begin(), opens(), says("Well"), ends(reason, 1)))
        fails_with(model, "malformed_answer", said="Well")

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from coaching.adapters.llm.bedrock import BedrockChatModel
from coaching.adapters.llm.bedrock_client import BedrockClient
from coaching.errors import ModelUnavailable
from coaching.models.ports import Message, Prompt
from coaching.vocabulary import Usage
from tests.adapters.llm.chat_model_contract import ChatModelContract, StillGenerating, asking, counted, text_of
from tests.support.bedrock_server import EVENT_STREAM, BedrockServer, begin, counts, puts_in, says, stops
from tests.support.loopback_server import Fault, Wire, in_turn

TINY = "vendor.tiny-v1:0"
pytestmark = pytest.mark.usefixtures("bedrock_credentials")
SCHEMA = {"type": "object", "properties": {"mood": {"type": "string"}}, "required": ["mood"]}


@pytest.fixture
def server() -> Iterator[BedrockServer]:
    with BedrockServer(pause=0.001) as server:
        yield server


@pytest.fixture
def client(server: BedrockServer) -> BedrockClient:
    return BedrockClient("us-east-1", server.url)


@pytest.fixture
def model(client: BedrockClient) -> BedrockChatModel:
    return BedrockChatModel(client, TINY)


class TestBedrockChatModel(ChatModelContract):
    @pytest.fixture
    def still_generating(self, server: BedrockServer) -> StillGenerating:
        return lambda: server.running > 0


def streams(*events: bytes) -> Fault:
    return in_turn(lambda wire: wire.head(200, EVENT_STREAM), lambda wire: wire.chunk(b"".join(events)), Wire.end)


def test_sends_what_converse_asks_for(server: BedrockServer, model: BedrockChatModel) -> None:
    messages = (Message("system", "Be brief."), Message("user", "Hi"), Message("user", "there"))
    prompt = Prompt((*messages, Message("assistant", "Yes?"), Message("user", "Why?")), 1.5, 50, stop=("END",))
    list(model.generate(prompt))
    assert server.requests == [
        {
            "system": [{"text": "Be brief."}],
            "messages": [
                {"role": "user", "content": [{"text": "Hi"}, {"text": "there"}]},
                {"role": "assistant", "content": [{"text": "Yes?"}]},
                {"role": "user", "content": [{"text": "Why?"}]},
            ],
            "inferenceConfig": {"maxTokens": 50, "temperature": 1.0, "stopSequences": ["END"]},
        }
    ]
    assert server.received[0].path == "/model/vendor.tiny-v1%3A0/converse-stream"


def test_a_model_gets_its_own_fields_and_no_temperature_where_it_refuses_one(
    server: BedrockServer, client: BedrockClient
) -> None:
    thinking = {"thinking": {"type": "disabled"}}
    model = BedrockChatModel(client, TINY, takes_temperature=False, more=thinking)
    list(model.generate(Prompt((Message("user", "Hi"),))))
    assert server.requests[0]["inferenceConfig"].keys() == {"maxTokens"}
    assert server.requests[0]["additionalModelRequestFields"] == thinking


def test_leaves_out_what_there_is_not(server: BedrockServer, model: BedrockChatModel) -> None:
    list(model.generate(Prompt((Message("user", "Hi"),))))
    assert server.requests[0].keys() == {"messages", "inferenceConfig"}
    assert server.requests[0]["inferenceConfig"].keys() == {"maxTokens", "temperature"}


def test_ends_with_what_was_counted_and_why(model: BedrockChatModel) -> None:
    fragments = list(model.generate(asking("three short words")))
    assert text_of(fragments) == "You said: three short words"
    assert (counted(fragments), fragments[-1].finish) == (Usage(7, 5), "stop")
    *_, last = model.generate(asking("three short words", max_tokens=2))
    assert last.finish == "length"


def test_an_answer_ends_before_a_stop_word(model: BedrockChatModel) -> None:
    *pieces, last = model.generate(replace(asking("one two END three"), stop=("END",)))
    assert text_of(pieces) == "You said: one two "
    assert last.finish == "stop"


@pytest.mark.parametrize("reason", ["max_tokens", "model_context_window_exceeded"])
def test_a_window_that_is_full_cuts_an_answer(server: BedrockServer, model: BedrockChatModel, reason: str) -> None:
    server.expect(streams(begin(), says("Well"), stops(reason), counts()))
    assert list(model.generate(asking("Hi")))[-1].finish == "length"


def test_asks_to_keep_what_the_system_messages_say(server: BedrockServer, client: BedrockClient) -> None:
    cached = {"cacheReadInputTokens": 90, "cacheWriteInputTokens": 30}
    server.expect(streams(begin(), says("Well"), stops(), counts(5, 2, **cached)))
    fragments = list(BedrockChatModel(client, TINY, caches_prompts=True).generate(asking("Hi")))
    assert server.requests[0]["system"] == [{"text": "You are a coach."}, {"cachePoint": {"type": "default"}}]
    assert server.requests[0]["messages"] == [{"role": "user", "content": [{"text": "Hi"}]}]
    assert counted(fragments) == Usage(125, 2, 90, 30)


def test_asks_to_keep_the_history_as_well(server: BedrockServer, client: BedrockClient) -> None:
    said = (Message("user", "Hi"), Message("assistant", "Yes?"), Message("user", "Why?"))
    list(BedrockChatModel(client, TINY, caches_prompts=True).generate(Prompt(said)))
    assert [message["content"] for message in server.requests[0]["messages"]] == [
        [{"text": "Hi"}],
        [{"text": "Yes?"}, {"cachePoint": {"type": "default"}}],
        [{"text": "Why?"}],
    ]


class TestSchemas:
    def test_an_answer_is_the_input_of_a_tool_that_must_be_called(
        self, server: BedrockServer, model: BedrockChatModel
    ) -> None:
        *pieces, last = model.generate(replace(asking("How was it?"), schema=SCHEMA))
        assert json.loads(text_of(pieces)) == {"mood": "good", "score": 3}
        assert last.finish == "stop"
        asked = server.requests[0]["toolConfig"]
        assert asked["toolChoice"] == {"tool": {"name": "answer"}}
        assert asked["tools"][0]["toolSpec"]["inputSchema"] == {"json": SCHEMA}

    def test_what_is_said_beside_the_tool_is_left_out(self, server: BedrockServer, model: BedrockChatModel) -> None:
        server.expect(streams(begin(), says("Sure:"), puts_in('{"mood": "good"}'), stops("tool_use"), counts()))
        assert text_of(list(model.generate(replace(asking("How?"), schema=SCHEMA)))) == '{"mood": "good"}'

    @pytest.mark.parametrize("said", [says("No tool."), puts_in('{"mood": '), b""])
    def test_an_answer_that_is_no_json(self, server: BedrockServer, model: BedrockChatModel, said: bytes) -> None:
        server.expect(streams(begin(), said, stops("tool_use"), counts()))
        with pytest.raises(ModelUnavailable) as failed:
            list(model.generate(replace(asking("How?"), schema=SCHEMA)))
        assert failed.value.code == "malformed_answer"

    def test_a_model_without_tools_refuses(self, server: BedrockServer, client: BedrockClient) -> None:
        with pytest.raises(ModelUnavailable) as refused:
            list(BedrockChatModel(client, TINY, takes_schema=False).generate(replace(asking("How?"), schema=SCHEMA)))
        assert refused.value.code == "request_refused"
        assert server.requests == []

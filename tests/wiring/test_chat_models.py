"""What a model's card says reaches its server."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from coaching.models.ports import Message, Prompt
from coaching.wiring.models import chat_members
from coaching.wiring.vendors import bedrock
from tests.support.anthropic_server import AnthropicServer
from tests.support.bedrock_server import BedrockServer, given_credentials
from tests.support.openai_server import OpenAIServer
from tests.wiring.conftest import Configure

PROMPT = Prompt((Message("user", "Hi"),))


def card(provider: str, model: str = "tiny", features: Sequence[str] = ("streaming",), **more: Any) -> str:
    asked = {"provider": provider, "model": model, "context_tokens": 1024, "quality": "fast", "features": features}
    return json.dumps([{**asked, **more}])


def ask() -> None:
    (member,) = chat_members()
    assert list(member.model.generate(PROMPT))


def test_openais_effort_and_no_temperature(configure: Configure) -> None:
    with OpenAIServer() as server:
        configure(chat_models="openai:tiny", model_cards=card("openai", more={"reasoning_effort": "none"}))
        configure(openai_url=f"{server.url}/v1", openai_api_key="sk-good")
        ask()
        assert server.requests[0]["reasoning_effort"] == "none"
        assert "temperature" not in server.requests[0]


def test_anthropics_own_fields_and_a_temperature_where_it_takes_one(configure: Configure) -> None:
    with AnthropicServer() as server:
        more = {"thinking": {"type": "disabled"}}
        configure(chat_models="anthropic:tiny", model_cards=card("anthropic", features=["temperature"], more=more))
        configure(anthropic_url=server.url, anthropic_api_key="sk-good")
        ask()
        assert server.requests[0]["thinking"] == {"type": "disabled"}
        assert server.requests[0]["temperature"] == PROMPT.temperature


@pytest.mark.parametrize("features", [["streaming"], ["streaming", "temperature"]])
def test_bedrock_is_asked_in_the_cards_region(
    configure: Configure, monkeypatch: pytest.MonkeyPatch, features: list[str]
) -> None:
    given_credentials(monkeypatch)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    with BedrockServer() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", server.url)
        (model,) = server.models
        configure(chat_models=f"bedrock:{model}", model_cards=card("bedrock", model, features, region="us-east-1"))
        # The server lets in what is signed for us-east-1 alone.
        ask()
        assert ("temperature" in server.requests[0]["inferenceConfig"]) == ("temperature" in features)


def test_the_settings_region_comes_before_the_cards(configure: Configure) -> None:
    configure(chat_models="bedrock:us.amazon.nova-micro-v1:0", bedrock_region="us-west-2")
    chat_members()
    assert bedrock.cache_info().currsize == 1
    bedrock("us-west-2")
    assert bedrock.cache_info().hits == 1


def test_transformers_in_process_stand_in_for_the_hosted_router(configure: Configure) -> None:
    from coaching.adapters.llm.transformers import TransformersChatModel

    configure(chat_models="huggingface:own/tiny", model_cards=card("huggingface", "own/tiny"))
    configure(huggingface_runs="in_process")
    (member,) = chat_members()
    assert isinstance(member.model, TransformersChatModel)
    assert member.model.name == member.name

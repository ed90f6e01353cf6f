"""What vendors list for a key, and how it is said when they do not."""

import json
from collections.abc import Iterator

import pytest

from coaching.adapters.llm.bedrock_models import BedrockModels
from coaching.adapters.llm.model_lists import AnthropicModels, FirstNodesModels, OpenAIModels
from coaching.adapters.llm.nodes import ListedNodes
from coaching.errors import ModelUnavailable
from coaching.models.verification import ModelList
from tests.support.loopback_server import LoopbackServer, Received, Wire
from tests.support.ollama_server import OllamaServer

KEY = "sk-good"


class Vendor(LoopbackServer):
    """Lists `held` to the key, in OpenAI's shape, which is Anthropic's too, or in that of Bedrock's control plane."""

    held = ("one", "two")
    body = b""
    asked = 0

    def answer(self, wire: Wire, request: Received) -> None:
        self.asked += 1
        headers = request.headers
        if request.path == "/foundation-models":
            return wire.whole(200, json.dumps({"modelSummaries": [{"modelId": name} for name in self.held]}).encode())
        if headers.get("authorization") != f"Bearer {KEY}" and headers.get("x-api-key") != KEY:
            return wire.whole(401, b'{"error": {"type": "authentication_error", "message": "no"}}')
        if request.path not in ("/v1/models", "/v1/models?limit=1000"):
            return wire.whole(404, b"{}")
        listed = {"object": "list", "has_more": False, "data": [{"id": name, "object": "model"} for name in self.held]}
        return wire.whole(200, self.body or json.dumps(listed).encode())


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with Vendor() as server:
        yield server


def lists(vendor: Vendor, key: str = KEY) -> list[ModelList]:
    return [OpenAIModels(f"{vendor.url}/v1", lambda: key), AnthropicModels(vendor.url, lambda: key)]


def fails(listed: ModelList, code: str) -> str:
    with pytest.raises(ModelUnavailable) as failed:
        listed.names()
    assert failed.value.code == code
    return failed.value.message


def test_names_are_the_vendors_own(vendor: Vendor) -> None:
    assert [set(listed.names()) for listed in lists(vendor)] == [{"one", "two"}] * 2


def test_a_bad_key_is_told_as_such_and_not_repeated(vendor: Vendor) -> None:
    for listed in lists(vendor, "sk-bad"):
        assert "sk-bad" not in fails(listed, "bad_credentials")


def test_what_is_no_list_is_malformed(vendor: Vendor) -> None:
    vendor.body = b'{"data": "none"}'
    for listed in lists(vendor):
        fails(listed, "malformed_answer")


def test_nobody_there(vendor: Vendor) -> None:
    fails(OpenAIModels("http://127.0.0.1:9/v1", lambda: KEY), "unreachable")


@pytest.mark.usefixtures("bedrock_credentials")
def test_bedrock_lists_the_models_behind_its_profiles(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK", vendor.url)
    assert set(BedrockModels("us-east-1").names()) == {"one", "two"}
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK", "http://127.0.0.1:9")
    fails(BedrockModels("us-east-1"), "unreachable")


def test_the_first_node_speaks_for_a_service() -> None:
    with OllamaServer({"llama3:8b": 8_192}) as server:
        assert set(FirstNodesModels(ListedNodes((server.url,)), 5.0).names()) == {"llama3:8b"}
    fails(FirstNodesModels(ListedNodes(()), 5.0), "unreachable")

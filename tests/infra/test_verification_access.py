"""The function that tells of the system's health may ask whether the stage's models are there, and no other may."""

import pytest

from infra.model_access import ChatModels, verification_variables
from tests.infra.templates import Assembly
from tests.infra.test_embedding_access import may


@pytest.mark.synth
@pytest.mark.xdist_group("synth")
class TestDeployed:
    def test_it_is_told_of_the_models_and_may_ask_for_their_lists(self, arm64: Assembly) -> None:
        told = arm64.environment("platform")
        assert told["CHAT_MODELS"] == "ollama:llama3:8b,bedrock:us.amazon.nova-micro-v1:0,openai:gpt-4.1-mini"
        assert (told["MODEL_KEYS_SECRET"], told["OLLAMA_URL"]) == (
            "creator-coach/model-keys",
            "https://ollama.example.com",
        )
        assert may(arm64, "platform", "bedrock:ListFoundationModels") == ["*"]
        assert may(arm64, "platform", "secretsmanager:GetSecretValue")
        assert not may(arm64, "platform", "bedrock:InvokeModelWithResponseStream")
        others = [name for name in arm64.functions() if may(arm64, name, "bedrock:ListFoundationModels")]
        assert others == ["platform"]

    def test_the_stages_own_machines_are_not_asked_from_outside_of_their_network(self, gpu: Assembly) -> None:
        assert gpu.environment("platform")["OLLAMA_URL"] == ""
        assert "VpcConfig" not in gpu.functions()["platform"]

    def test_without_models_it_may_nothing(self, dev: Assembly) -> None:
        assert not may(dev, "platform", "bedrock:ListFoundationModels")
        assert not may(dev, "platform", "secretsmanager:GetSecretValue")


def test_an_ollama_that_everybody_reaches_is_asked() -> None:
    models = ChatModels(("ollama:llama3:8b",), "http://ollama.internal:11434")
    assert verification_variables(models, outside_ollama_url="")["OLLAMA_URL"] == ""
    told = verification_variables(models, outside_ollama_url="https://ollama.example.com")
    assert told["OLLAMA_URL"] == "https://ollama.example.com"

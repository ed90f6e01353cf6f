"""A stage may have its texts embedded elsewhere: functions that embed are told by whom, and permitted to ask."""

import pytest

from coaching.settings import Settings
from infra.embedding_access import Embedding, embedding_variables
from infra.model_access import NoSuchModel
from infra.system import SYSTEM
from tests.infra.templates import Assembly, listed

EMBED = {capability.name for capability in SYSTEM.capabilities if capability.embeds}


def may(assembly: Assembly, capability: str, action: str) -> list[str]:
    role = assembly.text(assembly.functions()[capability]["Role"]).removesuffix(".Arn>") + ">"
    return [
        assembly.text(resource)
        for statement in assembly.statements(role)
        if action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    ]


@pytest.mark.synth
@pytest.mark.xdist_group("synth")
class TestDeployed:
    def test_on_bedrock_only_those_that_embed_may_ask_and_only_that_model(self, embedded: Assembly) -> None:
        for capability in embedded.functions():
            arns = may(embedded, capability, "bedrock:InvokeModel")
            assert bool(arns) == (capability in EMBED)
            assert all(arn.endswith("::foundation-model/amazon.titan-embed-text-v2:0") for arn in arns)
            assert embedded.environment(capability)["EMBEDDER"] == "bedrock"

    def test_with_a_key_they_are_told_where_it_is_and_may_read_it(self, keyed: Assembly) -> None:
        for capability in EMBED:
            told = keyed.environment(capability)
            assert told["OPENAI_EMBEDDING_MODEL"] == "text-embedding-3-large"
            assert told["MODEL_KEYS_SECRET"] == "creator-coach/model-keys"
            assert may(keyed, capability, "secretsmanager:GetSecretValue")
        assert not may(keyed, "index_passages", "secretsmanager:GetSecretValue")


@pytest.mark.parametrize(
    ("embedding", "told"),
    [
        (Embedding(), {"EMBEDDER": "minilm"}),
        (Embedding("bedrock"), {"EMBEDDER": "bedrock"}),
        (Embedding("ollama", "bge-m3"), {"OLLAMA_EMBEDDING_MODEL": "bge-m3", "OLLAMA_URL": "http://10.0.0.5:11434"}),
    ],
)
def test_functions_are_told_what_settings_read(embedding: Embedding, told: dict[str, str]) -> None:
    found = embedding_variables(embedding, ollama_url="http://10.0.0.5:11434", keys_secret="keys")
    assert told.items() <= found.items()
    assert {name.lower() for name in found} <= set(Settings.model_fields)


@pytest.mark.parametrize(
    ("by", "sentence"), [("ollama", "name ollama_url"), ("openai", "name model_keys_secret in the stage")]
)
def test_a_stage_that_leaves_something_unsaid_cannot_be_deployed(by: str, sentence: str) -> None:
    with pytest.raises(NoSuchModel, match=sentence):
        embedding_variables(Embedding(by), ollama_url="", keys_secret="")  # type: ignore[arg-type]

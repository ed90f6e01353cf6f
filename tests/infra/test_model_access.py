"""A stage that names chat models says all that they need, and its functions may ask these and no others."""

import pytest

from infra.model_access import ChatModels, NoSuchModel, bedrock_resources, variables


def test_a_function_is_told_who_words_replies_and_what_that_needs() -> None:
    models = ChatModels(("ollama:llama3:8b", "openai:gpt-4o-mini"), "http://10.0.0.5:11434", "keys")
    assert variables(models) == {
        "CHAT_MODELS": "ollama:llama3:8b,openai:gpt-4o-mini",
        "OLLAMA_URL": "http://10.0.0.5:11434",
        "MODEL_KEYS_SECRET": "keys",
    }


def test_it_is_told_nothing_that_it_does_not_need() -> None:
    assert variables(ChatModels((), "http://10.0.0.5:11434", "keys")) == {"CHAT_MODELS": ""}
    assert variables(ChatModels(("bedrock:amazon.nova-lite-v1:0",), keys_secret="keys")) == {
        "CHAT_MODELS": "bedrock:amazon.nova-lite-v1:0"
    }


@pytest.mark.parametrize(
    ("models", "sentence"),
    [
        (ChatModels(("ollama:llama3:8b",)), "name ollama_url"),
        (ChatModels(("openai:gpt-4o-mini", "anthropic:claude")), "anthropic, openai asks for a key"),
        (ChatModels(("llama_cpp:smollm",)), "no function has"),
        (ChatModels(("llama3",)), "is no model's name"),
        (ChatModels(("azure:gpt",)), "is no model's name"),
        (ChatModels(("ollama:",)), "is no model's name"),
    ],
)
def test_a_stage_that_leaves_something_unsaid_cannot_be_deployed(models: ChatModels, sentence: str) -> None:
    with pytest.raises(NoSuchModel, match=sentence):
        variables(models)


def test_a_profile_is_permitted_together_with_the_model_that_it_asks() -> None:
    names = ("ollama:llama3:8b", "bedrock:amazon.nova-lite-v1:0", "bedrock:eu.amazon.nova-pro-v1:0")
    assert list(bedrock_resources(names, partition="aws", account="1")) == [
        "arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0",
        "arn:aws:bedrock:*:1:inference-profile/eu.amazon.nova-pro-v1:0",
        "arn:aws:bedrock:*::foundation-model/amazon.nova-pro-v1:0",
    ]

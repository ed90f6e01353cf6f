"""A stage that names chat models says all that they need, and its functions may ask these and no others."""

import pytest

from coaching.models.catalogue import with_custom
from coaching.settings import Settings
from infra.model_access import ChatModels, NoSuchModel, bedrock_resources, variables


def test_a_function_is_told_who_words_replies_and_what_that_needs() -> None:
    models = ChatModels(("ollama:llama3:8b", "openai:gpt-4.1-mini"), "http://10.0.0.5:11434", "keys")
    assert variables(models) == {
        "CHAT_MODELS": "ollama:llama3:8b,openai:gpt-4.1-mini",
        "OLLAMA_URL": "http://10.0.0.5:11434",
        "MODEL_KEYS_SECRET": "keys",
    }


def test_it_is_told_nothing_that_it_does_not_need() -> None:
    assert variables(ChatModels((), "http://10.0.0.5:11434", "keys")) == {"CHAT_MODELS": ""}
    assert variables(ChatModels(("bedrock:us.amazon.nova-micro-v1:0",), keys_secret="keys")) == {
        "CHAT_MODELS": "bedrock:us.amazon.nova-micro-v1:0"
    }


def test_a_model_that_the_catalogue_lacks_comes_with_its_card() -> None:
    card = {"provider": "openai", "model": "gpt-9", "context_tokens": 9_000, "quality": "high", "price_in": "1.5"}
    told = variables(ChatModels(("openai:gpt-9",), keys_secret="keys", cards=(card,)))
    settings = Settings.model_validate({name.lower(): value for name, value in told.items()})
    assert with_custom(settings.model_cards)[-1].name == "openai:gpt-9"


@pytest.mark.parametrize(
    ("models", "sentence"),
    [
        (ChatModels(("ollama:llama3:8b",)), "name ollama_url"),
        (ChatModels(("openai:gpt-4.1-mini", "anthropic:claude")), "anthropic, openai asks for a key"),
        (ChatModels(("openai:gpt-9",), keys_secret="keys"), "Near it are"),
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

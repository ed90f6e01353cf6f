"""Models that others host: how each vendor is reached, and with which key."""

from functools import cache
from typing import TYPE_CHECKING

from coaching.settings import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from coaching.adapters.aws.model_keys import SecretsManagerModelKeys
    from coaching.adapters.llm.anthropic import AnthropicChatModel
    from coaching.adapters.llm.bedrock import BedrockChatModel
    from coaching.adapters.llm.bedrock_client import BedrockClient
    from coaching.adapters.llm.deadlines import Deadlines
    from coaching.adapters.llm.openai import OpenAIChatModel
    from coaching.models.catalogue import ModelCard

FIRST_TOKEN_SECONDS = 15.0
"""A hosted model has nothing to load: where it says nothing for so long, the next one is asked."""


def by_openai_protocol(card: "ModelCard") -> "OpenAIChatModel":
    """The model of OpenAI's, or of Hugging Face's router."""
    from coaching.adapters.llm.openai import OpenAIChatModel

    hosted_by_openai = card.provider == "openai"
    return OpenAIChatModel(
        settings().openai_url if hosted_by_openai else settings().huggingface_url,
        card.model,
        key_of(card.provider),
        provider=card.provider,
        deadlines=_deadlines(),
        max_tokens_field="max_completion_tokens" if hosted_by_openai else "max_tokens",
        takes_temperature="temperature" in card.features,
        takes_schema="json_schema" in card.features,
        more=card.more,
    )


def of_anthropic(card: "ModelCard") -> "AnthropicChatModel":
    """The model at Anthropic's own address."""
    from coaching.adapters.llm.anthropic import AnthropicChatModel

    return AnthropicChatModel(
        card.model,
        key_of("anthropic"),
        base_url=settings().anthropic_url,
        deadlines=_deadlines(),
        takes_temperature="temperature" in card.features,
        takes_schema="json_schema" in card.features,
        more=card.more,
    )


def on_bedrock(card: "ModelCard") -> "BedrockChatModel":
    """The model, or the inference profile, of the region that settings name, else of its card's."""
    from coaching.adapters.llm.bedrock import BedrockChatModel

    return BedrockChatModel(
        bedrock(settings().bedrock_region or card.region),
        card.model,
        _deadlines(),
        takes_schema="json_schema" in card.features,
        caches_prompts="prompt_cache" in card.features,
        takes_temperature="temperature" in card.features,
        more=card.more,
    )


def key_of(provider: str) -> "Callable[[], str]":
    """Return what gives the provider's key for each request: of the secret, or of the environment without one."""
    chosen = settings()
    if chosen.model_keys_secret:
        return lambda: _model_keys().key(provider)
    keys = {
        "openai": chosen.openai_api_key,
        "anthropic": chosen.anthropic_api_key,
        "huggingface": chosen.huggingface_api_key,
    }
    return keys[provider].get_secret_value


@cache
def bedrock(region: str) -> "BedrockClient":
    """The client of a region; without a name, of the region of everything else."""
    from coaching.adapters.llm.bedrock_client import BedrockClient

    return BedrockClient(region or None)


def _deadlines() -> "Deadlines":
    from coaching.adapters.llm.deadlines import Deadlines

    return Deadlines(first_token=FIRST_TOKEN_SECONDS)


@cache
def _model_keys() -> "SecretsManagerModelKeys":
    from coaching.adapters.aws.clients import secretsmanager_client
    from coaching.adapters.aws.model_keys import SecretsManagerModelKeys

    return SecretsManagerModelKeys(secretsmanager_client, settings().model_keys_secret)

"""Whether the models that settings name are there, asked of those who serve them."""

from functools import cache
from typing import TYPE_CHECKING

from coaching.settings import settings
from coaching.wiring.models import chat_cards
from coaching.wiring.vendors import key_of

if TYPE_CHECKING:
    from coaching.models.catalogue import Provider
    from coaching.models.verification import ModelList, VerifyModels

OLLAMA_SECONDS = 2.0


@cache
def verify_models() -> "VerifyModels":
    from coaching.entrypoint.figures import log_missing
    from coaching.models.verification import VerifyModels

    return VerifyModels(chat_cards(), _lists() if chat_cards() else {}, log_missing)


def hosted_lists() -> "dict[Provider, ModelList]":
    """What vendors list for our keys; each is asked for some two seconds at most."""
    from coaching.adapters.llm.bedrock_models import BedrockModels
    from coaching.adapters.llm.model_lists import AnthropicModels, OpenAIModels

    chosen = settings()
    regions = [card.region for card in chat_cards() if card.provider == "bedrock"]
    found: dict[Provider, ModelList] = {
        "openai": OpenAIModels(chosen.openai_url, key_of("openai")),
        "anthropic": AnthropicModels(chosen.anthropic_url, key_of("anthropic")),
        "bedrock": BedrockModels(chosen.bedrock_region or next(iter(regions), "")),
    }
    if chosen.huggingface_runs == "hosted":
        found["huggingface"] = OpenAIModels(chosen.huggingface_url, key_of("huggingface"), "Hugging Face")
    return found


def _lists() -> "dict[Provider, ModelList]":
    from coaching.adapters.llm.model_lists import FirstNodesModels
    from coaching.adapters.llm.nodes import nodes_at

    url = settings().ollama_url
    return {**hosted_lists(), "ollama": FirstNodesModels(nodes_at(url), OLLAMA_SECONDS)} if url else hosted_lists()

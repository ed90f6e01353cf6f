"""Which models word replies, and how each is reached."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from coaching.settings import settings
from coaching.wiring.metrics import spending, usage_ledger

if TYPE_CHECKING:
    from collections.abc import Callable

    from coaching.adapters.aws.model_keys import SecretsManagerModelKeys
    from coaching.adapters.llm.bedrock_client import BedrockClient
    from coaching.adapters.llm.deadlines import Deadlines
    from coaching.models.admission import Admission
    from coaching.models.balancing import Nodes, RestingNodes
    from coaching.models.catalogue import ModelCard
    from coaching.models.choosing import ChooseModels
    from coaching.models.metering import MeterCalls
    from coaching.models.ports import ChatModel

METER_WRITERS = 4
"""Calls of models that one process writes down at a time."""
NODE_FIRST_TOKEN_SECONDS = 20.0
HOSTED_FIRST_TOKEN_SECONDS = 15.0
"""A hosted model has nothing to load: where it says nothing for so long, the next one is asked."""


@cache
def choose_models() -> "ChooseModels | None":
    """The models that word replies; None where the composer answers with the creator's own sentences."""
    cards = chat_cards()
    if not cards:
        return None
    from coaching.entrypoint.figures import emit_attempts
    from coaching.models.attempts import Member
    from coaching.models.choosing import ChooseModels
    from coaching.models.fallback import FallbackChain
    from coaching.models.fitting import fit

    members = tuple(Member(card, _model(card)) for card in cards)
    return ChooseModels(FallbackChain(members, fit=fit, told=emit_attempts), meter_calls(), spending())


@cache
def meter_calls() -> "MeterCalls":
    from concurrent.futures import ThreadPoolExecutor

    from coaching.entrypoint.figures import emit_call, log_lost
    from coaching.models.metering import MeterCalls

    pool = ThreadPoolExecutor(METER_WRITERS, thread_name_prefix="metering")
    return MeterCalls(usage_ledger(), chat_cards(), pool, emit_call, log_lost)


@cache
def chat_cards() -> "tuple[ModelCard, ...]":
    """What is known of the models that settings name, in their order. Raises: ValueError: no caller can mend them."""
    from coaching.errors import Invalid, NotFound
    from coaching.models.catalogue import card_or_own, with_custom

    try:
        known = with_custom(settings().model_cards)
        return tuple(card_or_own(name, known) for name in settings().chat_models)
    except (NotFound, Invalid) as error:
        raise ValueError(error.message) from error


def _model(card: "ModelCard") -> "ChatModel":
    match card.provider:
        case "ollama":
            return _on_ollama(card)
        case "llama_cpp":
            from coaching.adapters.llm.llama_cpp import LlamaCppChatModel

            return LlamaCppChatModel(Path(settings().gguf_path), card.context_tokens)
        case "bedrock":
            from coaching.adapters.llm.bedrock import BedrockChatModel

            return BedrockChatModel(
                _bedrock(), card.model, _hosted_deadlines(), takes_schema="json_schema" in card.features
            )
        case "openai" | "huggingface":
            return _by_openai_protocol(card)
        case "anthropic":
            return _of_anthropic(card)
        case unknown:
            assert_never(unknown)


def _on_ollama(card: "ModelCard") -> "ChatModel":
    from coaching.adapters.llm.deadlines import Deadlines
    from coaching.adapters.llm.nodes import ListedNodes
    from coaching.adapters.llm.ollama import OllamaChatModel
    from coaching.models.balancing import BalancedChatModel

    nodes = _ollama_nodes()
    alone = isinstance(nodes, ListedNodes) and len(nodes.urls) == 1 and len(settings().chat_models) == 1
    # Where others could answer, one that hangs must leave them time; on a laptop reading the prompt may take a minute.
    deadlines = Deadlines() if alone else Deadlines(first_token=NODE_FIRST_TOKEN_SECONDS)

    @cache
    def at(address: str) -> "ChatModel":
        return OllamaChatModel(address, card.model, card.context_tokens, deadlines)

    return BalancedChatModel(card.name, nodes, at, _admission(), resting=_resting())


@cache
def _admission() -> "Admission":
    from coaching.models.admission import Admission

    return Admission()


@cache
def _resting() -> "RestingNodes":
    from coaching.models.balancing import RestingNodes

    return RestingNodes()


@cache
def _ollama_nodes() -> "Nodes":
    from coaching.adapters.llm.nodes import nodes_at

    return nodes_at(settings().ollama_url)


def _by_openai_protocol(card: "ModelCard") -> "ChatModel":
    from coaching.adapters.llm.openai import OpenAIChatModel

    hosted_by_openai = card.provider == "openai"
    return OpenAIChatModel(
        settings().openai_url if hosted_by_openai else settings().huggingface_url,
        card.model,
        _key_of(card.provider),
        provider=card.provider,
        deadlines=_hosted_deadlines(),
        max_tokens_field="max_completion_tokens" if hosted_by_openai else "max_tokens",
        takes_temperature="temperature" in card.features,
        takes_schema="json_schema" in card.features,
    )


def _of_anthropic(card: "ModelCard") -> "ChatModel":
    from coaching.adapters.llm.anthropic import AnthropicChatModel

    return AnthropicChatModel(
        card.model,
        _key_of("anthropic"),
        base_url=settings().anthropic_url,
        deadlines=_hosted_deadlines(),
        takes_temperature="temperature" in card.features,
    )


def _hosted_deadlines() -> "Deadlines":
    from coaching.adapters.llm.deadlines import Deadlines

    return Deadlines(first_token=HOSTED_FIRST_TOKEN_SECONDS)


def _key_of(provider: str) -> "Callable[[], str]":
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
def _model_keys() -> "SecretsManagerModelKeys":
    from coaching.adapters.aws.clients import secretsmanager_client
    from coaching.adapters.aws.model_keys import SecretsManagerModelKeys

    return SecretsManagerModelKeys(secretsmanager_client, settings().model_keys_secret)


@cache
def _bedrock() -> "BedrockClient":
    from coaching.adapters.llm.bedrock_client import BedrockClient

    return BedrockClient(settings().bedrock_region or None)

"""Which models word replies, and how each is reached."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from coaching.settings import settings
from coaching.wiring.current_model import follow_current_model, watch_switch
from coaching.wiring.metrics import spending, usage_ledger
from coaching.wiring.vendors import by_openai_protocol, of_anthropic, on_bedrock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coaching.adapters.llm.ollama import OllamaChatModel
    from coaching.models.admission import Admission
    from coaching.models.attempts import Attempt, Member
    from coaching.models.balancing import BalancedChatModel, Nodes
    from coaching.models.cache import ReuseAnswers
    from coaching.models.catalogue import ModelCard
    from coaching.models.choosing import ChooseModels
    from coaching.models.kept_answers import KeptAnswers
    from coaching.models.metering import MeterCalls
    from coaching.models.node_states import RestingNodes
    from coaching.models.ports import ChatModel, LoadableModel

ANSWERS_AT_ONCE = 128
"""Answers that may be reused and that one process generates at a time; what comes on top waits."""
METER_WRITERS = 4
"""Calls of models that one process writes down at a time."""
NODE_FIRST_TOKEN_SECONDS = 20.0


@cache
def choose_models() -> "ChooseModels | None":
    """The models that word replies; None where the composer answers with the creator's own sentences."""
    members = chat_members()
    if not members:
        return None
    from coaching.models.choosing import ChooseModels
    from coaching.models.fallback import FallbackChain
    from coaching.models.fitting import fit

    chain = FallbackChain(members, fit=fit, told=_told)
    return ChooseModels(chain, meter_calls(), spending(), lambda: follow_current_model()().current, reuse_answers())


@cache
def reuse_answers() -> "ReuseAnswers":
    """What this process keeps of its models' answers."""
    from concurrent.futures import ThreadPoolExecutor

    from coaching.models.cache import ReuseAnswers
    from coaching.models.flights import Flights

    return ReuseAnswers(kept_answers(), Flights(ThreadPoolExecutor(ANSWERS_AT_ONCE, "answers")))


@cache
def kept_answers() -> "KeptAnswers":
    from coaching.models.kept_answers import InstanceKeptAnswers

    return InstanceKeptAnswers()


def _told(attempts: "tuple[Attempt, ...]") -> None:
    from coaching.entrypoint.figures import emit_attempts

    emit_attempts(attempts)
    watch_switch().note(attempts)


@cache
def chat_members() -> "tuple[Member, ...]":
    """The models that settings name, in their order, each as it is reached."""
    from coaching.models.attempts import Member

    def member(card: "ModelCard") -> "Member":
        if card.provider != "ollama":
            return Member(card, _model(card))
        balanced = _on_ollama(card)
        return Member(card, balanced, balanced.readiness)

    return tuple(member(card) for card in chat_cards())


def loadables(name: str) -> "Sequence[LoadableModel]":
    """Return what has to be loaded before the model of that name answers. Raises: ModelUnavailable."""
    # The vendors' are loaded, and llama.cpp, in process, reads its file when it is first asked.
    on_ollama = [card for card in chat_cards() if card.name == name and card.provider == "ollama"]
    return [_ollama_at(card, address) for card in on_ollama for address in _ollama_nodes().addresses()]


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
            return on_bedrock(card)
        case "openai":
            return by_openai_protocol(card)
        case "huggingface" if settings().huggingface_runs == "in_process":
            from coaching.adapters.llm.transformers import TransformersChatModel

            return TransformersChatModel(card.model)
        case "huggingface":
            return by_openai_protocol(card)
        case "anthropic":
            return of_anthropic(card)
        case unknown:
            assert_never(unknown)


def _on_ollama(card: "ModelCard") -> "BalancedChatModel":
    from coaching.models.balancing import BalancedChatModel

    return BalancedChatModel(
        card.name, _ollama_nodes(), lambda address: _ollama_at(card, address), _admission(), resting=_resting()
    )


@cache
def _ollama_at(card: "ModelCard", address: str) -> "OllamaChatModel":
    from coaching.adapters.llm.deadlines import Deadlines
    from coaching.adapters.llm.nodes import ListedNodes
    from coaching.adapters.llm.ollama import OllamaChatModel

    nodes = _ollama_nodes()
    alone = isinstance(nodes, ListedNodes) and len(nodes.urls) == 1 and len(settings().chat_models) == 1
    # Where others could answer, one that hangs must leave them time; on a laptop reading the prompt may take a minute.
    deadlines = Deadlines() if alone else Deadlines(first_token=NODE_FIRST_TOKEN_SECONDS)
    return OllamaChatModel(address, card.model, card.context_tokens, deadlines)


@cache
def _admission() -> "Admission":
    from coaching.models.admission import Admission

    return Admission()


@cache
def _resting() -> "RestingNodes":
    from coaching.models.node_states import RestingNodes

    return RestingNodes()


@cache
def _ollama_nodes() -> "Nodes":
    from coaching.adapters.llm.nodes import nodes_at

    return nodes_at(settings().ollama_url)

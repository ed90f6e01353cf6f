"""The conversation: which model replies, and all that a reply is made of."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from coaching.settings import settings
from coaching.wiring.ingesting import find_removed_sources
from coaching.wiring.records import conversations, creators, goals, profiles, turns
from coaching.wiring.searching import search_passages, tokens

if TYPE_CHECKING:
    from coaching.conversation.ask_coach import AskCoach
    from coaching.conversation.beginning import BeginConversation
    from coaching.conversation.recalling import RecallTurn
    from coaching.models.ports import ChatModel


@cache
def chat_model() -> "ChatModel | None":
    """The model that words replies; None where the composer answers with the creator's own sentences."""
    chosen = settings()
    match chosen.chat_provider:
        case "composer":
            return None
        case "ollama":
            from coaching.adapters.llm.ollama import OllamaChatModel

            return OllamaChatModel(chosen.ollama_url, chosen.ollama_model)
        case "llama_cpp":
            from coaching.adapters.llm.llama_cpp import LlamaCppChatModel

            return LlamaCppChatModel(Path(chosen.gguf_path))
        case unknown:
            assert_never(unknown)


@cache
def begin_conversation() -> "BeginConversation":
    from coaching.conversation.beginning import BeginConversation

    return BeginConversation(conversations())


@cache
def ask_coach() -> "AskCoach":
    from coaching.adapters.embedding.hashed_words import HashedWords
    from coaching.conversation.ask_coach import AskCoach

    return AskCoach(
        conversations=conversations(),
        turns=turns(),
        creators=creators(),
        profiles=profiles(),
        goals=goals(),
        search=search_passages(),
        removed=find_removed_sources(),
        tokens=tokens(),
        words=HashedWords(),
        chat_model=chat_model(),
    )


@cache
def recall_turn() -> "RecallTurn":
    from coaching.conversation.recalling import RecallTurn

    return RecallTurn(conversations(), turns(), find_removed_sources())

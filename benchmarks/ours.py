"""Our chat function over in-memory adapters: model and embedder answer at once."""

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from coaching.adapters.embedding.hashed_words import HashedWords
from coaching.adapters.embedding.hashing import HashEmbedder
from coaching.adapters.embedding.meanings import EmbeddedMeanings
from coaching.adapters.llm.scripted import ScriptedChatModel
from coaching.adapters.memory.answered_requests import MemoryAnsweredRequests
from coaching.adapters.memory.conversations import MemoryConversations, MemoryTurns
from coaching.adapters.memory.documents import MemoryDocuments
from coaching.adapters.memory.profile import MemoryCreators, MemoryGoals, MemoryProfiles
from coaching.adapters.memory.turn_metrics import MemoryMeasuredTurns
from coaching.adapters.search.embedded import EmbeddedPassages
from coaching.conversation.ask_coach import AskCoach
from coaching.conversation.beginning import BeginConversation
from coaching.conversation.continuing import ContinueConversation
from coaching.conversation.recalling import RecallTurn
from coaching.entrypoint.asking import Coach
from coaching.entrypoint.chat import ChatApp
from coaching.entrypoint.figures import emit_turn, log_lost
from coaching.entrypoint.openai_face import Shelf
from coaching.knowledge.ports import EmbeddedPassage
from coaching.knowledge.search import SearchPassages
from coaching.knowledge.sources import FindRemovedSources
from coaching.metrics.recording import RecordTurn
from coaching.models.ports import Prompt
from coaching.profile.creator import Creator
from coaching.safety.content_filter.content_filter import ContentFilter
from coaching.safety.content_filter.heads import shipped
from coaching.safety.standards import Standards
from coaching.vocabulary import CreatorId, DocumentId, Identity, Passage, PassageId, Place, UserId, now
from local.web_adapter import call_asgi
from tests.support.caring import CareInMemory

CREATOR = CreatorId("demo")
USER = UserId("user-1")
CLIENT_ID = "benchmark"
ROUTE = "/v1/conversations/{conversation_id}/messages"


def store(texts: Sequence[str], folder: Path) -> EmbeddedPassages:
    """Return a store that holds the texts as the published passages of one document."""
    passages = EmbeddedPassages(folder)
    keep(passages, CREATOR, texts)
    return passages


def keep(passages: EmbeddedPassages, creator_id: CreatorId, texts: Sequence[str]) -> None:
    """Publish the texts as the passages of one document."""
    embedder = HashEmbedder()
    vectors = embedder.embed(texts, "passage")
    document = DocumentId("01JB0000000000000000000001")
    embedded = [
        EmbeddedPassage(
            Passage(PassageId(f"{document}:1:{n}"), creator_id, document, 1, "Guide", text, Place(), 0, len(text)),
            vector,
        )
        for n, (text, vector) in enumerate(zip(texts, vectors, strict=True))
    ]
    passages.stage(creator_id, document, 1, embedded, embedder.model)
    passages.publish(creator_id, document, 1)


def asker(texts: Sequence[str], folder: Path) -> Callable[[str], dict[str, Any]]:
    """Return a function that asks one question about these texts."""
    return asker_of(store(texts, folder), CREATOR)


def asker_of(passages: EmbeddedPassages, creator_id: CreatorId) -> Callable[[str], dict[str, Any]]:
    """Return a function that asks this creator one question: proxy event in, proxy response out.

    The model repeats the first sentence of the knowledge it is given, which passes the checks and is cited.
    The roles and the client id come from the environment, as in the function; `benchmarks.environment` sets them.
    """
    conversations, creators = MemoryConversations(), MemoryCreators()
    creators.save(
        Creator(creator_id, "Demo", now(), expertise="running", methodology="slowly", communication_style="warm")
    )
    turns, removed = MemoryTurns(conversations), FindRemovedSources(MemoryDocuments())
    model = ScriptedChatModel(first_known_sentence)
    record = RecordTurn(MemoryMeasuredTurns(conversations), emit_turn, log_lost)
    coach = AskCoach(
        conversations=conversations,
        turns=turns,
        creators=creators,
        profiles=MemoryProfiles(),
        goals=MemoryGoals(),
        search=SearchPassages(HashEmbedder(), passages),
        removed=removed,
        tokens=HashedWords(),
        words=HashedWords(),
        model_of=lambda *_: model,
        care=CareInMemory(EmbeddedMeanings(HashEmbedder())).care(),
        standards=Standards(content=ContentFilter(EmbeddedMeanings(HashEmbedder()), shipped)),
        record=lambda who, done: record(who, done.turn, fallback=done.fallback, chosen=done.chosen),
    )
    recall, requests = RecallTurn(conversations, turns, removed), MemoryAnsweredRequests()
    shelf = Shelf(lambda: ContinueConversation(conversations), lambda: creators, MemoryProfiles, tuple)
    app = ChatApp(Coach(lambda: coach, lambda: recall, lambda: requests), shelf).asgi()
    conversation = BeginConversation(conversations)(Identity(USER, creator_id, frozenset({"user"})))
    path = ROUTE.format(conversation_id=conversation.conversation_id)
    runner = asyncio.Runner()
    return lambda question: call_asgi(app, proxy_event(path, question, creator_id), runner)


def first_known_sentence(prompt: Prompt) -> str:
    """Return the first sentence of the first source in the prompt."""
    _, _, sources = prompt.messages[-1].text.partition('<source number="1"')
    return sources.partition("\n")[2].partition(".")[0] + "."


def proxy_event(path: str, question: str, creator_id: CreatorId = CREATOR) -> dict[str, Any]:
    """Return what API Gateway hands over for one question of a signed-in user."""
    claims = {
        "token_use": "id",
        "aud": CLIENT_ID,
        "sub": USER,
        "custom:creator_id": creator_id,
        "cognito:groups": "user",
    }
    return {
        "httpMethod": "POST",
        "resource": ROUTE,
        "path": path,
        "headers": {"Content-Type": "application/json"},
        "multiValueHeaders": {"Content-Type": ["application/json"]},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"conversation_id": path.split("/")[3]},
        "requestContext": {"requestId": "benchmark", "authorizer": {"claims": claims}},
        "body": json.dumps({"text": question}),
        "isBase64Encoded": False,
    }

"""A creator with a little material, a user, and the coach that they talk with, all in memory."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from coaching.adapters.embedding.hashed_words import HashedWords
from coaching.adapters.embedding.hashing import HashEmbedder
from coaching.adapters.memory.conversations import MemoryConversations, MemoryTurns
from coaching.adapters.memory.documents import MemoryDocuments
from coaching.adapters.memory.profile import MemoryCreators, MemoryGoals, MemoryProfiles
from coaching.adapters.search.embedded import EmbeddedPassages
from coaching.conversation.ask_coach import AskCoach
from coaching.conversation.beginning import BeginConversation
from coaching.conversation.candidates import candidates, titles_apart
from coaching.conversation.composer import MOST_SENTENCES
from coaching.conversation.events import Done
from coaching.conversation.likeness import Likeness
from coaching.conversation.stretches import Stretch, stretches
from coaching.knowledge.ports import EmbeddedPassage, PassageReader, TokenEmbedder
from coaching.knowledge.search import SearchPassages
from coaching.knowledge.sources import FindRemovedSources
from coaching.models.ports import ChatModel
from coaching.profile.creator import Creator
from coaching.safety.content_filter.content_filter import ContentFilter
from coaching.safety.content_filter.heads import shipped
from coaching.safety.redflags.ports import NoMeanings
from coaching.safety.standards import Standards
from coaching.vocabulary import (
    ConversationId,
    CreatorId,
    DocumentId,
    Identity,
    Passage,
    PassageId,
    Place,
    ScoredPassage,
    UserId,
    now,
)
from tests.support.caring import CareInMemory

DEMO = CreatorId("demo")
NOWHERE = Place()
WORDS = HashedWords()
WHO = Identity(UserId("user-1"), DEMO, frozenset({"user"}))
SIZES = (
    "An ember takes four minutes. A flame takes twenty minutes. You may have two blazes a week at most. "
    "An ember counts as a whole lit day, not as a quarter of one."
)
MISSED = (
    "After a missed day, light an ember within forty-eight hours. Missed minutes are never repaid. "
    "It is a fire, not a bank."
)
GUILT = "If guilt keeps you away, make the way back smaller than the guilt. Open the case and close it again."
STANDARDS = Standards(content=ContentFilter(NoMeanings(), shipped))
CREATOR = Creator(
    DEMO,
    "Orla Fennimore",
    now(),
    "practice",
    "the Banked Fire method",
    "warm and plain",
    settings={"disclose_ai": False},
)


def passage(text: str, number: int = 1, *, place: Place = NOWHERE, title: str = "Guide") -> Passage:
    document = DocumentId(f"document-{number}")
    return Passage(PassageId(f"{document}:1:00000"), DEMO, document, 1, title, text, place, 0, len(text))


def found(text: str, number: int = 1, *, cosine: float = 0.6, place: Place = NOWHERE) -> ScoredPassage:
    return ScoredPassage(passage(text, number, place=place), 1.0, {"dense": cosine, "lexical": 4.0})


def chosen(message: str, *texts: str, most: int = MOST_SENTENCES) -> list[Stretch]:
    """Return what a reply to the message quotes of the texts, each the passage of a document."""
    passages = [found(text, number) for number, text in enumerate(texts, start=1)]
    quotable = candidates(passages, CREATOR.name)
    return stretches(quotable, Likeness.of(message, texts, titles_apart(quotable), WORDS), most)


def reader_of(texts: Sequence[str], folder: Path) -> EmbeddedPassages:
    """Return a store with each text as the one passage of a document."""
    store, embedder = EmbeddedPassages(folder), HashEmbedder()
    for number, text in enumerate(texts, start=1):
        one = passage(text, number)
        embedded = [EmbeddedPassage(one, embedder.embed([text], "passage")[0])]
        store.stage(DEMO, one.document_id, 1, embedded, embedder.model)
        store.publish(DEMO, one.document_id, 1)
    return store


class Coaching:
    """A coach with everything that it needs; `conversation_id` is a conversation of `WHO`."""

    def __init__(self, reader: PassageReader) -> None:
        self.conversations = MemoryConversations()
        self.turns = MemoryTurns(self.conversations)
        self.creators = MemoryCreators()
        self.creators.save(CREATOR)
        self.profiles = MemoryProfiles()
        self.goals = MemoryGoals()
        self.recorded: list[tuple[Identity, Done]] = []
        self.search = SearchPassages(HashEmbedder(), reader)
        self.documents = MemoryDocuments()
        self.removed = FindRemovedSources(self.documents)
        self.care = CareInMemory()
        self.conversation_id: ConversationId = BeginConversation(self.conversations)(WHO).conversation_id

    def coach(self, chat_model: ChatModel | None = None, tokens: TokenEmbedder = WORDS) -> AskCoach:
        return AskCoach(
            conversations=self.conversations,
            turns=self.turns,
            creators=self.creators,
            profiles=self.profiles,
            goals=self.goals,
            search=self.search,
            removed=self.removed,
            tokens=tokens,
            words=WORDS,
            model_of=lambda *_: chat_model,
            care=self.care.care(),
            standards=STANDARDS,
            record=lambda who, done: self.recorded.append((who, done)),
        )


@pytest.fixture
def coaching(tmp_path: Path) -> Coaching:
    return Coaching(reader_of([SIZES, MISSED, GUILT], tmp_path))

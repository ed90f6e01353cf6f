"""A coach that says what it was told to say, for the edge around it."""

from collections.abc import Generator
from dataclasses import dataclass, field

from coaching.adapters.memory.answered_requests import MemoryAnsweredRequests
from coaching.adapters.memory.conversations import MemoryConversations
from coaching.adapters.memory.profile import MemoryCreators, MemoryProfiles
from coaching.conversation.continuing import ContinueConversation
from coaching.conversation.events import Cited, Done, Replace, ReplyEvent, Status, Token
from coaching.conversation.wishes import Wishes
from coaching.entrypoint.asking import Coach
from coaching.entrypoint.chat import ChatApp
from coaching.entrypoint.observability import logger
from coaching.entrypoint.openai_face import Shelf
from coaching.errors import NotFound
from coaching.idempotency import AnsweredRequests
from coaching.models.cancelling import Cancellation
from coaching.models.catalogue import ModelCard
from coaching.profile.creator import Creator
from coaching.safety.draft import Draft, DraftSentence
from coaching.safety.groundedness import Evidence
from coaching.safety.validation import check_reply, check_sentence
from coaching.vocabulary import (
    Citation,
    ConversationId,
    CreatorId,
    DocumentId,
    Identity,
    MessageId,
    Passage,
    PassageId,
    Place,
    ScoredPassage,
    Turn,
    now,
)

PATH = "/v1/conversations/01JB0000000000000000000001/messages"
QUOTE = "Take two rest days a week."
PASSAGE = Passage(
    PassageId("p"), CreatorId("demo"), DocumentId("d"), 1, "Guide", QUOTE, Place(page=2), 0, len(QUOTE), {}
)
CITATION = Citation(1, DocumentId("d"), "Guide", QUOTE, Place(page=2), 0.9)
EVIDENCE = Evidence((ScoredPassage(PASSAGE, 0.9, {"dense": 0.8, "lexical": 3.0}),))
SENTENCE = DraftSentence(QUOTE, role="quote", citation=CITATION)
REPLY = check_reply(Draft("quote", (SENTENCE,), "composer"), EVIDENCE)
TURN = Turn(MessageId("01JB0000000000000000000002"), ConversationId("c"), now(), "How often shall I rest?", REPLY)


@dataclass
class FakeCoach:
    """Stands for AskCoach: yields the events it was given, then fails if it was told to."""

    events: list[ReplyEvent] = field(
        default_factory=lambda: [
            Status("retrieving"),
            Token(check_sentence(SENTENCE, EVIDENCE)),
            Replace(REPLY, "the whole reply failed"),
            Cited(REPLY.citations),
            Done(TURN),
        ]
    )
    fails_after: tuple[int, Exception] | None = None
    asked: list[tuple[Identity, str, str]] = field(default_factory=list)
    closed: int = 0
    notes: bool = False
    removed: frozenset[DocumentId] = frozenset()
    forgotten: bool = False
    wishes: list[Wishes] = field(default_factory=list)
    conversations: MemoryConversations = field(default_factory=MemoryConversations)
    profiles: MemoryProfiles = field(default_factory=MemoryProfiles)
    cards: tuple[ModelCard, ...] = ()

    def __call__(
        self,
        who: Identity,
        conversation_id: ConversationId,
        text: str,
        request_key: str,
        wishes: Wishes,
        cancellation: Cancellation,
    ) -> Generator[ReplyEvent, None, None]:
        self.asked.append((who, conversation_id, text))
        self.wishes.append(wishes)
        try:
            if self.notes:
                logger.info("working")
            for number, event in enumerate(self.events):
                if self.fails_after and self.fails_after[0] == number:
                    raise self.fails_after[1]
                yield event
        finally:
            self.closed += 1

    def recall(self, _: Identity, conversation_id: ConversationId, message_id: MessageId) -> Done:
        assert (conversation_id, message_id) == (self.asked[0][1], TURN.message_id)
        if self.forgotten:
            raise NotFound("There is no such conversation.")
        return Done(TURN, removed=self.removed)


def chat_app(coach: FakeCoach, requests: AnsweredRequests | None = None, *, heartbeat_seconds: float = 10.0) -> ChatApp:
    """Return the app around the coach, with conversations in memory and the creator `demo`."""
    kept = requests or MemoryAnsweredRequests()
    creators = MemoryCreators()
    creators.save(Creator(CreatorId("demo"), "Demo", now()))
    shelf = Shelf(
        lambda: ContinueConversation(coach.conversations), lambda: creators, lambda: coach.profiles, lambda: coach.cards
    )
    return ChatApp(Coach(lambda: coach, lambda: coach.recall, lambda: kept), shelf, heartbeat_seconds)

"""Conversations and their turns in memory."""

from dataclasses import dataclass, field, replace

from coaching.adapters.memory.rows import MemoryRows, Owner
from coaching.conversation.ports import Conversation, ConversationList, Conversations, KeptTurns, Turns
from coaching.errors import StaleWrite
from coaching.metrics.feedback import Feedback
from coaching.metrics.turn import TurnMetrics
from coaching.vocabulary import ConversationId, CreatorId, MessageId, Page, Turn, UserId


@dataclass(frozen=True, slots=True)
class MemoryConversations(Conversations, ConversationList):
    rows: MemoryRows[Conversation] = field(default_factory=lambda: MemoryRows("conversation"))
    turns: MemoryRows[Turn] = field(default_factory=lambda: MemoryRows("turn"))
    measured: MemoryRows[TurnMetrics] = field(default_factory=lambda: MemoryRows("figures"))
    feedback: MemoryRows[Feedback] = field(default_factory=lambda: MemoryRows("feedback"))

    def get(self, creator_id: CreatorId, user_id: UserId, conversation_id: ConversationId) -> Conversation:
        return self.rows.get((creator_id, user_id), conversation_id)

    def create(self, conversation: Conversation) -> None:
        with self.rows.alone((conversation.creator_id, conversation.user_id)) as rows:
            rows.setdefault(conversation.conversation_id, conversation)

    def remove(self, creator_id: CreatorId, user_id: UserId, conversation_id: ConversationId) -> None:
        removed = self.rows.remove((creator_id, user_id), conversation_id)
        with self.turns.alone(_turns_of(removed)) as turns:
            for message_id in turns:
                self.measured.owners[creator_id, user_id].pop(message_id, None)
                self.feedback.owners[creator_id, user_id].pop(message_id, None)
            turns.clear()

    def page(self, creator_id: CreatorId, user_id: UserId, *, limit: int, cursor: str | None) -> Page[Conversation]:
        return self.rows.page((creator_id, user_id), limit=limit, cursor=cursor, newest_first=True)


@dataclass(frozen=True, slots=True)
class MemoryTurns(Turns, KeptTurns):
    """The turns of the conversations in `conversations`."""

    conversations: MemoryConversations

    def append(self, conversation: Conversation, turn: Turn) -> Conversation:
        owner = (conversation.creator_id, conversation.user_id)
        all_turns = self.conversations.turns
        with self.conversations.rows.alone(owner) as rows, all_turns.alone(_turns_of(conversation)) as turns:
            kept = self.conversations.get(*owner, conversation.conversation_id)
            if kept.last_message_id != conversation.last_message_id or turn.message_id in turns:
                raise StaleWrite("Another message came first; read the conversation again and retry.")
            turns[turn.message_id] = turn
            grown = replace(
                conversation,
                updated_at=turn.created_at,
                turns=conversation.turns + 1,
                last_message_id=turn.message_id,
            )
            rows[conversation.conversation_id] = grown
        return grown

    def get(self, conversation: Conversation, message_id: MessageId) -> Turn:
        return self.conversations.turns.get(_turns_of(conversation), message_id)

    def recent(self, conversation: Conversation, *, limit: int) -> tuple[Turn, ...]:
        with self.conversations.turns.alone(_turns_of(conversation)) as turns:
            last = sorted(turns, reverse=True)[:limit]
            return tuple(turns[message_id] for message_id in reversed(last))

    def page(self, conversation: Conversation, *, limit: int, cursor: str | None) -> Page[Turn]:
        return self.conversations.turns.page(_turns_of(conversation), limit=limit, cursor=cursor)


def _turns_of(conversation: Conversation) -> Owner:
    return conversation.creator_id, conversation.user_id, conversation.conversation_id

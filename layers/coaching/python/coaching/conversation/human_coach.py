"""What a human coach sees of a conversation, and how they speak in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from coaching.conversation.beginning import BeginConversation
from coaching.conversation.ports import Conversations, Turns
from coaching.conversation.remembering import RememberTurn
from coaching.errors import NotFound
from coaching.safety.escalation.answering import AnswerEscalation
from coaching.safety.escalation.ports import Escalations
from coaching.safety.escalation.record import Escalation, EscalationId
from coaching.safety.human import human_reply
from coaching.vocabulary import CheckedReply, ConversationId, Identity, Turn, now

TURNS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class ReadEscalation:
    """The escalation with the latest turns of its conversations that are left. The reading stands on the trail."""

    answer: AnswerEscalation
    conversations: Conversations
    turns: Turns

    def __call__(self, coach: Identity, escalation_id: EscalationId) -> tuple[Escalation, tuple[Turn, ...]]:
        """Raises: NotFound."""
        read = self.answer.read(coach, escalation_id)
        turns = [turn for each in (*read.earlier, read.conversation_id) for turn in self._recent(read, each)]
        return read, tuple(sorted(turns, key=lambda turn: turn.created_at)[-TURNS_SHOWN:])

    def _recent(self, read: Escalation, conversation_id: ConversationId) -> Sequence[Turn]:
        try:
            conversation = self.conversations.get(read.creator_id, read.user_id, conversation_id)
        except NotFound:
            return ()
        return self.turns.recent(conversation, limit=TURNS_SHOWN)


@dataclass(frozen=True, slots=True)
class SpeakAsHuman:
    """A turn without a user's message. It is kept before it stands on the trail: what was sent is never unsaid.

    Where the user has deleted the conversation, a new one begins: what a human says reaches them all the same.
    """

    escalations: Escalations
    answer: AnswerEscalation
    remember: RememberTurn
    begin: BeginConversation

    def __call__(self, coach: Identity, escalation_id: EscalationId, text: str) -> Turn:
        """Raises: NotFound, Conflict unless the coach holds it, Invalid for a text that cannot be shown."""
        reply = human_reply(text)
        escalation = self.escalations.get(coach.creator_id, escalation_id)
        escalation.held_by(coach.user_id)
        user = Identity(escalation.user_id, escalation.creator_id, frozenset({"user"}))
        try:
            turn = self._said(user, escalation.conversation_id, escalation_id, reply)
        except NotFound:
            turn = self._said(user, self.begin(user).conversation_id, escalation_id, reply)
        self.answer.messaged(coach, escalation_id, turn.conversation_id, turn.message_id)
        return turn

    def _said(self, user: Identity, to: ConversationId, escalation_id: EscalationId, reply: CheckedReply) -> Turn:
        return self.remember(
            user, to, lambda message_id: Turn(message_id, to, now(), "", reply, escalation_id=escalation_id)
        )

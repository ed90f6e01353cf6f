"""How a message finds its conversation where the client does not say which it is."""

import hashlib
import json
from dataclasses import dataclass

from coaching.conversation.ports import Conversation, Conversations
from coaching.errors import NotFound
from coaching.vocabulary import ConversationId, Identity, now, ulid_of


@dataclass(frozen=True, slots=True)
class ContinueConversation:
    """Returns the named conversation, or the one of this user's that begins like this; it is made where it is missing.

    The same beginning is always the same conversation, on every instance and without anything kept beside it.
    """

    conversations: Conversations

    def __call__(
        self, who: Identity, conversation_id: ConversationId | None, *, begins_with: tuple[str, ...]
    ) -> Conversation:
        """Raises: NotFound for a named conversation that is not this user's."""
        if conversation_id is not None:
            return self.conversations.get(who.creator_id, who.user_id, conversation_id)
        found = _id_of(who, begins_with)
        try:
            return self.conversations.get(who.creator_id, who.user_id, found)
        except NotFound:
            began = now()
            self.conversations.create(Conversation(found, who.creator_id, who.user_id, began, began))
            return self.conversations.get(who.creator_id, who.user_id, found)


def _id_of(who: Identity, begins_with: tuple[str, ...]) -> ConversationId:
    beginning = json.dumps([who.creator_id, who.user_id, *begins_with]).encode()
    return ConversationId(ulid_of(hashlib.sha256(beginning).digest()))

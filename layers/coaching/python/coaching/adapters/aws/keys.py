"""The one table's keys: where every record stands.

| partition           | sort                                                                      |
|---------------------|---------------------------------------------------------------------------|
| `creator#C`         | `creator`, `document#D`, `waiting#D#V#A`, `line#D#V#A`, `share`           |
|                     | `escalation#T`, `rota`                                                    |
|                     | `usage#MONTH#N`, `call#MONTH#I`, `day#DATE`                                 |
| `creator#C#user#U`  | `profile`, `goal#G`, `conversation#K`, `removal#K`, `message#K#T`         |
|                     | `turn#T`, `feedback#T`, `request#H`, `escalation`, `safety`               |
| `models`            | `current`                                                                 |

`removal#K` stands while the messages of a conversation that is gone are being deleted. `turn#T` has the figures of
a message, `call#MONTH#I` notes for a day that a call is counted in a `usage#MONTH#N`. A user's `escalation` names the
one of theirs that is not resolved, `safety` has figures of what they said. H is a hash, because an idempotency key is
whatever a client sends. No id holds the delimiter, and every id in a list's prefix is followed by one, so an id that
begins like another reaches nothing of it.
"""

import hashlib
from typing import NamedTuple

from coaching.errors import Malformed
from coaching.safety.escalation.record import EscalationId
from coaching.vocabulary import ConversationId, CreatorId, DocumentId, GoalId, MessageId, UserId

DELIMITER = "#"
LONGEST_ID_BYTES = 256


class Key(NamedTuple):
    """A record's place; as a list's place, `sort` is the prefix of its records."""

    partition: str
    sort: str


def creator(creator_id: CreatorId) -> Key:
    return Key(_of_creator(creator_id), "creator")


def document(creator_id: CreatorId, document_id: DocumentId) -> Key:
    return Key(_of_creator(creator_id), _joined("document", document_id))


def documents(creator_id: CreatorId) -> Key:
    return Key(_of_creator(creator_id), "document#")


def waiting(creator_id: CreatorId, document_id: DocumentId, version: int, attempt: int) -> Key:
    return Key(_of_creator(creator_id), _joined("waiting", document_id, str(version), str(attempt)))


def in_line(creator_id: CreatorId, document_id: DocumentId, version: int, attempt: int) -> Key:
    return Key(_of_creator(creator_id), _joined("line", document_id, str(version), str(attempt)))


def line(creator_id: CreatorId) -> Key:
    return Key(_of_creator(creator_id), "line#")


def share(creator_id: CreatorId) -> Key:
    return Key(_of_creator(creator_id), "share")


def usage(creator_id: CreatorId, month: str, shard: int) -> Key:
    return Key(_of_creator(creator_id), _joined("usage", month, str(shard)))


def usages(creator_id: CreatorId, month: str) -> Key:
    return Key(_of_creator(creator_id), _joined("usage", month) + DELIMITER)


def usage_call(creator_id: CreatorId, month: str, call_id: str) -> Key:
    return Key(_of_creator(creator_id), _joined("call", month, call_id))


def day(creator_id: CreatorId, date: str) -> Key:
    return Key(_of_creator(creator_id), _joined("day", date))


def escalation(creator_id: CreatorId, escalation_id: EscalationId) -> Key:
    return Key(_of_creator(creator_id), _joined("escalation", escalation_id))


def inbox(creator_id: CreatorId, part: str) -> str:
    """Return a partition of the index `inbox`."""
    return _joined("creator", creator_id, part)


def rota(creator_id: CreatorId) -> Key:
    return Key(_of_creator(creator_id), "rota")


def current_escalation(creator_id: CreatorId, user_id: UserId) -> Key:
    return Key(_of_user(creator_id, user_id), "escalation")


def safety(creator_id: CreatorId, user_id: UserId) -> Key:
    return Key(_of_user(creator_id, user_id), "safety")


def profile(creator_id: CreatorId, user_id: UserId) -> Key:
    return Key(_of_user(creator_id, user_id), "profile")


def goal(creator_id: CreatorId, user_id: UserId, goal_id: GoalId) -> Key:
    return Key(_of_user(creator_id, user_id), _joined("goal", goal_id))


def goals(creator_id: CreatorId, user_id: UserId) -> Key:
    return Key(_of_user(creator_id, user_id), "goal#")


def conversation(creator_id: CreatorId, user_id: UserId, conversation_id: ConversationId) -> Key:
    return Key(_of_user(creator_id, user_id), _joined("conversation", conversation_id))


def conversations(creator_id: CreatorId, user_id: UserId) -> Key:
    return Key(_of_user(creator_id, user_id), "conversation#")


def removal(creator_id: CreatorId, user_id: UserId, conversation_id: ConversationId) -> Key:
    return Key(_of_user(creator_id, user_id), _joined("removal", conversation_id))


def message(creator_id: CreatorId, user_id: UserId, conversation_id: ConversationId, message_id: MessageId) -> Key:
    return Key(_of_user(creator_id, user_id), _joined("message", conversation_id, message_id))


def messages(creator_id: CreatorId, user_id: UserId, conversation_id: ConversationId) -> Key:
    return Key(_of_user(creator_id, user_id), _joined("message", conversation_id) + DELIMITER)


def turn_metrics(creator_id: CreatorId, user_id: UserId, message_id: MessageId) -> Key:
    return Key(_of_user(creator_id, user_id), _joined("turn", message_id))


def feedback(creator_id: CreatorId, user_id: UserId, message_id: MessageId) -> Key:
    return Key(_of_user(creator_id, user_id), _joined("feedback", message_id))


def request(creator_id: CreatorId, user_id: UserId, idempotency_key: str) -> Key:
    digest = hashlib.sha256(idempotency_key.encode("utf-8", "surrogatepass")).hexdigest()
    return Key(_of_user(creator_id, user_id), _joined("request", digest))


def current_model() -> Key:
    return Key("models", "current")


def _of_creator(creator_id: CreatorId) -> str:
    return _joined("creator", creator_id)


def _of_user(creator_id: CreatorId, user_id: UserId) -> str:
    return _joined("creator", creator_id, "user", user_id)


def _joined(*parts: str) -> str:
    return DELIMITER.join(_part(part) for part in parts)


def _part(text: str) -> str:
    if not text or DELIMITER in text:
        raise Malformed(f"An id is not empty and has no {DELIMITER}.")
    if len(text.encode("utf-8", "surrogatepass")) > LONGEST_ID_BYTES:
        raise Malformed(f"An id has at most {LONGEST_ID_BYTES} bytes.")
    if not text.isprintable():
        raise Malformed("An id has no control characters.")
    return text

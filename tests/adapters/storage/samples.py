"""Domain objects with every field filled in."""

from datetime import UTC, date, datetime

from coaching.conversation.ports import Conversation
from coaching.knowledge.document import Document, DocumentError
from coaching.metrics.feedback import Feedback
from coaching.profile.creator import Creator
from coaching.profile.user import Goal, Milestone, UserProfile
from coaching.vocabulary import (
    CheckedReply,
    Citation,
    ConversationId,
    CreatorId,
    DocumentId,
    GoalId,
    Identity,
    Latency,
    MessageId,
    Place,
    Turn,
    Usage,
    UserId,
    new_ulid,
)

MOMENT = datetime(2026, 3, 29, 1, 59, 59, 123456, UTC)


def document(creator_id: str = "hearth", document_id: str = "01J", name: str = "guide.md") -> Document:
    return Document(
        document_id=DocumentId(document_id),
        creator_id=CreatorId(creator_id),
        name=name,
        content_type="text/markdown",
        size_bytes=12,
        created_at=MOMENT,
        updated_at=MOMENT,
        metadata={"year": 2026, "rating": 0.1 + 0.2, "whole": 1.0, "public": True, "topic": "true", "big": 2**53 + 1},
        status="failed",
        version=3,
        attempt=2,
        etag="abc",
        error=DocumentError("no_text", "Nothing to read."),
        passages=4,
        characters=5000,
        timings={"extract": 12},
    )


def creator(creator_id: str = "hearth") -> Creator:
    return Creator(
        CreatorId(creator_id),
        "Hearth — “слово” 🔥",
        MOMENT,
        expertise="habits",
        methodology="small\nfires",
        communication_style="warm",
        locale="de",
        phrases={"acknowledge": {"stuck": ("I see.", "Hm.")}, "next_question": {}},
        settings={"threshold": 1e-7, "cap": 3, "disclose": False},
    )


def profile(creator_id: str = "hearth", user_id: str = "user-1") -> UserProfile:
    return UserProfile(
        CreatorId(creator_id),
        UserId(user_id),
        MOMENT,
        display_name="Ada",
        locale="en",
        timezone="Europe/Berlin",
        preferences={"length": "short"},
        communication_style={"direct": 0.75},
    )


def goal(creator_id: str = "hearth", user_id: str = "user-1", goal_id: str = "01G") -> Goal:
    return Goal(
        GoalId(goal_id),
        CreatorId(creator_id),
        UserId(user_id),
        "Write daily",
        MOMENT,
        MOMENT,
        target=30.0,
        unit="days",
        due=date(2026, 12, 31),
        milestones=(Milestone("first week", date(2026, 4, 5), MOMENT), Milestone("half")),
        progress=2.2,
    )


def conversation(creator_id: str = "hearth", user_id: str = "user-1", conversation_id: str = "01K") -> Conversation:
    return Conversation(ConversationId(conversation_id), CreatorId(creator_id), UserId(user_id), MOMENT, MOMENT)


def turn(of: Conversation, text: str = "How do I begin?") -> Turn:
    citation = Citation(1, DocumentId("01J"), "Guide", "Begin small.", Place(3, ("Start", "Day 1"), 83.2), 1 / 3)
    reply = CheckedReply("answer", "Begin small. [1]", (citation,), 0.82, True, "composer", Usage(10, 20))
    message_id = MessageId(new_ulid(after=of.last_message_id))
    return Turn(message_id, of.conversation_id, MOMENT, text, reply, Latency(3, 9), "01E")


def feedback(on: Turn, creator_id: str = "hearth", user_id: str = "user-1") -> Feedback:
    return Feedback(
        CreatorId(creator_id),
        UserId(user_id),
        on.conversation_id,
        on.message_id,
        MOMENT,
        "up",
        "Clear.",
        "Smaller still.",
    )


def identity(creator_id: str = "hearth", user_id: str = "user-1") -> Identity:
    return Identity(UserId(user_id), CreatorId(creator_id), frozenset({"user"}))

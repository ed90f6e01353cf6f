"""Two users in talk with the demo's coach, for twenty turns each: what each of their prompts is made of.

Their messages stand in `dialogues.json`. Passages and replies are what a bare laptop gives: five passages of the demo
creator's documents for each message, and the composer's reply on them.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from benchmarks.composer import CREATOR, Question, Room
from coaching.adapters.embedding.minilm import MiniLMEmbedder
from coaching.conversation.follow_up import is_follow_up, with_what_it_follows
from coaching.conversation.phrases import approved
from coaching.conversation.prompt import prompt
from coaching.conversation.window import exchanges_kept
from coaching.models.ports import Prompt
from coaching.profile.creator import Creator
from coaching.profile.user import Goal, Milestone, UserProfile
from coaching.safety.groundedness import Evidence
from coaching.safety.standards import Standards
from coaching.safety.validation import check_reply
from coaching.vocabulary import ConversationId, GoalId, MessageId, ScoredPassage, Turn, UserId
from local.demo import Demo, dated
from training.minilm_onnx import build

DIALOGUES = Path(__file__).with_name("dialogues.json")
_BEGAN = datetime(2026, 9, 7, 8, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Moment:
    """All that the prompt for one message is made of; `history` is cut to its window."""

    user: str
    creator: Creator
    profile: UserProfile
    goals: Sequence[Goal]
    history: Sequence[Turn]
    passages: Sequence[ScoredPassage]
    message: str

    def prompt(self) -> Prompt:
        """Return the prompt as the coach makes it."""
        about = (self.creator, self.profile, self.goals, self.history, self.passages)
        return prompt(*about, self.message, conversation=self.user)


@dataclass(frozen=True, slots=True)
class _Talk:
    room: Room
    profile: UserProfile
    goals: Sequence[Goal]
    said: list[Turn] = field(default_factory=list)

    def say(self, message: str) -> Moment:
        """Return the moment of this message, and remember it with its reply."""
        query = with_what_it_follows(message, self.said) if is_follow_up(message) else message
        answered = self.room.ask(Question(self.profile.user_id, "answerable", query))
        found = answered.found.passages
        kept = tuple(self.said[len(self.said) - exchanges_kept(len(self.said)) :])
        reply = check_reply(answered.draft, Evidence(found), Standards(approved=approved(self.room.creator)))
        ids = MessageId(str(len(self.said))), ConversationId(self.profile.user_id)
        self.said.append(Turn(*ids, _BEGAN, message, reply))
        return Moment(self.profile.user_id, self.room.creator, self.profile, self.goals, kept, found, message)


def interleaved() -> list[Moment]:
    """Return the moments of both dialogues in the order in which they are said: one user's, then the other's."""
    messages: Mapping[str, Sequence[str]] = json.loads(DIALOGUES.read_text(encoding="utf-8"))
    records = {record["label"]: record for record in Demo.read().users}
    with tempfile.TemporaryDirectory() as folder:
        room = Room(Path(folder), MiniLMEmbedder(build(Path(".cache/minilm"))))
        talks = {user: _Talk(room, _profile(records[user]), tuple(_goals(records[user]))) for user in messages}
        turns = zip(*messages.values(), strict=True)
        return [talk.say(text) for turn in turns for talk, text in zip(talks.values(), turn, strict=True)]


def nothing_found(moment: Moment, message: str) -> Moment:
    """Return the same moment with another message, for which the material has nothing."""
    return replace(moment, message=message, passages=())


def _profile(record: Mapping[str, Any]) -> UserProfile:
    return UserProfile(CREATOR, UserId(record["label"]), _BEGAN, **record["profile"])


def _goals(record: Mapping[str, Any]) -> Iterator[Goal]:
    for number, described in enumerate(record["goals"]):
        goal = dated(described, _BEGAN)
        milestones = tuple(Milestone(**_read(milestone)) for milestone in goal.pop("milestones"))
        known = GoalId(str(number)), CREATOR, UserId(record["label"])
        yield Goal(*known, created_at=_BEGAN, updated_at=_BEGAN, milestones=milestones, **_read(goal))


def _read(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record with its days and times read."""
    readers = {"due": date.fromisoformat, "reached_at": datetime.fromisoformat}
    return {name: readers[name](value) if name in readers else value for name, value in record.items()}

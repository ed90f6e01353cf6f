"""A conversation as far as danger goes: what was said before counts, and a "just kidding" does not take it back.

The state holds figures, none of a user's words, and takes the same room after 500 turns as after one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from coaching.safety.topics import Severity, Topic

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

QUIET_TURNS: Final = 10
"""Turns without a sign after which what is remembered of a topic sinks by one severity."""
_SOON: Final = 0.75
_LATE: Final = 0.95
_GLOOM: Final = 0.8
_FORGOTTEN: Final = 1e-3
"""What is left of each kind of memory after a turn."""
_TRACE: Final = 0.15
TALK_FEATURES: Final = (
    "odds", "severity", "gravest", "recent", "long", "remembered", "gloom", "retracts", "recovers", "other", "turns",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What one message said of one topic."""

    probability: float
    severity: Severity = Severity.NONE
    other: float = 0.0
    """How probably it is about somebody else."""


@dataclass(frozen=True, slots=True)
class Tone:
    """What one message said beside its topics, each 0..1."""

    gloom: float = 0.0
    retracts: bool = False
    recovers: float = 0.0


@dataclass(frozen=True, slots=True)
class Memory:
    """Of one topic: the gravest that was said and is not forgotten, for how many turns nothing was, and how much."""

    worst: Severity = Severity.NONE
    quiet: int = 0
    recent: float = 0.0
    long: float = 0.0

    def after(self, said: Said) -> "Memory":
        recent, long = _SOON * self.recent + said.probability, _LATE * self.long + said.probability
        worst, quiet = self.worst, self.quiet + 1
        if said.severity:
            worst, quiet = max(worst, said.severity), 0
        elif quiet >= QUIET_TURNS:
            worst, quiet = Severity(max(0, worst - 1)), 0
        return Memory(worst, quiet, recent, long)


@dataclass(frozen=True, slots=True)
class Pattern:
    """The state of a conversation before its next message."""

    turns: int = 0
    gloom: float = 0.0
    retractions: int = 0
    memories: Mapping[Topic, Memory] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        """Whether nothing was said that is worth keeping; everyday messages come to a trace below `_TRACE`."""
        heard = any(memory.worst or memory.recent > _TRACE for memory in self.memories.values())
        return not (heard or self.gloom > _TRACE or self.retractions)

    def of(self, topic: Topic) -> Memory:
        return self.memories.get(topic, Memory())

    def after(self, said: Mapping[Topic, Said], tone: Tone) -> "Pattern":
        """Return the state after one more message."""
        return Pattern(
            self.turns + 1,
            _GLOOM * self.gloom + tone.gloom,
            self.retractions + tone.retracts,
            {topic: self.of(topic).after(said.get(topic, Said(0.0))) for topic in Topic},
        )

    def cleared(self, topic: Topic) -> "Pattern":
        """Return the state after a human found that a topic is no danger any more."""
        return replace(self, memories={**self.memories, topic: Memory()})

    def row(self, topic: Topic, said: Said, tone: Tone) -> "Array":
        """Return what the conversation head weighs of a topic at this message, in the order of `TALK_FEATURES`."""
        import numpy as np

        memory = self.of(topic)
        chance = min(1 - 1e-4, max(1e-4, said.probability))
        return np.array(
            [
                np.log(chance / (1 - chance)) / 4,
                said.severity / Severity.IMMINENT,
                max(said.severity, memory.worst) / Severity.IMMINENT,
                min(4.0, memory.recent) / 2,
                min(8.0, memory.long) / 4,
                memory.worst / Severity.IMMINENT,
                min(4.0, self.gloom + tone.gloom) / 4,
                float(tone.retracts),
                tone.recovers,
                said.other,
                min(self.turns, 10) / 10,
            ]
        )

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON values."""
        return {
            "turns": self.turns,
            "gloom": round(self.gloom, 4),
            "retractions": self.retractions,
            "topics": {
                topic.value: [int(memory.worst), memory.quiet, round(memory.recent, 4), round(memory.long, 4)]
                for topic, memory in self.memories.items()
                if memory.worst or memory.long > _FORGOTTEN
            },
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Pattern":
        memories = {
            Topic(topic): Memory(Severity(worst), quiet, recent, long)
            for topic, (worst, quiet, recent, long) in stored["topics"].items()
        }
        return cls(stored["turns"], stored["gloom"], stored["retractions"], memories)


NOTHING_YET: Final = Pattern()
"""The state of a conversation before its first message."""

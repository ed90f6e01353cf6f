"""What is known of a message after the detector read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from coaching.safety.redflags.pattern import Pattern
from coaching.safety.topics import Severity, Topic

Degraded = Literal["", "no_meaning", "no_weights"]
"""Why less than all signals decided: no vector of the message, or no weights at all (the rules decide alone)."""
About = Literal["self", "other"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Of one topic: how probable it is in this message, how grave it is there, and how grave in the conversation.

    LOW is remembered and raises nothing by itself. `in_talk` is never below it and sinks only over many turns.
    """

    probability: float
    severity: Severity
    in_talk: Severity
    about: About
    other: float = 0.0
    """How probably it is about somebody else."""

    @property
    def raised(self) -> bool:
        """Whether it has to be answered to: ELEVATED or more."""
        return self.severity >= Severity.ELEVATED


@dataclass(frozen=True, slots=True)
class Assessment:
    """`findings` has every topic. `reasons` are ids of rules and heads, at most five, never a user's words.

    `pattern` is the state to keep for the conversation's next message.
    """

    findings: Mapping[Topic, Finding]
    retracts: bool
    reasons: tuple[str, ...]
    degraded: Degraded
    pattern: Pattern

    @property
    def severity(self) -> Severity:
        """The gravest that the message says."""
        return max(finding.severity for finding in self.findings.values())

    @property
    def in_talk(self) -> Severity:
        """The gravest that stands in the conversation."""
        return max(finding.in_talk for finding in self.findings.values())

    @property
    def topic(self) -> Topic | None:
        """What to answer to: of the gravest topics of the message, or else of the conversation, the most probable."""
        return max(
            (topic for topic, finding in self.findings.items() if finding.in_talk),
            key=lambda topic: (
                self.findings[topic].severity,
                self.findings[topic].in_talk,
                self.findings[topic].probability,
            ),
            default=None,
        )

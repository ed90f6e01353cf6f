"""What the heads and rules found, drawn together as the row of numbers that the fusion weighs."""

from typing import TYPE_CHECKING, Final

from coaching.safety.redflags.normal import Plain
from coaching.safety.redflags.rules import CUES, Findings
from coaching.safety.topics import Severity, Topic

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

TOPICS: Final = tuple(Topic)
_OF_RULES: Final = ("self", "other", "count", "denied", "told", "past", "near", "imminent")
RULE_FEATURES: Final = (
    *(f"{topic.value} {name}" for topic in TOPICS for name in _OF_RULES),
    *CUES,
    "others", "length", "first person", "question", "near", "parting",
)  # fmt: skip
_MOST_COUNTED: Final = 4
LONG: Final = 100
"""Words of a text that is certainly no chat message."""


def of_rules(message: Plain, findings: Findings) -> "Array":
    """Return what the rules found, in the order of `RULE_FEATURES`, each about 0..1."""
    import numpy as np

    row = [value for topic in TOPICS for value in _of_topic(findings, topic)]
    row += [findings.cues[name] / 2 for name in CUES]
    words = message.text.split()
    first = sum(word in {"i", "my", "me", "myself", "am"} for word in words)
    row += [float(findings.others), np.log1p(len(words)) / 5, first / max(8, len(words)) * 4, "?" in message.text]
    row += [float(findings.near), float(findings.parting)]
    return np.array(row, dtype=np.float64)


def length_of(message: Plain) -> float:
    """Return how much a message is a long text, 0..1: in a post, what heads say means something else than in a chat."""
    return min(1.0, (message.text.count(" ") + 1) / LONG)


def drawn(signals: "Array", rules: "Array", length: "Array") -> "Array":
    """Return the rows that a fusion weighs: (n, .) of signals and rules, and the signals again for long texts.

    `length` is (n, 1), each of `length_of`.
    """
    import numpy as np

    return np.hstack([signals, rules, length * signals])


def _of_topic(findings: Findings, topic: Topic) -> list[float]:
    hits = [hit for hit in findings.hits if hit.topic is topic]
    scopes = [scope for hit in hits for scope in hit.scope]
    return [
        findings.worst(topic, "self") / Severity.HIGH,
        findings.worst(topic, "other") / Severity.HIGH,
        min(_MOST_COUNTED, sum(hit.severity > Severity.LOW for hit in hits)) / _MOST_COUNTED,
        float("denied" in scopes),
        float("told" in scopes),
        float("past" in scopes or "recovery" in scopes),
        float(findings.near and any(hit.severity > Severity.LOW for hit in hits)),
        float(any(hit.severity is Severity.IMMINENT for hit in hits)),
    ]

"""One message weighed: the signals that there are, fused into a probability and a severity per topic."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from coaching.safety.redflags.features import TOPICS, drawn
from coaching.safety.redflags.pattern import Pattern, Said, Tone
from coaching.safety.redflags.rule_book import PLAIN_WORDS
from coaching.safety.redflags.rules import Findings, Hit
from coaching.safety.topics import Severity, Topic

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from coaching.safety.redflags.weights import Weights

    Array = NDArray[np.float64]

GRAVITY_CUES: Final = (
    "plan", "means", "have_means", "time", "goodbye", "danger_now", "hedge", "retraction", "recovery", "past", "now",
)  # fmt: skip
GRAVE_FROM: Final = (0.5, 0.35, 0.25)
"""Chance from which a topic is elevated, high, imminent: in doubt the graver of two."""
RAISED_FROM: Final = {Severity.ELEVATED: 1.2, Severity.HIGH: 0.9, Severity.IMMINENT: 0.7}
"""Share of a topic's threshold from which it is raised: the graver it would be, the less sure it has to be."""
NOTICED_FROM: Final = 0.6
"""Share from which it is LOW at least: remembered, and not raised."""
OTHER_FROM: Final = 0.5
LIKELY: Final = 0.5
_BY_RULES: Final = {
    Severity.NONE: 0.02, Severity.LOW: 0.4, Severity.ELEVATED: 0.7, Severity.HIGH: 0.9, Severity.IMMINENT: 0.97,
}  # fmt: skip


def chances(logits: "Array") -> "Array":
    import numpy as np

    found: Array = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    return found


def tone(findings: Findings) -> Tone:
    cues = findings.cues
    gloom = min(1.0, (cues["hopeless"] + cues["withdrawal"]) / 3)
    return Tone(gloom, bool(cues["retraction"]), min(1.0, cues["recovery"] / 2))


def gravity_row(topic: Topic, logit: float, meaning: "Array | None", findings: Findings) -> "Array":
    """Return what the gravity head weighs of a topic; `meaning` are the four logits of `gravity_meaning`."""
    import numpy as np

    own = [float(topic is each) for each in TOPICS]
    ruled = [findings.worst(topic, about) for about in ("self", "other")]
    levels = [float(worst >= level) for worst in ruled for level in (Severity.ELEVATED, Severity.HIGH)]
    cues = [findings.cues[name] / 2 for name in GRAVITY_CUES]
    row = [*own, logit / 4, *levels, *cues, float(findings.others)]
    return np.array([*row, *(meaning / 4)] if meaning is not None else row)


@dataclass(frozen=True, slots=True)
class Signals:
    """A message as the heads and rules see it, a row each. Without a vector it has no `meaning` and no `gravity`."""

    rules: "Array"
    length: float
    words: "Array"
    meaning: "Array | None" = None
    gravity: "Array | None" = None


def weighed(weights: "Weights", findings: Findings, signals: Signals) -> dict[Topic, Said]:
    """Return what a message says of each topic."""
    import numpy as np

    length = np.array([[signals.length]])
    if signals.meaning is None:
        logits = weights.without_meaning(drawn(signals.words[None], signals.rules[None], length))[0]
        thresholds, head = weights.thresholds_without_meaning, weights.gravity_without_meaning
    else:
        said = np.concatenate([signals.meaning, signals.words])
        logits = weights.whole(drawn(said[None], signals.rules[None], length))[0]
        thresholds, head = weights.thresholds, weights.gravity
    found = {}
    for topic, logit, chance, threshold in zip(TOPICS, logits, chances(logits), thresholds, strict=True):
        grave = chances(head(gravity_row(topic, float(logit), signals.gravity, findings)))
        severity = _lifted(_severity(grave), topic, findings)
        if chance < threshold * RAISED_FROM[severity]:
            severity = Severity.LOW if chance >= threshold * NOTICED_FROM else Severity.NONE
        if _denies(topic, findings):
            severity = min(severity, Severity.LOW)
        found[topic] = Said(float(chance), severity, float(grave[3]))
    return found


def _denies(topic: Topic, findings: Findings) -> bool:
    """Whether all that the rules met of a topic is denied, and nothing beside it speaks of doing it."""
    hits = [hit for hit in findings.hits if hit.topic is topic]
    return bool(hits) and all("denied" in hit.scope for hit in hits) and not findings.prepares


def _lifted(severity: Severity, topic: Topic, findings: Findings) -> Severity:
    """Return IMMINENT where the plain words are, or where what is grave is prepared and near."""
    emergency = (
        findings.worst(topic, "self") is Severity.IMMINENT or findings.worst(topic, "other") is Severity.IMMINENT
    )
    return Severity.IMMINENT if emergency or (severity >= Severity.HIGH and findings.near) else severity


def _severity(grave: "Array") -> Severity:
    steps = [level for level, (chance, least) in enumerate(zip(grave, GRAVE_FROM, strict=False), 2) if chance >= least]
    return Severity(max(steps, default=Severity.ELEVATED))


def by_rules(findings: Findings) -> dict[Topic, Said]:
    """Return what the rules alone say, more strictly: what is denied, past or a joke still counts a little."""
    found = {}
    for topic in TOPICS:
        hits = [hit for hit in findings.hits if hit.topic is topic]
        severity = max((_stricter(hit, findings) for hit in hits), default=Severity.NONE)
        other = bool(hits) and all(hit.about == "other" for hit in hits)
        found[topic] = Said(_BY_RULES[severity], severity, float(other))
    return found


def in_other_languages(findings: Findings, said: dict[Topic, Said]) -> dict[Topic, Said]:
    """Return what plain words of other languages say and the heads, which know English, did not see."""
    hits = tuple(hit for hit in findings.hits if hit.rule.endswith(PLAIN_WORDS))
    ruled = by_rules(Findings(hits, findings.cues, findings.others))
    return {
        topic: each for topic, each in ruled.items() if each.severity and each.probability > said[topic].probability
    }


def _stricter(hit: Hit, findings: Findings) -> Severity:
    if hit.severity >= Severity.HIGH and findings.prepares:
        return Severity.IMMINENT
    if "told" in hit.scope and findings.near:
        return Severity.ELEVATED
    return max(hit.severity, Severity.LOW)


def in_talk(weights: "Weights | None", pattern: Pattern, topic: Topic, said: Said, tone: Tone) -> Severity:
    """Return how grave a topic is in the conversation: never less than is remembered, at most one step more."""
    floor = max(pattern.of(topic).worst, said.severity)
    if weights is None:
        return floor
    grave = chances(weights.talk(pattern.row(topic, said, tone)))
    likely = max((level for level, chance in enumerate(grave, 1) if chance >= LIKELY), default=0)
    return Severity(max(floor, min(likely, floor + 1)))

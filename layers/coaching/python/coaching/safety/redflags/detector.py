"""Reads a message for red flags: meaning, words, rules and the conversation, weighed together."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from coaching.errors import EmbedderUnavailable
from coaching.safety.redflags import judging
from coaching.safety.redflags.assessment import Assessment, Degraded, Finding
from coaching.safety.redflags.features import length_of, of_rules
from coaching.safety.redflags.heads import Worded, gravity_of, of_meaning, worded
from coaching.safety.redflags.normal import Plain, plain
from coaching.safety.redflags.pattern import NOTHING_YET, Pattern, Said
from coaching.safety.redflags.ports import Meanings
from coaching.safety.redflags.rules import Findings, find
from coaching.safety.redflags.weights import Weights, WeightsUnusable
from coaching.safety.topics import Topic

if TYPE_CHECKING:
    from coaching.safety.redflags.ports import Vector, Vectors

LONG_WORDS: Final = 100
"""From here on a message's loudest windows are embedded too, since its one vector blurs a single sentence."""
MOST_WINDOWS: Final = 2
_MOST_REASONS: Final = 5


@dataclass(frozen=True, slots=True)
class DetectRedFlags:
    """`weights` gives the heads, or raises WeightsUnusable; then, and without meanings, it says so (`degraded`)."""

    meanings: Meanings
    weights: Callable[[], Weights]

    def __call__(self, text: str, pattern: Pattern = NOTHING_YET, vector: "Vector | None" = None) -> Assessment:
        """Assess a message. `vector` is the text's own in the bundled MiniLM's space, where it is at hand."""
        message = plain(text)
        findings = find(message)
        try:
            weights = self.weights()
        except WeightsUnusable:
            return _assessed(findings, judging.by_rules(findings), None, pattern, "no_weights")
        words = worded(weights.words, message.text, message.windows())
        signals = judging.Signals(of_rules(message, findings), length_of(message), words.features)
        with suppress(EmbedderUnavailable):
            whole, windows = self._vectors(text, message, words, vector)
            signals = replace(signals, meaning=of_meaning(weights, whole, windows), gravity=gravity_of(weights, whole))
        said = judging.weighed(weights, findings, signals)
        said = said | judging.in_other_languages(findings, said)
        return _assessed(findings, said, weights, pattern, "no_meaning" if signals.meaning is None else "")

    def _vectors(self, text: str, message: Plain, words: Worded, vector: "Vector | None") -> "tuple[Vector, Vectors]":
        """Return the message's vector and those of its loudest windows; a disguised one is embedded as it is read."""
        texts = loudest_windows(message, words)
        if vector is not None and not message.disguised:
            return vector, self.meanings.vectors(texts) if texts else vector[None][:0]
        vectors = self.meanings.vectors([message.text if message.disguised else text, *texts])
        return vectors[0], vectors[1:]


def loudest_windows(message: Plain, words: Worded) -> list[str]:
    """Return those windows of a long message whose words weigh most, at most `MOST_WINDOWS`."""
    if message.text.count(" ") < LONG_WORDS:
        return []
    windows = message.windows()
    return [windows[at] for at in words.loudest(MOST_WINDOWS)]


def _assessed(
    findings: Findings, said: Mapping[Topic, Said], weights: Weights | None, pattern: Pattern, degraded: Degraded
) -> Assessment:
    tone = judging.tone(findings)
    found = {
        topic: Finding(
            each.probability,
            each.severity,
            judging.in_talk(weights, pattern, topic, each, tone),
            "other" if each.other >= judging.OTHER_FROM else "self",
            each.other,
        )
        for topic, each in said.items()
    }
    return Assessment(found, tone.retracts, _reasons(findings, said), degraded, pattern.after(said, tone))


def _reasons(findings: Findings, said: Mapping[Topic, Said]) -> tuple[str, ...]:
    """Return what raised the topics: the gravest rules, or the heads where no rule was met."""
    raised = {topic for topic, each in said.items() if each.severity}
    hits = sorted((hit for hit in findings.hits if hit.topic in raised), key=lambda hit: -hit.severity)
    heads = (f"{topic.value}.heads" for topic in raised - {hit.topic for hit in hits})
    return tuple(dict.fromkeys((*(hit.rule for hit in hits), *sorted(heads))))[:_MOST_REASONS]

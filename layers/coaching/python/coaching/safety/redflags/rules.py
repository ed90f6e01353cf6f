"""Phrase rules with scope: what is said, of whom, of when, and whether it is denied, told of or meant as a joke."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from coaching.safety.redflags.normal import Plain
from coaching.safety.redflags.rule_book import Rule, RuleBook, book, plain_words
from coaching.safety.topics import Severity, Topic

About = Literal["self", "other"]
Scope = Literal["denied", "told", "past", "recovery", "joking"]

CUES: Final = (
    "plan", "means", "have_means", "time", "goodbye", "danger_now", "hopeless", "withdrawal", "hedge", "retraction",
    "recovery", "past", "now", "fiction", "idiom",
)  # fmt: skip
"""What a message may hold beside a danger, from which its gravity follows."""
_MOST_HITS: Final = 40
_ENGLISH: Final = re.compile(
    r"\b(?:the|and|my|that|have|not|with|you|this|because|want|how|your|what|just|about|without|from|they|when|she|are"
    r"|out|if|her|his)\b"
)
_ENOUGH_ENGLISH: Final = 2
_CLAUSE: Final = re.compile(r"[,;:()]|\b(?:but|because|although|though|while|so|and i|then|until|unless|since)\b")
_OTHERS: Final = re.compile(r"\b(?:himself|herself|themselves|yourself|ourselves|itself|kill yourself)\b")
_MYSELF: Final = re.compile(r"\b(?:myself|my (?:own )?life|my wrists?|my throat|me)\b")
_NO_OPTION: Final = re.compile(
    r"^\W*(?:is|was|are) (?:not|never) (?:an option|on my mind|something i|what i|the answer)"
)
_QUOTE: Final = re.compile(r"\"[^\"]{3,}\"|(?<!\w)'[^']{3,}'(?!\w)")
_ABOUT_VICTIM: Final = re.compile(r"\b(?:me|us|my|i|mine)\b")


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that a sentence met. `severity` counts its scope in; NONE where it was denied or only told of."""

    rule: str
    topic: Topic
    severity: Severity
    about: About
    scope: frozenset[Scope]


@dataclass(frozen=True, slots=True)
class Findings:
    """The hits of a message, and how often each of `CUES` was met (each at most 3 times)."""

    hits: tuple[Hit, ...]
    cues: Mapping[str, int]
    others: bool
    """Whether the message speaks of other people at all."""

    @property
    def prepares(self) -> bool:
        """Whether a plan, means at hand or a goodbye are spoken of."""
        return any(self.cues[cue] for cue in ("plan", "have_means", "goodbye"))

    @property
    def near(self) -> bool:
        """Whether it is spoken of doing something soon: prepared, with a time, or happening."""
        return self.prepares and bool(self.cues["time"] or self.cues["danger_now"])

    @property
    def parting(self) -> bool:
        """Whether a goodbye is said beside hopelessness or withdrawal."""
        return bool(self.cues["goodbye"] and (self.cues["hopeless"] or self.cues["withdrawal"]))

    def worst(self, topic: Topic, about: About) -> Severity:
        """Return the gravest hit of a topic."""
        return max(
            (hit.severity for hit in self.hits if hit.topic is topic and hit.about == about), default=Severity.NONE
        )


def find(message: Plain) -> Findings:
    """Return what the rules find in a message."""
    rules = book()
    is_english = len(set(_ENGLISH.findall(message.text))) >= _ENOUGH_ENGLISH
    hits = []
    before = ""
    for sentence in message.sentences:
        hits += list(_in_sentence(sentence, before, rules, is_english))
        before = sentence
        if len(hits) >= _MOST_HITS:
            break
    text = message.text
    patterns = {**rules.scope, "idiom": rules.idioms}
    cues = {name: min(3, sum(1 for _ in patterns[name].finditer(text))) for name in CUES}
    return Findings(tuple(hits), cues, rules.scope["other"].search(text) is not None)


def _in_sentence(sentence: str, before: str, rules: RuleBook, is_english: bool) -> Iterator[Hit]:
    spans: list[tuple[int, int]] | None = None
    for rule in rules.rules if is_english else plain_words() + rules.rules:
        for found in rule.pattern.finditer(sentence):
            if spans is None:
                spans = [idiom.span() for idiom in rules.idioms.finditer(sentence)]
            if any(
                start < found.end() and found.start() < end and _covers((start, end), found) for start, end in spans
            ):
                continue
            yield _hit(rule, found, sentence, before, rules)
            break


def _covers(idiom: tuple[int, int], found: re.Match[str]) -> bool:
    return idiom[0] <= found.start() or idiom[1] >= found.end()


def _hit(rule: Rule, found: re.Match[str], sentence: str, before: str, rules: RuleBook) -> Hit:
    scope = frozenset(_scope(found, sentence, before, rules.scope))
    about = _about(rule.topic, found, sentence, rules.scope)
    return Hit(rule.id, rule.topic, _weighed(rule.severity, scope), about, scope)


def _weighed(severity: Severity, scope: frozenset[Scope]) -> Severity:
    if scope & {"denied", "told"}:
        return Severity.NONE
    if scope & {"past", "recovery"}:
        return min(severity, Severity.LOW)
    return max(Severity.LOW, Severity(severity - 1)) if "joking" in scope else severity


def _scope(found: re.Match[str], sentence: str, before: str, scope: Mapping[str, re.Pattern[str]]) -> Iterator[Scope]:
    lead = _CLAUSE.split(sentence[: found.start()])[-1].strip()
    after = sentence[found.end() :]
    denies = scope["negation"].search(lead) and not scope["not_negation"].search(lead)
    if denies or _NO_OPTION.search(after):
        yield "denied"
    if scope["fiction"].search(sentence) or scope["fiction"].search(before):
        yield "told"
    current = scope["now"].search(sentence)
    if scope["past"].search(sentence) and not current:
        yield "past"
    if scope["recovery"].search(sentence):
        yield "recovery"
    if scope["hedge"].search(sentence):
        yield "joking"


def _about(topic: Topic, found: re.Match[str], sentence: str, scope: Mapping[str, re.Pattern[str]]) -> About:
    lead = sentence[: found.start()]
    if topic is Topic.DOMESTIC_VIOLENCE:
        return "self" if _ABOUT_VICTIM.search(_without_owners(sentence)) else "other"
    if scope["said"].search(lead.rstrip(" \"',:")) and not re.search(r"\bi (?:said|told)\b[^.]*$", lead):
        return "other"
    if _OTHERS.search(found[0]):
        return "other"
    if _MYSELF.search(found[0]):
        return "self"
    return _subject(f"{lead}{found[0]}", scope)


def _without_owners(sentence: str) -> str:
    """Return a sentence in which "my sister" is no longer the writer's own word."""
    return re.sub(r"\bmy (?:friend|sister|mom|mother|daughter|cousin|aunt|neighbou?r|colleague|coworker|client|niece|"
                  r"grandma|roommate|best friend|bestie)\b(?:'s)?|\bi (?:think|know|saw|am worried|heard|believe)\b|"
                  r"\b(?:told|tells|asked|called|texted) me\b", " ", sentence)  # fmt: skip


def _subject(lead: str, scope: Mapping[str, re.Pattern[str]]) -> About:
    """Return of whom is spoken: the subject named last, where "my friend" is not the writer."""
    others = [found.span() for found in scope["other"].finditer(lead)]
    selves = [
        found.start()
        for found in scope["self"].finditer(lead)
        if not any(start <= found.start() < end for start, end in others)
    ]
    if not others:
        return "self"
    return "self" if selves and selves[-1] > others[-1][0] else "other"

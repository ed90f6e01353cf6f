"""The written rules as they stand in `rules/*.json`, compiled once."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any, Final

from coaching.safety.redflags.letters import as_seen
from coaching.safety.topics import Severity, Topic

Pattern = re.Pattern[str]
PLAIN_WORDS: Final = "plain_words"
"""What the ids of rules for other languages than English end in."""
_GAP: Final = r"(?!not\b|never\b|no\b|nobody\b|without\b)\w+"
_NAME: Final = re.compile(r"\{([A-Z]+)\}")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a sentence may say about a topic, and how grave that is where the writer says it of themselves now."""

    id: str
    topic: Topic
    severity: Severity
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class RuleBook:
    """`scope` says what surrounds a danger (denial, somebody else, fiction, the past); `idioms` are no danger at all.

    `rules` are for English; `plain_words` has those for other languages.
    """

    rules: tuple[Rule, ...]
    idioms: Pattern
    scope: Mapping[str, Pattern]


@cache
def book() -> RuleBook:
    """Return the rules that ship."""
    words = _data("words")
    scope = {name: _either(patterns) for name, patterns in _data("scope").items()}
    english = [rule for topic in Topic for rule in _rules(_data(topic.value), words)]
    return RuleBook(tuple(english), _either(_data("idioms")["match"]), scope)


def _rules(stored: Mapping[str, Any], words: Mapping[str, str]) -> list[Rule]:
    topic = Topic(stored["topic"])
    return [
        Rule(
            f"{topic.value}.{rule['id']}",
            topic,
            Severity[rule["level"].upper()],
            re.compile("|".join(rf"\b(?:{_filled(pattern, words)})(?!\w)" for pattern in rule["match"])),
        )
        for rule in stored["rules"]
    ]


@cache
def plain_words() -> tuple[Rule, ...]:
    """Return the plainest words of danger in other languages, which know no scope: compiled when first needed."""
    stored = _data("plain_words")
    return tuple(
        Rule(f"{topic}.{PLAIN_WORDS}", Topic(topic), _level(Topic(topic)), _folded(chain(*languages.values())))
        for topic, languages in stored.items()
    )


def _level(topic: Topic) -> Severity:
    grave = topic in (Topic.SUICIDE, Topic.SELF_HARM, Topic.DOMESTIC_VIOLENCE)
    return Severity.HIGH if grave else Severity.ELEVATED


def _folded(patterns: Iterable[str]) -> Pattern:
    """Compile patterns folded as messages are. Scripts without spaces between words have no word boundaries."""
    folded = [as_seen(pattern) for pattern in patterns]
    return re.compile("|".join(rf"\b(?:{pattern})(?!\w)" if pattern[0] < "\u0590" else pattern for pattern in folded))


def _filled(pattern: str, words: Mapping[str, str]) -> str:
    """Fill in the named words. A word that a pattern passes over is never one that denies."""
    filled = _NAME.sub(lambda name: words[name[1]], pattern)
    return filled.replace(r"(?: \w+)", rf"(?: {_GAP})").replace(r"(?:\w+ )", rf"(?:{_GAP} )")


def _either(patterns: list[str]) -> Pattern:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


def _data(name: str) -> dict[str, Any]:
    stored: dict[str, Any] = json.loads(
        files(__package__).joinpath("rules", f"{name}.json").read_text(encoding="utf-8")
    )
    return stored

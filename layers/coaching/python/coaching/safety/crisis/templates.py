"""The approved words for a crisis, per language, as data: short, warm, one question, no promise, no number.

Numbers come from the registry alone. Whoever approves other words (a creator, a human) writes a file of the same form
with a higher `version` and their name in `approved_by`; it has to keep the same rules.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coaching.errors import Invalid
from coaching.safety.topics import Topic

LANGUAGES: Final = ("cs", "da", "de", "en", "es", "fi", "fr", "it", "nb", "nl", "pl", "pt", "sv", "tr")
"""ISO 639-1."""
FALLBACK: Final = "en"
ASK: Final = "ask"
LONGEST_LINE: Final = 420
"""Characters. Who is in danger reads little."""

_ALSO: Final = {"no": "nb", "nn": "nb"}
_PER_TOPIC: Final = ("gentle", "ask", "high", "imminent", "urgent_ask")
_THIRD: Final = (*_PER_TOPIC, "violence")
KEYS: Final = frozenset(
    [
        *(f"{topic.value}.{part}" for topic in Topic for part in _PER_TOPIC),
        *(f"third.{part}" for part in _THIRD),
        "retraction",
        "retraction.ask",
        "human.told",
        "human.nobody",
        "violence.exit",
        "where",
        "local_emergency",
        "help.gentle",
        "help.urgent",
        "label.emergency",
        "label.police",
        "label.text",
        "label.text_keyword",
    ]
)
"""Every line that a language has; `gentle` serves low and elevated severity, `urgent_ask` high and imminent."""
_PLACES: Final = {"label.text": {"number"}, "label.text_keyword": {"keyword", "number"}}
_QUESTION_MARK: Final = re.compile(r"[?？؟]")
_NUMBER_OR_ADDRESS: Final = re.compile(r"\d|https?:|www\.|@|\b[a-z]+\.(?:com|org|net)\b", re.IGNORECASE)
_PLACE: Final = re.compile(r"\{(\w*)\}")


@dataclass(frozen=True, slots=True)
class Templates:
    """The lines of one language. `approved_by` is `shipped` for those that came with the product."""

    locale: str
    version: int
    approved_by: str
    lines: Mapping[str, str]

    @property
    def approval(self) -> str:
        """Which words these are, for a record: `en/1/shipped`."""
        return f"{self.locale}/{self.version}/{self.approved_by}"


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    locale: str = Field(pattern=r"^[a-z]{2}$")
    version: int = Field(ge=1)
    approved_by: str = Field(min_length=2, max_length=80)
    lines: dict[str, str]


def from_json(text: str) -> Templates:
    """Return the templates that a file's text says. Raises: Invalid, with the rule that a line breaks."""
    try:
        read = _File.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = "/".join(str(part) for part in first["loc"])
        raise Invalid(f"crisis templates: {place}: {first['msg']}", code="malformed_templates") from error
    broken = _broken(read.lines)
    if broken:
        raise Invalid(f"crisis templates {read.locale}: {broken}", code="malformed_templates")
    return Templates(read.locale, read.version, read.approved_by, read.lines)


@cache
def shipped_templates(language: str) -> Templates:
    """Return what ships for one of `LANGUAGES`. Raises: Invalid, OSError."""
    return from_json(files(__package__).joinpath("templates", f"{language}.json").read_text(encoding="utf-8"))


def language_of(*locales: str) -> str:
    """Return the first of the locales' languages (`de-AT`: de) that there are templates for; English where none is."""
    spoken = [re.split(r"[-_]", locale.strip().lower())[0] for locale in locales]
    known = [_ALSO.get(language, language) for language in spoken]
    return next((language for language in known if language in LANGUAGES), FALLBACK)


def _broken(lines: Mapping[str, str]) -> str:
    if lines.keys() != KEYS:
        missing, unknown = sorted(KEYS - lines.keys()), sorted(lines.keys() - KEYS)
        return f"missing {missing}, unknown {unknown}"
    return next((f"{key}: {rule}" for key, line in lines.items() for rule in _rules(key, line)), "")


def _rules(key: str, line: str) -> list[str]:
    rules = []
    if not line.strip() or len(line) > LONGEST_LINE or "\n" in line:
        rules.append(f"one line of 1 to {LONGEST_LINE} characters")
    if _NUMBER_OR_ADDRESS.search(line):
        rules.append("numbers and addresses come from the registry")
    questions = 1 if key.endswith(ASK) else 0
    if len(_QUESTION_MARK.findall(line)) != questions:
        rules.append(f"it has {questions} question marks")
    if set(_PLACE.findall(line)) != _PLACES.get(key, set()):
        rules.append(f"it has the places {sorted(_PLACES.get(key, set()))}")
    return rules

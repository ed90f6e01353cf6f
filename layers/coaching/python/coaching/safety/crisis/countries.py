"""Which country somebody is in, from their locale or from what they answer; never guessed from a language."""

import re
import unicodedata
from typing import Final

from coaching.safety.crisis.registry import CountryCode, Registry

_REGION: Final = re.compile(r"^[A-Za-z]{2,3}(?:[-_][A-Za-z]{4})?[-_]([A-Za-z]{2})(?:[-_.@].*)?$")
_ALSO: Final = {"UK": "GB"}
_FEW_WORDS: Final = 5
_LONGEST_ANSWER: Final = 80
"""Characters. In a longer message a country's name is more often part of a story than an answer."""


def country_of(locale: str) -> CountryCode:
    """Return the region of a locale (`de-AT`, `zh_Hant_TW`), or nothing: a language alone is no country."""
    found = _REGION.match(locale.strip())
    region = found[1].upper() if found else ""
    return _ALSO.get(region, region)


def named_country(answer: str, registry: Registry) -> CountryCode:
    """Return the one country of the registry that a short answer names ("I'm in Canada", "Österreich"), or nothing."""
    if len(answer) > _LONGEST_ANSWER:
        return ""
    words = f" {_plain(answer)} "
    named = {_plain(name): code for code, names in registry.names.items() for name in names}
    said = [name for name in named if f" {name} " in words]
    # "Northern Ireland" is not Ireland.
    found = {named[name] for name in said if not any(f" {name} " in f" {longer} " for longer in said if longer != name)}
    if not found and len(answer.split()) <= _FEW_WORDS and not _shouted(answer):
        found = {_ALSO.get(code, code) for code in _codes(answer)} & registry.names.keys()
    return found.pop() if len(found) == 1 else ""


def _codes(answer: str) -> set[str]:
    # Capitals only: "us", "in", "it" and "no" are words.
    return set(re.findall(r"\b[A-Z]{2}\b", re.sub(r"\b([A-Z])\.([A-Z])\b\.?", r"\1\2", answer)))


def _shouted(answer: str) -> bool:
    return answer.isupper() and len(answer.split()) > 1


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return " ".join(re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", letters.replace(".", "")))

"""How old a user is, as far as they said, and what follows from it.

Who is under 18 is answered by stricter thresholds and without numbers about weight or food. Who is under the creator's
`minimum_age` is told that the coaching is not for them. What a user says of their age is kept in the preference `age`.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from coaching.conversation.tongues import in_tongue_of
from coaching.errors import StaleWrite, StorageUnavailable
from coaching.profile.ports import Profiles
from coaching.profile.user import UserProfile
from coaching.vocabulary import Scalar, now

MINIMUM_SETTING: Final = "minimum_age"
"""A creator's setting, years: 13 to 21; 13 where it is absent."""
AGE_PREFERENCE: Final = "age"
BORN_PREFERENCE: Final = "birth_year"
OF_AGE: Final = 18
LEAST, MOST = 13, 21
"""Bounds of the setting. Below 13 a child's data must not be kept without its parents (COPPA, 16 CFR 312.2)."""
YOUNGEST, OLDEST = 5, 110

TOO_YOUNG: Final = {
    "en": "This coaching is for people aged {age} and over; please talk to an adult you trust.",
    "cs": "Tento koučink je pro lidi od {age} let; promluvte si prosím s dospělým, kterému věříte.",
    "da": "Denne coaching er for personer fra {age} år; tal med en voksen, du stoler på.",
    "de": "Dieses Coaching ist für Menschen ab {age} Jahren; bitte sprich mit einem Erwachsenen, dem du vertraust.",
    "es": "Este coaching es para personas a partir de {age} años; habla con un adulto de confianza.",
    "fi": "Tämä valmennus on vähintään {age}-vuotiaille; puhu aikuiselle, johon luotat.",
    "fr": "Ce coaching s'adresse aux personnes à partir de {age} ans ; parle à un adulte de confiance.",
    "it": "Questo coaching è per persone dai {age} anni in su; parla con un adulto di cui ti fidi.",
    "nb": "Denne coachingen er for personer fra {age} år; snakk med en voksen du stoler på.",
    "nl": "Deze coaching is voor mensen vanaf {age} jaar; praat met een volwassene die je vertrouwt.",
    "pl": "Ten coaching jest dla osób od {age} lat; porozmawiaj z zaufaną osobą dorosłą.",
    "pt": "Este coaching é para pessoas a partir dos {age} anos; fala com um adulto de confiança.",
    "sv": "Den här coachningen är för personer från {age} år; prata med en vuxen du litar på.",
    "tr": "Bu koçluk {age} yaş ve üzeri içindir; lütfen güvendiğin bir yetişkinle konuş.",
}
"""By language (ISO 639-1)."""

_WORDS: Final = {
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
}  # fmt: skip
_NUMBER: Final = rf"(\d{{1,3}}|{'|'.join(_WORDS)})"
_NO_UNIT: Final = (
    r"(?![\w.,:%/-]*\d|[-' ]*(?:%|percent|days?|weeks?|months?|minutes?|mins?|hours?|hrs?|seconds?|pounds?|lbs?"
    r"|kilos?|kgs?"
    r"|miles?|km|k\b|metres?|meters?|steps?|pages?|sessions?|times?|reps?|sets?|of\b|in a row|cm|feet|ft|am\b|pm\b"
    r"|o'clock"
    r"|points?|hands?|people|euros?|dollars?|credits?|classes|kids|years? (?:in|into|sober|clean|married|with|at|of"
    r"|on|since|late|behind)))"
)
_SAID: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:i am|i'm|im|i was just|i just turned|i turned|i'm turning|i'm only|i am only|i'm just) (?:only |just "
        rf"|almost |nearly )?{_NUMBER}\b(?!['’\"]){_NO_UNIT}",
        rf"\b(?:as an?|i'm an?|i am an?) {_NUMBER}[- ]?(?:years?|yrs?)?[- ]?(?:old|yo|y/o)\b",
        rf"\bmy age is {_NUMBER}\b|\b(?:i|me) ?\(?{_NUMBER} ?[mf]\)?(?=[\s,.)]|$)",
        rf"\bich bin (?:erst )?{_NUMBER}(?: jahre)?(?: alt)?\b{_NO_UNIT}(?! (?:tage|wochen|monate|minuten|stunden"
        rf"|kilo|meter|schritte|prozent))",
        rf"\btengo {_NUMBER} años\b|\bj'ai {_NUMBER} ans\b|\bho {_NUMBER} anni\b|\btenho {_NUMBER} anos\b"
        rf"|\bik ben {_NUMBER} jaar\b",
    )
)
_SCHOOL: Final = re.compile(
    r"\b(?:i am|i'm|im) (?:still )?(?:in|at|a student in) (?:(?:my |the )?(elementary|primary|middle|junior high|high"
    r"|secondary) school"
    r"|(?:the )?(\d{1,2})(?:st|nd|rd|th) grade|year (\d{1,2})\b)",
    re.IGNORECASE,
)
_OF_SCHOOL: Final = {
    "elementary": 10, "primary": 10, "middle": 13, "junior high": 13, "high": 16, "secondary": 15,
}  # fmt: skip


def age_said(message: str) -> int | None:
    """Return how old the writer says they are, in years; by their school it is a guess. None where they do not say."""
    plain = message.replace("’", "'")
    for pattern in _SAID:
        if found := pattern.search(plain):
            number = next(group for group in found.groups() if group)
            age = _WORDS.get(number.lower()) or int(number)
            return age if YOUNGEST <= age <= OLDEST else None
    if school := _SCHOOL.search(plain):
        return _of_school(school)
    return None


def _of_school(school: re.Match[str]) -> int | None:
    if school[1]:
        return _OF_SCHOOL[school[1].lower()]
    age = int(school[2]) + 6 if school[2] else int(school[3]) + 5
    return age if YOUNGEST <= age <= OLDEST else None


def age_known(profile: UserProfile) -> int | None:
    """Return the age that the profile tells; None where it tells none."""
    age, born = profile.preferences.get(AGE_PREFERENCE), profile.preferences.get(BORN_PREFERENCE)
    if isinstance(age, int | float) and not isinstance(age, bool) and YOUNGEST <= age <= OLDEST:
        return int(age)
    if isinstance(born, int | float) and not isinstance(born, bool) and YOUNGEST <= now().year - born <= OLDEST:
        return int(now().year - born)
    return None


def youngest(*ages: int | None) -> int | None:
    """Return the lowest of what is known: in doubt a user is the younger."""
    return min((age for age in ages if age is not None), default=None)


def minimum_age(settings: Mapping[str, Scalar]) -> int:
    """Return the age from which the creator coaches, within the bounds."""
    value = settings.get(MINIMUM_SETTING, LEAST)
    if isinstance(value, bool | str) or value != value:
        return LEAST
    return int(min(MOST, max(LEAST, value)))


def too_young(settings: Mapping[str, Scalar], locales: tuple[str, ...]) -> str:
    """Return what somebody is told who is younger than the creator coaches."""
    return in_tongue_of(locales, TOO_YOUNG).format(age=minimum_age(settings))


def too_young_lines(settings: Mapping[str, Scalar]) -> frozenset[str]:
    """Return that line in every language."""
    return frozenset(line.format(age=minimum_age(settings)) for line in TOO_YOUNG.values())


def remember_age(profiles: Profiles, profile: UserProfile, message: str) -> UserProfile:
    """Keep the age of somebody under age who tells it, and return the profile with it.

    What cannot be kept counts for this message alone. A lower age is never replaced by a higher one.
    """
    said = age_said(message)
    known = age_known(profile)
    if said is None or said >= OF_AGE or (known is not None and known <= said):
        return profile
    told = replace(profile, preferences={**profile.preferences, AGE_PREFERENCE: said}, updated_at=now())
    try:
        return profiles.save(told)
    except (StaleWrite, StorageUnavailable):
        return told

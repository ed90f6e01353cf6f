"""Saying that the coach is no person: at the beginning of a conversation, and always when somebody asks."""

import re
from collections.abc import Mapping
from typing import Final

from coaching.conversation.tongues import in_tongue_of
from coaching.vocabulary import Scalar

DISCLOSE_SETTING: Final = "disclose_ai"
"""A creator's setting: false leaves the line out at the beginning. Who asks is told whatever it says."""
SHORT_QUESTION: Final = 12
"""Words of a message that asks for nothing else."""

DISCLOSURES: Final = {
    "en": "I'm an AI coach, not a person.",
    "cs": "Jsem kouč s umělou inteligencí, ne člověk.",
    "da": "Jeg er en AI-coach, ikke et menneske.",
    "de": "Ich bin ein KI-Coach, kein Mensch.",
    "es": "Soy un coach de inteligencia artificial, no una persona.",
    "fi": "Olen tekoälyvalmentaja, en ihminen.",
    "fr": "Je suis un coach basé sur l'IA, pas une personne.",
    "it": "Sono un coach basato sull'intelligenza artificiale, non una persona.",
    "nb": "Jeg er en KI-coach, ikke et menneske.",
    "nl": "Ik ben een AI-coach, geen mens.",
    "pl": "Jestem coachem opartym na sztucznej inteligencji, nie człowiekiem.",
    "pt": "Sou um coach de inteligência artificial, não uma pessoa.",
    "sv": "Jag är en AI-coach, inte en människa.",
    "tr": "Ben bir yapay zekâ koçuyum, insan değilim.",
}
"""By language (ISO 639-1)."""

_WHO: Final = (
    r"(?:an? )?(?:real |actual |live |living |human )*(?:person|human(?: being)?|man|woman|robot|bot|chat ?bot|machine"
    r"|a\.?i\.?|program|computer|chatgpt|llm)"
)
_ASKS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:are|r) (?:you|u) (?:(?:really|actually|even|just|only) )*{_WHO}\b",
        rf"\b(?:am i|are we) (?:(?:really|actually|even|just|only) )*(?:talking|speaking|chatting|texting"
        rf"|writing) (?:to|with) {_WHO}\b",
        rf"\b(?:is this|is it) (?:(?:really|actually|even|just|only) )*{_WHO}(?:\W*$| (?:talking|answering|writing"
        rf"|replying|i'm))",
        rf"\byou(?:'re| are)(?: not)? (?:just |only |really )?{_WHO}(?:,? (?:right|aren't you|are you|no)\b|\s*\?)",
        r"\b(?:are you|is this) (?:real|human|ai)\b(?! (?:progress|change|easy))",
        r"\b(?:bist du|sind sie|rede ich mit|ist das) (?:(?:wirklich|echt|ein|einem|eine|einer|etwa) )*(?:mensch\w*"
        r"|person|maschine|ki|bot|roboter|computer)\b",
        r"\b(?:eres|es usted|hablo con|estoy hablando con) (?:(?:realmente|un|una) )*(?:humano|humana|persona|robot"
        r"|bot|m[aá]quina|ia)\b",
        r"\b(?:es-tu|tu es|[eê]tes-vous|vous [eê]tes|je parle [aà]) (?:(?:vraiment|un|une) )*(?:humain|humaine"
        r"|personne|robot|bot|machine|ia)\b",
        r"\b(?:sei|parlo con|sto parlando con) (?:(?:davvero|un|una|un') ?)*(?:umano|umana|persona|robot|bot|macchina"
        r"|ia)\b",
        r"\b(?:ben je|bent u|praat ik met) (?:(?:echt|een) )*(?:mens|persoon|robot|bot|machine|ai)\b",
        r"\b(?:[eé]s|voc[eê] [eé]|estou (?:a )?fala(?:r|ndo) com) (?:(?:mesmo|um|uma) )*(?:humano|humana|pessoa"
        r"|rob[oô]|bot|m[aá]quina|ia)\b",
    )
)


def asks_who_answers(message: str) -> bool:
    """Return whether a message asks whether a person or a machine answers."""
    plain = message.replace("’", "'")
    return any(pattern.search(plain) for pattern in _ASKS)


def asks_nothing_else(message: str) -> bool:
    """Return whether the line alone answers a message that asks who answers."""
    return len(message.split()) <= SHORT_QUESTION


def is_disclosed(settings: Mapping[str, Scalar]) -> bool:
    """Return whether conversations begin with the line."""
    return settings.get(DISCLOSE_SETTING) is not False


def disclosure(locales: tuple[str, ...]) -> str:
    """Return the line in the first of the locales whose language is known, in English where none is."""
    return in_tongue_of(locales, DISCLOSURES)

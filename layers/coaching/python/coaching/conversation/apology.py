"""What is said when nothing can answer: no model does, and the material has no words for it either."""

from typing import Final

from coaching.conversation.tongues import in_tongue_of
from coaching.safety.draft import Draft, DraftSentence

APOLOGIES: Final = {
    "en": ("I'm experiencing technical difficulties.", "Please try again later."),
    "cs": ("Mám technické potíže.", "Zkuste to prosím později."),
    "da": ("Jeg har tekniske problemer.", "Prøv venligst igen senere."),
    "de": ("Ich habe gerade technische Schwierigkeiten.", "Bitte versuche es später noch einmal."),
    "es": ("Estoy teniendo dificultades técnicas.", "Inténtalo de nuevo más tarde, por favor."),
    "fi": ("Minulla on teknisiä ongelmia.", "Yritä myöhemmin uudelleen."),
    "fr": ("Je rencontre des difficultés techniques.", "Merci de réessayer plus tard."),
    "it": ("Sto avendo difficoltà tecniche.", "Riprova più tardi, per favore."),
    "nb": ("Jeg har tekniske problemer.", "Prøv igjen senere."),
    "nl": ("Ik heb technische problemen.", "Probeer het later opnieuw."),
    "pl": ("Mam problemy techniczne.", "Spróbuj ponownie później."),
    "pt": ("Estou com dificuldades técnicas.", "Tente novamente mais tarde, por favor."),
    "sv": ("Jag har tekniska problem.", "Försök igen senare."),
    "tr": ("Teknik sorunlar yaşıyorum.", "Lütfen daha sonra tekrar deneyin."),
}
"""By language (ISO 639-1), two sentences each."""


def apology(*locales: str) -> Draft:
    """Return an apology in the first of the locales (`de-AT`) whose language is known; in English where none is."""
    lines = in_tongue_of(locales, APOLOGIES)
    sentences = (DraftSentence(line, "phrase", lead=" " if at else "") for at, line in enumerate(lines))
    return Draft("apology", tuple(sentences), "none")

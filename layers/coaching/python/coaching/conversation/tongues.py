"""Lines that are said in the user's language, where it is known."""

from collections.abc import Mapping
from typing import Final, TypeVar

Lines = TypeVar("Lines")
_ALSO: Final = {"no": "nb", "nn": "nb"}


def in_tongue_of(locales: tuple[str, ...], lines: Mapping[str, Lines]) -> Lines:
    """Return the lines in the first of the locales (`de-AT`) whose language is there; in English where none is.

    `lines` are by language (ISO 639-1), `en` among them.
    """
    languages = [locale.split("-")[0].lower() for locale in locales]
    known = [_ALSO.get(language, language) for language in languages]
    return lines[next((language for language in known if language in lines), "en")]

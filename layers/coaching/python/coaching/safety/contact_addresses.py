"""Addresses in a text: with a scheme, bare (`example.org/help`) and of e-mail."""

import re
from typing import Final

_SURE: Final = (
    "com|org|net|info|biz|gov|edu|int|io|ai|app|dev|co|tv|online|site|shop|store|xyz|health|help|care|coach|fit|life"
    "|live|club|page|link|blog|news|support|eu|uk|de|fr|es|pt|nl|ch|se|dk|fi|pl|cz|tr|ca|au|nz|jp|br|za|sg|mx|ie|ru"
    "|cn|kr|ly|gl"
)
"""Top-level domains that are no words."""
_WORDS: Final = "it|at|no|in|us|me|be|is|so|to|my|am|as|do|la"
"""Those that are: "look.at that" is two sentences that miss a space, "look.at/help" is an address."""
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
"""Source of the length: RFC 1035, 2.3.4. Every repetition is bounded, so that no text makes reading it slow."""
_START: Final = r"(?<![\w@.])(?<!\w-)(?=[a-z0-9.-]{0,80}[a-z])"
_PATH: Final = r"(?:[/?#][^\s<>\"')\]]*)?"
_ADDRESS: Final = re.compile(
    r"\bhttps?://[^\s<>\"')\]]+"
    rf"|\bwww\.{_LABEL}(?:\.{_LABEL}){{1,6}}{_PATH}"
    rf"|(?<![\w.+-])[\w.+-]{{1,64}}@{_LABEL}(?:\.{_LABEL}){{1,6}}"
    rf"|{_START}(?:{_LABEL}\.){{1,6}}(?:{_SURE})(?![\w-]|\.\w){_PATH}"
    rf"|{_START}(?:{_LABEL}\.){{1,6}}(?:{_WORDS})/[^\s<>\"')\]]*"
    rf"|{_START}(?:{_LABEL}\.){{2,6}}(?:{_WORDS})(?![\w-]|\.\w)",
    re.IGNORECASE,
)
_ABBREVIATION: Final = re.compile(r"(?:\w\.){1,6}\w{1,2}", re.IGNORECASE)
_END: Final = ".,;:!?'\"/"


def addresses(text: str) -> tuple[str, ...]:
    """Return the addresses of a `plain` text, in order, without the punctuation that follows them."""
    found = (match[0].rstrip(_END) for match in _ADDRESS.finditer(text))
    return tuple(address for address in found if not _ABBREVIATION.fullmatch(address) and not _glued(address))


def address_key(address: str) -> str:
    """Return what two spellings of one address have in common: host and path, lower case, no scheme and no `www.`."""
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", address.lower()).rstrip(_END)


def _glued(address: str) -> bool:
    # "Well done.Live well": a new sentence that misses its space begins with a capital.
    last = address.rpartition(".")[2]
    return "/" not in address and "@" not in address and last[:1].isupper() and not last.isupper()

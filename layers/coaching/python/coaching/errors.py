"""Everything that can go wrong, as one tree.

CoachingError                 base; `code` is stable, the message is a sentence that the caller can act on
├── Malformed                 400  the request cannot be read
├── NotSignedIn               401  no identity in the request context
├── NotAllowed                403  the role does not permit it
├── NotFound                  404  no such thing for this tenant (another tenant's thing is not found either)
├── Conflict                  409  the state does not permit it now
│   ├── StaleWrite            409  somebody else wrote first; read again and retry
│   ├── StillRunning          409  the same idempotency key is being worked on
│   └── StillFound            409  passages of a document that was removed can be found
├── TooLarge                  413  over a size limit
├── UnsupportedType           415  a content type that is not handled
├── Invalid                   422  readable, but a value is not acceptable
├── TooMany                   429  over a rate; `retry_after_seconds`
├── Unavailable               503  a part we depend on does not answer; `retry_after_seconds`
│   ├── EmbedderUnavailable
│   ├── SearchUnavailable
│   ├── StorageUnavailable
│   └── ModelUnavailable      never shown to a user while the composer can answer
└── UnusableDocument               a document that cannot become passages; ends in `failed` with code and message
"""

import re
from collections.abc import Mapping


class CoachingError(Exception):
    """Base of every error that this product raises on purpose."""

    code = "error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        """Return `[code] message`: the one string that passes through a state machine (`code_and_message` reads it)."""
        return f"[{self.code}] {self.message}"


def code_and_message(text: str) -> tuple[str, str] | None:
    """Read an error's string back; None where it is not one of ours."""
    found = re.fullmatch(r"\[([a-z_]+)\] (.+)", text, re.DOTALL)
    return (found[1], found[2]) if found else None


class Malformed(CoachingError):
    code = "malformed"


class NotSignedIn(CoachingError):
    code = "not_signed_in"


class NotAllowed(CoachingError):
    code = "not_allowed"


class NotFound(CoachingError):
    code = "not_found"


class Conflict(CoachingError):
    code = "conflict"


class StaleWrite(Conflict):
    code = "stale_write"


class StillRunning(Conflict):
    code = "still_running"


class StillFound(Conflict):
    code = "still_found"


class TooLarge(CoachingError):
    code = "too_large"


class UnsupportedType(CoachingError):
    code = "unsupported_type"


class Invalid(CoachingError):
    """A value is not acceptable. `fields` maps a JSON pointer to the sentence about it."""

    code = "invalid"

    def __init__(self, message: str, *, fields: Mapping[str, str] | None = None, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.fields = dict(fields or {})


class TooMany(CoachingError):
    code = "too_many"

    def __init__(self, message: str, *, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(CoachingError):
    code = "unavailable"
    retry_after_seconds = 5


class EmbedderUnavailable(Unavailable):
    code = "embedder_unavailable"


class SearchUnavailable(Unavailable):
    code = "search_unavailable"


class StorageUnavailable(Unavailable):
    code = "storage_unavailable"


class ModelUnavailable(Unavailable):
    code = "model_unavailable"


class UnusableDocument(CoachingError):
    """A document that cannot become passages: `code` and message are shown to its creator.

    Codes: empty_file, no_text, scanned, encrypted, corrupt, too_large, unpacks_too_large, not_text, wrong_type,
    too_many_pages, upload_gone, not_embeddable;
    of recordings no_speech, too_long, unsupported_media, speech_refused, speech_unavailable.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, code=code)

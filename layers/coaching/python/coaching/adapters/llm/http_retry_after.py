"""How long a server asks to wait before the next request."""

import re
import time
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Final

_LONGEST: Final = 86_400.0
_NUMBER: Final = re.compile(r"\d{1,12}(\.\d+)?", re.ASCII)


def retry_after_seconds(headers: Message) -> float | None:
    """Return the seconds that an answer's headers name, a day at most; None where they name none that make sense.

    Read from `retry-after-ms` (OpenAI), or `Retry-After` as seconds or as a date (RFC 9110, section 10.2.3). A date is
    measured by the server's own clock where it sent its time, as ours may be wrong.
    """
    milliseconds, wait = _value(headers, "retry-after-ms"), _value(headers, "Retry-After")
    if _NUMBER.fullmatch(milliseconds):
        return min(float(milliseconds) / 1000, _LONGEST)
    if _NUMBER.fullmatch(wait):
        return min(float(wait), _LONGEST)
    until = _moment(wait)
    if until is None:
        return None
    now = _moment(_value(headers, "Date"))
    return min(max(0.0, until - (time.time() if now is None else now)), _LONGEST)


def _value(headers: Message, name: str) -> str:
    return str(headers.get(name, "")).strip()


def _moment(date: str) -> float | None:
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        return None

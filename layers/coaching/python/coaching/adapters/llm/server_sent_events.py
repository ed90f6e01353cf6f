"""Server-sent events, read from bytes that are cut anywhere.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation. Here an event's data
stays bytes, so that half a character shows where the data is read, and the last event needs no empty line after it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from coaching.models.failures import unavailable

_LONGEST: Final = 1_048_576
_MARK: Final = b"\xef\xbb\xbf"
# A carriage return at the very end may be the first half of a line's end.
_LINE_END: Final = re.compile(rb"\r\n|\n|\r(?!\Z)")


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    data: bytes
    name: str = "message"


def server_sent_events(pieces: Iterable[bytes]) -> Iterator[ServerSentEvent]:
    """Yield each event that has data as soon as it is complete; comments and what is no field are passed over.

    Raises: ModelUnavailable for an event of more than a megabyte.
    """
    name, size = "", 0
    data: list[bytes] = []
    for line in _lines(pieces):
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if not line:
            if data:
                yield ServerSentEvent(b"\n".join(data), name or "message")
            name, data, size = "", [], 0
        elif field == b"data":
            data.append(value)
            size += len(value)
            _bounded(size)
        elif field == b"event":
            name = value.decode("utf-8", errors="replace")
    if data:
        yield ServerSentEvent(b"\n".join(data), name or "message")


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest, begun = b"", False
    for piece in pieces:
        *complete, rest = _LINE_END.split(rest + piece)
        _bounded(len(rest))
        for line in complete:
            yield line if begun else line.removeprefix(_MARK)
            begun = True
    if rest:
        yield rest.removesuffix(b"\r") if begun else rest.removesuffix(b"\r").removeprefix(_MARK)


def _bounded(size: int) -> None:
    if size > _LONGEST:
        raise unavailable("malformed_answer", "A model's server sent an event without end.")

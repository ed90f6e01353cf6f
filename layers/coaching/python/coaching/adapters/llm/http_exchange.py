"""One HTTP request whose every wait ends with a countdown, or when its reader leaves.

A socket's timeout, which is all that the usual clients offer, starts anew with each received byte: a server that
drips would hold a caller for ever. Here each receive waits for no more than what the countdown has left. A reader who
leaves has the connection shut from another thread, which wakes whoever waits at it.
"""

import http.client
import io
import socket
import ssl
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, Self, cast
from urllib.parse import SplitResult, urlsplit

from coaching.adapters.llm.deadlines import Countdown
from coaching.adapters.llm.http_dialing import dial, hanging_up, usual_trust
from coaching.adapters.llm.http_retry_after import retry_after_seconds
from coaching.models.failures import unavailable

_PIECE = 65_536
_LONGEST_LINE = 1_048_576
_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})


class HttpExchange:
    """A request that was sent and an answer that is arriving. `close` hangs up, which tells the server to stop."""

    def __init__(self, where: str, connection: socket.socket, response: http.client.HTTPResponse) -> None:
        self._where = where
        self._connection = connection
        self._response = response
        self.status = response.status

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def content_type(self) -> str:
        """The kind of the body, such as `text/event-stream`, in small letters and without its parameters."""
        return self._response.getheader("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers by their names in small letters; of one that comes twice the last counts."""
        return {name.lower(): value for name, value in self._response.getheaders()}

    @property
    def retry_after_seconds(self) -> float | None:
        """How long the server asks to wait, a day at most; None where it does not say so."""
        return retry_after_seconds(self._response.headers)

    def lines(self) -> Iterator[bytes]:
        """Yield each complete line as soon as it is there. Raises: ModelUnavailable."""
        rest = b""
        for piece in self.pieces():
            *complete, rest = (rest + piece).split(b"\n")
            yield from filter(None, complete)
            if len(rest) > _LONGEST_LINE:
                raise unavailable("malformed_answer", f"{self._where} sent a line without end.")
        if rest:
            yield rest

    def pieces(self) -> Iterator[bytes]:
        """Yield what arrives as it arrives, cut anywhere. Raises: ModelUnavailable."""
        return iter(self._receive, b"")

    def body(self, limit: int = _LONGEST_LINE) -> bytes:
        """Return the answer, or its first `limit` bytes and a little more. Raises: ModelUnavailable."""
        body = bytearray()
        while len(body) < limit and (piece := self._receive()):
            body += piece
        return bytes(body)

    def close(self) -> None:
        self._connection.close()

    def _receive(self) -> bytes:
        try:
            return self._response.read1(_PIECE)
        except (OSError, http.client.HTTPException) as error:
            raise unavailable("malformed_answer", f"{self._where} broke off in the middle of its answer.") from error


def open_exchange(
    method: str,
    url: str,
    body: bytes | None,
    countdown: Countdown,
    *,
    connect: float,
    first_token: float,
    headers: Mapping[str, str] = _NO_HEADERS,
    trust: ssl.SSLContext | None = None,
) -> HttpExchange:
    """Send a request and wait for the head of its answer. Raises: ModelUnavailable.

    `headers` hold printable ASCII. `trust` says whose certificates count for https: what the system trusts, if None.
    """
    address = _address(url)
    where = f"{address.scheme}://{address.hostname}:{_port(address)}"
    countdown.expect("a connection", connect, "unreachable")
    client, connection = _connected(address, where, trust, countdown)
    countdown.expect("the start of its answer", first_token)
    try:
        client.sock = cast(socket.socket, _TimedSocket(connection, countdown))
        client.request(method, address.path, body, {"Content-Type": "application/json", **headers})
        return HttpExchange(where, connection, client.getresponse())
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        raise unavailable("malformed_answer", f"{where} hung up or answered with something other than HTTP.") from error
    except BaseException:
        connection.close()
        raise


def _address(url: str) -> SplitResult:
    try:
        address = urlsplit(url)
        _port(address)
    except ValueError:
        address = SplitResult("", "", "", "", "")
    host = address.hostname or ""
    unfit = not host or " " in host or not host.isprintable() or address.username is not None
    if address.scheme not in ("http", "https") or unfit:
        raise unavailable("unreachable", "A model server's address has the form http://127.0.0.1:11434.")
    return address


def _port(address: SplitResult) -> int:
    return address.port or (443 if address.scheme == "https" else 80)


def _connected(
    address: SplitResult, where: str, trust: ssl.SSLContext | None, countdown: Countdown
) -> tuple[http.client.HTTPConnection, socket.socket]:
    host, port = address.hostname or "", _port(address)
    if address.scheme == "http":
        return http.client.HTTPConnection(host, port), dial(where, host, port, None, countdown)
    trust = trust or usual_trust()
    return http.client.HTTPSConnection(host, port, context=trust), dial(where, host, port, trust, countdown)


class _TimedSocket:
    """What `http.client` uses of a socket, with waits that end with the countdown."""

    def __init__(self, connection: socket.socket, countdown: Countdown) -> None:
        self._connection = connection
        self._countdown = countdown

    def sendall(self, data: bytes) -> None:
        with self._countdown.waiting(hanging_up(self._connection)) as seconds:
            self._connection.settimeout(seconds)
            self._connection.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._connection, self._countdown))

    def close(self) -> None:
        """Do nothing: `http.client` lets go of a socket before its answer is read; the exchange closes it."""


class _TimedReader(io.RawIOBase):
    def __init__(self, connection: socket.socket, countdown: Countdown) -> None:
        self._connection = connection
        self._countdown = countdown
        self._hang_up = hanging_up(connection)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        with self._countdown.waiting(self._hang_up) as seconds:
            self._connection.settimeout(seconds)
            return self._connection.recv_into(buffer)

"""One HTTP request whose every wait ends with a countdown.

A socket's timeout, which is all that the usual clients offer, starts anew with each received byte: a server that
drips would hold a caller for ever. Here each receive waits for no more than what the countdown has left.
"""

import http.client
import io
import socket
from collections.abc import Iterator
from typing import Self, cast
from urllib.parse import SplitResult, urlsplit

from coaching.adapters.llm.deadlines import Countdown
from coaching.models.failures import unavailable

_PIECE = 65_536
_LONGEST_LINE = 1_048_576


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

    def lines(self) -> Iterator[bytes]:
        """Yield each complete line as soon as it is there. Raises: ModelUnavailable."""
        rest = b""
        while piece := self._receive():
            *complete, rest = (rest + piece).split(b"\n")
            yield from filter(None, complete)
            if len(rest) > _LONGEST_LINE:
                raise unavailable("malformed_answer", f"{self._where} sent a line without end.")
        if rest:
            yield rest

    def body(self) -> bytes:
        """Return the first megabyte of the answer. Raises: ModelUnavailable."""
        body = b""
        while len(body) < _LONGEST_LINE and (piece := self._receive()):
            body += piece
        return body

    def close(self) -> None:
        self._connection.close()

    def _receive(self) -> bytes:
        try:
            return self._response.read1(_PIECE)
        except (OSError, http.client.HTTPException) as error:
            raise unavailable("malformed_answer", f"{self._where} broke off in the middle of its answer.") from error


def open_exchange(
    method: str, url: str, body: bytes | None, countdown: Countdown, *, connect: float, first_token: float
) -> HttpExchange:
    """Send a request and wait for the head of its answer. Raises: ModelUnavailable."""
    address = _address(url)
    where = f"{address.scheme}://{address.hostname}:{address.port or _default_port(address)}"
    countdown.expect("a connection", connect)
    client = _connected(address, where, countdown)
    connection = client.sock
    countdown.expect("the start of its answer", first_token)
    try:
        client.sock = cast(socket.socket, _TimedSocket(connection, countdown))
        client.request(method, address.path, body, {"Content-Type": "application/json"})
        return HttpExchange(where, connection, client.getresponse())
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        raise unavailable("malformed_answer", f"{where} hung up or answered with something other than HTTP.") from error
    except BaseException:
        connection.close()
        raise


def _address(url: str) -> SplitResult:
    address = urlsplit(url)
    if address.scheme not in ("http", "https") or not address.hostname or address.username is not None:
        raise unavailable("unreachable", "A model server's address has the form http://127.0.0.1:11434.")
    return address


def _default_port(address: SplitResult) -> int:
    return 443 if address.scheme == "https" else 80


def _connected(address: SplitResult, where: str, countdown: Countdown) -> http.client.HTTPConnection:
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    client = kind(address.hostname or "", address.port, timeout=countdown.remaining())
    try:
        client.connect()
    except TimeoutError as error:
        raise countdown.expired() from error
    except OSError as error:
        raise unavailable(
            "unreachable", f"Nothing answers at {where}: start the model server or correct its address."
        ) from error
    return client


class _TimedSocket:
    """What `http.client` uses of a socket, with waits that end with the countdown."""

    def __init__(self, connection: socket.socket, countdown: Countdown) -> None:
        self._connection = connection
        self._countdown = countdown

    def sendall(self, data: bytes) -> None:
        self._connection.settimeout(self._countdown.remaining())
        try:
            self._connection.sendall(data)
        except TimeoutError as error:
            raise self._countdown.expired() from error

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._connection, self._countdown))

    def close(self) -> None:
        """Do nothing: `http.client` lets go of a socket before its answer is read; the exchange closes it."""


class _TimedReader(io.RawIOBase):
    def __init__(self, connection: socket.socket, countdown: Countdown) -> None:
        self._connection = connection
        self._countdown = countdown

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        self._connection.settimeout(self._countdown.remaining())
        try:
            return self._connection.recv_into(buffer)
        except TimeoutError as error:
            raise self._countdown.expired() from error

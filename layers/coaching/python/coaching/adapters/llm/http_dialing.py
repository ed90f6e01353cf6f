"""Connects to a server before a countdown ends: the name's resolution, every address and the handshake included."""

import queue
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

from coaching.adapters.llm.deadlines import Countdown
from coaching.errors import ModelUnavailable
from coaching.models.failures import unavailable

_Address = tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]
_Found = Sequence[_Address] | Exception


@cache
def usual_trust() -> ssl.SSLContext:
    """Return the context that trusts what this system trusts; made once, as reading the certificates takes long."""
    return ssl.create_default_context()


def dial(where: str, host: str, port: int, trust: ssl.SSLContext | None, countdown: Countdown) -> socket.socket:
    """Return a connection to `host`, through TLS where `trust` is given. Raises: ModelUnavailable."""
    try:
        connection = _connected(host, port, countdown)
    except (OSError, UnicodeError) as error:
        raise _nobody(where) from error
    if trust is None:
        return connection
    return _secured(where, host, connection, trust, countdown)


def hanging_up(connection: socket.socket) -> Callable[[], None]:
    """Return what ends every wait at the connection, from any thread. It stays to be closed."""

    def hang_up() -> None:
        # One that is closed, or not yet connected, is waited at by nobody. Past TLS: its own goodbye would be a wait.
        with suppress(OSError):
            socket.socket.shutdown(connection, socket.SHUT_RDWR)

    return hang_up


def _secured(
    where: str, host: str, connection: socket.socket, trust: ssl.SSLContext, countdown: Countdown
) -> socket.socket:
    try:
        # Shaken hands with apart: until then nobody has the socket that can be hung up.
        secure = trust.wrap_socket(connection, server_hostname=host, do_handshake_on_connect=False)
    except (OSError, ValueError) as error:
        connection.close()
        raise _unproven(where, host) from error
    try:
        with countdown.waiting(hanging_up(secure)) as seconds:
            secure.settimeout(seconds)
            secure.do_handshake()
    except (OSError, ValueError) as error:
        secure.close()
        raise _unproven(where, host) from error
    except BaseException:
        secure.close()
        raise
    return secure


def _connected(host: str, port: int, countdown: Countdown) -> socket.socket:
    failure: OSError = ConnectionRefusedError()
    for family, kind, protocol, _, address in _addresses(host, port, countdown):
        connection = socket.socket(family, kind, protocol)
        try:
            with countdown.waiting(hanging_up(connection)) as seconds:
                connection.settimeout(seconds)
                connection.connect(address)
        except OSError as error:
            connection.close()
            failure = error
        except BaseException:
            connection.close()
            raise
        else:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connection
    raise failure


def _addresses(host: str, port: int, countdown: Countdown) -> Sequence[_Address]:
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        return _resolved(host, port, countdown)


def _resolved(host: str, port: int, countdown: Countdown) -> Sequence[_Address]:
    # The system's resolver knows no deadline, so it is left behind in a thread of its own when it takes too long.
    answer: queue.SimpleQueue[_Found] = queue.SimpleQueue()
    threading.Thread(target=_resolve, args=(host, port, answer), name=f"resolve {host}", daemon=True).start()
    with countdown.waiting(lambda: answer.put(())) as seconds:
        try:
            found = answer.get(timeout=seconds)
        except queue.Empty:
            raise TimeoutError from None
    if isinstance(found, Exception):
        raise found
    return found


def _resolve(host: str, port: int, answer: "queue.SimpleQueue[_Found]") -> None:
    try:
        answer.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError) as error:
        answer.put(error)


def _unproven(where: str, host: str) -> ModelUnavailable:
    return unavailable(
        "unreachable", f"{where} does not prove with a certificate that it is {host}: correct the address."
    )


def _nobody(where: str) -> ModelUnavailable:
    return unavailable("unreachable", f"Nothing answers at {where}: start the model server or correct its address.")

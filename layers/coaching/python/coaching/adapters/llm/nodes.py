"""The nodes of a model service, found by name."""

import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from coaching.errors import ModelUnavailable
from coaching.models.failures import unavailable

Resolve = Callable[[str, int], tuple[str, ...]]
_OLLAMA_PORT: Final = 11434


def resolve(host: str, port: int) -> tuple[str, ...]:
    """Return the IP addresses that the system's resolver has for `host`. Raises: OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True, slots=True)
class ListedNodes:
    """Nodes whose base URLs are known."""

    urls: tuple[str, ...]

    def addresses(self) -> tuple[str, ...]:
        return self.urls


def nodes_at(urls: str) -> "ListedNodes | DnsNodes":
    """Return the nodes at one base URL or at several with a comma between.

    One over plain HTTP whose host is a name stands for every address of that name, as service discovery gives them.
    """
    each = tuple(url.strip().rstrip("/") for url in urls.split(",") if url.strip())
    if len(each) == 1 and urlsplit(each[0]).scheme == "http" and _is_name(urlsplit(each[0]).hostname or ""):
        return DnsNodes(each[0])
    return ListedNodes(each)


def _is_name(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return host not in ("", "localhost")
    return False


class DnsNodes:
    """Every address that the host of `url` has, as an `http` base URL each.

    Service discovery keeps a record for each node that is ready, at most eight in one answer. An answer is used for
    `fresh` seconds. When the resolver fails, or has said nothing after `deadline` seconds, the last answer serves for
    `stale` seconds more.
    """

    def __init__(
        self,
        url: str,
        *,
        fresh: float = 5.0,
        stale: float = 300.0,
        deadline: float = 2.0,
        ask: Resolve = resolve,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._fresh, self._stale, self._deadline = fresh, stale, deadline
        self._ask, self._clock = ask, clock
        self._lock = threading.Lock()
        self._known: tuple[str, ...] = ()
        self._known_at = 0.0
        self._lookup: Future[tuple[str, ...]] | None = None

    def addresses(self) -> tuple[str, ...]:
        """Return the nodes' base URLs. Raises: ModelUnavailable (`unreachable`)."""
        with self._lock:
            if self._known and self._clock() - self._known_at < self._fresh:
                return self._known
            lookup = self._lookup = self._lookup or self._looked_up()
        try:
            return lookup.result(self._deadline)
        # A name with too long a part is no name: UnicodeError, which is a ValueError.
        except (OSError, TimeoutError, ValueError) as error:
            return self._last_known(error)

    def _last_known(self, error: Exception) -> tuple[str, ...]:
        with self._lock:
            if self._known and self._clock() - self._known_at < self._fresh + self._stale:
                return self._known
        raise self._unknown() from error

    def _unknown(self) -> ModelUnavailable:
        host = urlsplit(self._url).hostname
        return unavailable("unreachable", f"The name {host} leads to no model server: start one or correct the name.")

    def _looked_up(self) -> "Future[tuple[str, ...]]":
        """Look up in a thread: the resolver takes no deadline. One lookup serves everyone who waits."""
        lookup: Future[tuple[str, ...]] = Future()
        threading.Thread(target=self._look_up, args=(lookup,), name="nodes", daemon=True).start()
        return lookup

    def _look_up(self, lookup: "Future[tuple[str, ...]]") -> None:
        try:
            found = self._asked()
        except BaseException as error:  # noqa: BLE001 - handed to those who wait
            with self._lock:
                self._lookup = None
            lookup.set_exception(error)
            return
        with self._lock:
            self._lookup, self._known, self._known_at = None, found, self._clock()
        lookup.set_result(found)

    def _asked(self) -> tuple[str, ...]:
        address = urlsplit(self._url)
        port = address.port or _OLLAMA_PORT
        hosts = sorted(self._ask(address.hostname or "", port))
        return tuple(f"http://{f'[{host}]' if ':' in host else host}:{port}" for host in hosts)

"""What one instance remembers of a model's nodes: which failed, which are loading, how soon the others speak."""

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

_LAST: Final = 20
_TIMES: Final = 4.0


@dataclass(frozen=True, slots=True)
class _Rest:
    until: float
    length: float
    tried: bool = False


class RestingNodes:
    """Which nodes failed lately: they are tried after all others, for `seconds` after the first failure.

    Then one request tries such a node in its place, while for the others it goes on resting. If that fails too it rests
    for twice as long, up to `longest`: so a node that hangs costs one request its patience, now and then.
    """

    def __init__(
        self, seconds: float = 15.0, longest: float = 240.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = seconds
        self._longest = longest
        self._clock = clock
        self._rests: dict[str, _Rest] = {}
        self._lock = threading.Lock()

    def failed(self, address: str) -> None:
        now = self._clock()
        with self._lock:
            rest = self._rests.get(address)
            if rest and not rest.tried and rest.until > now:
                return  # Those that were under way together fail together.
            length = min(2 * rest.length, self._longest) if rest else self._seconds
            self._rests[address] = _Rest(now + length, length)

    def answered(self, address: str) -> None:
        with self._lock:
            self._rests.pop(address, None)

    def resting(self, address: str) -> bool:
        with self._lock:
            rest = self._rests.get(address)
            return rest is not None and rest.until > self._clock()

    def last(self, addresses: list[str]) -> list[str]:
        """Return the addresses in the same order, but those that rest at the end."""
        now = self._clock()
        with self._lock:
            self._rests = {address: rest for address, rest in self._rests.items() if rest.until + self._longest > now}
            ordered = sorted(addresses, key=lambda address: address in self._rests and self._rests[address].until > now)
            rest = self._rests.get(ordered[0]) if ordered else None
            if rest and rest.until <= now:
                self._rests[ordered[0]] = replace(rest, until=now + self._seconds, tried=True)
            return ordered


class FirstWords:
    """How many seconds the nodes of one model lately took to begin their answers.

    While others could be asked instead, a node is waited for four times as long as the slowest of the last twenty took,
    but at least `least`; and for `unknown` seconds before anything is known. So the patience grows with the load.
    """

    def __init__(self, least: float = 2.0, unknown: float = 10.0) -> None:
        self._least = least
        self._unknown = unknown
        self._took: deque[float] = deque(maxlen=_LAST)

    def took(self, seconds: float) -> None:
        self._took.append(seconds)

    def patience(self) -> float:
        """Return the seconds for the first words of a node that others come after."""
        took = tuple(self._took)
        return max(self._least, _TIMES * max(took)) if took else self._unknown


class ColdNodes:
    """The nodes as they were when last asked for, and which said less than `seconds` ago that they load the model."""

    def __init__(self, seconds: float = 5.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._said: dict[str, float] = {}
        self._nodes: tuple[str, ...] = ()

    @property
    def nodes(self) -> tuple[str, ...]:
        return self._nodes

    def found(self, addresses: tuple[str, ...]) -> None:
        self._nodes = addresses
        self._said = {address: said for address, said in self._said.items() if address in addresses}

    def loading(self, address: str) -> None:
        self._said[address] = self._clock()

    def answered(self, address: str) -> None:
        self._said.pop(address, None)

    def all(self) -> bool:
        """Return whether there are nodes and each is loading."""
        now, said = self._clock(), self._said
        return bool(self._nodes) and all(now - said.get(each, -math.inf) < self._seconds for each in self._nodes)

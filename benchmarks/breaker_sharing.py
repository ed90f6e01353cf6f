"""Whether instances should share their circuit breakers through the table: `python -m benchmarks.breaker_sharing`.

A simulation, seeded: 200 instances, each with one request at a time as on Lambda, get requests at random: for ten
minutes the first provider is well (1 % of its answers fail), for ten more it hangs. A request that is let through to
it then waits in vain for as long as it is given. Where no instance is free another starts. Three ways are compared:
each instance has breakers of its own; all have the same ones, which each request reads from the table; or they are read
only by an instance that saw a failure itself within ten minutes. The table never fails here, and writing is free.
"""

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from benchmarks.figures import HEADER, Figure
from coaching.models.breaker import Admission, Breakers, Outcome

Way = Literal["own", "shared", "shared when in doubt"]
INSTANCES, REQUESTS_A_SECOND, SECONDS_WELL, SECONDS_HANGING = 200, 15.0, 600.0, 600.0
ANSWERED, HUNG, FLAKY = 2.0, 15.0, 0.01
"""Seconds of a proper answer, and those that a member is given in vain; the share of answers that fail anyway."""
READ = 0.004
"""Seconds for one read of the table from a function in the same region, at the median."""
DOWN = 0.001
"""The share of a month in which a provider hangs: three nines."""
IN_DOUBT = 600.0
_SEED, _PROVIDER = 5, "first"


@dataclass(frozen=True, slots=True)
class Result:
    """Of the requests in each phase: how many came, waited in vain, and did without a provider that was well."""

    came: int
    hung: int
    came_before: int
    kept_away_before: int

    def mean_wait(self, read: float) -> float:
        """Return the seconds that a request waits more, on the mean of a month, with `read` for each."""
        return DOWN * HUNG * self.hung / self.came + read


@dataclass(slots=True)
class _Instance:
    breakers: Breakers
    busy_until: float = 0.0
    in_doubt_until: float = -1.0


@dataclass(order=True, slots=True)
class _Call:
    end: float
    instance: _Instance = field(compare=False)
    admission: Admission = field(compare=False)
    outcome: Outcome = field(compare=False)


class _Fleet:
    def __init__(self, way: Way, seed: int) -> None:
        self._way = way
        self._random = random.Random(seed)  # noqa: S311 - no secret
        self._now = 0.0
        self._one_for_all = self._breakers()
        self._instances = [self._started() for _ in range(INSTANCES)]
        self._calls: list[_Call] = []

    def result(self) -> Result:
        came, hung, away = [0, 0], 0, 0
        for arrival in self._arrivals():
            self._end_calls(arrival)
            hanging = arrival >= SECONDS_WELL
            came[hanging] += 1
            asked = self._ask(hanging=hanging)
            hung += hanging and asked
            away += not hanging and not asked
        return Result(came[1], hung, came[0], away)

    def _arrivals(self) -> Iterator[float]:
        time = 0.0
        while (time := time + self._random.expovariate(REQUESTS_A_SECOND)) < SECONDS_WELL + SECONDS_HANGING:
            yield time

    def _end_calls(self, until: float) -> None:
        while self._calls and self._calls[0].end <= until:
            call = heapq.heappop(self._calls)
            self._now = call.end
            if call.outcome == "failed":
                call.instance.in_doubt_until = call.end + IN_DOUBT
            if self._reads(call.instance):
                call.instance.breakers.leave(_PROVIDER, call.admission, call.outcome)
        self._now = until

    def _ask(self, *, hanging: bool) -> bool:
        instance = self._idle()
        admission = instance.breakers.enter(_PROVIDER) if self._reads(instance) else "closed"
        asked = admission != "open"
        waited = HUNG if hanging and asked else 0.0
        instance.busy_until = self._now + waited + ANSWERED
        if asked:
            failed = hanging or self._random.random() < FLAKY
            end = self._now + (waited or ANSWERED)
            heapq.heappush(self._calls, _Call(end, instance, admission, "failed" if failed else "answered"))
        return asked

    def _idle(self) -> _Instance:
        idle = [one for one in self._instances if one.busy_until <= self._now]
        if not idle:
            self._instances.append(self._started())
        return self._random.choice(idle or self._instances[-1:])

    def _started(self) -> _Instance:
        return _Instance(self._breakers() if self._way == "own" else self._one_for_all)

    def _reads(self, instance: _Instance) -> bool:
        return self._way != "shared when in doubt" or self._now <= instance.in_doubt_until

    def _breakers(self) -> Breakers:
        return Breakers(clock=lambda: self._now, draw=self._random.uniform)


@cache
def result(way: Way) -> Result:
    """Return what became of the requests. The same each time."""
    return _Fleet(way, _SEED).result()


def figures() -> list[Figure]:
    own, shared, in_doubt = result("own"), result("shared"), result("shared when in doubt")
    waits = own.mean_wait(0), shared.mean_wait(READ), in_doubt.mean_wait(0)
    minutes = SECONDS_HANGING / 60
    return [
        Figure(
            f"of {INSTANCES} instances' requests in {minutes:g} min of a hanging provider, waited for it: "
            "own breakers / shared / shared when in doubt",
            " / ".join(f"{100 * one.hung / one.came:.1f} %" for one in (own, shared, in_doubt)),
        ),
        Figure(
            "the same, kept from a provider that was well",
            " / ".join(f"{100 * one.kept_away_before / one.came_before:.2f} %" for one in (own, shared, in_doubt)),
        ),
        Figure(
            f"the same, mean wait that this adds to a request where the provider hangs {100 * DOWN:g} % of the time",
            " / ".join(f"{1000 * wait:.1f} ms" for wait in waits),
            "own <= shared",
            waits[0] <= waits[1],
        ),
    ]


if __name__ == "__main__":
    print(HEADER)
    for figure in figures():
        print(figure)

"""How many records should share a creator's month: `python -m benchmarks.usage_shards`.

A simulation, seeded: calls of one creator come at random and are written down each in a transaction of about 20 ms. One
that meets another at the same record conflicts and is tried again as `coaching.retrying.until_fresh` does, six times.
"""

import heapq
import random

from benchmarks.figures import HEADER, Figure
from coaching.adapters.aws.usage import SHARDS

_SEED, _SECONDS, _WRITE, _TRIES, _FIRST_PAUSE = 1, 200.0, 0.020, 6, 0.02


def lost(calls_a_second: float, shards: int) -> float:
    """Return the share of the calls that could not be written down."""
    draw = random.Random(_SEED)  # noqa: S311 - no secret
    waiting: list[tuple[float, int, int, int]] = []
    came, moment = 0, draw.expovariate(calls_a_second)
    while moment < _SECONDS:
        heapq.heappush(waiting, (moment, came, 1, draw.randrange(shards)))
        came, moment = came + 1, moment + draw.expovariate(calls_a_second)
    busy_until, given_up = [0.0] * shards, 0
    while waiting:
        moment, call, tries, shard = heapq.heappop(waiting)
        took = _WRITE * draw.uniform(0.7, 1.3)
        if busy_until[shard] <= moment:
            busy_until[shard] = moment + took
        elif tries == _TRIES:
            given_up += 1
        else:
            pause = took + draw.uniform(0, _FIRST_PAUSE * 2**tries)
            heapq.heappush(waiting, (moment + pause, call, tries + 1, shard))
    return given_up / came


def figures() -> list[Figure]:
    records = (1, 4, SHARDS)
    busy, busier = ([lost(rate, shards) for shards in records] for rate in (60, 200))
    named = " / ".join(map(str, records))
    return [
        Figure(
            f"calls that {named} records for a creator's month lose: at 60 a second",
            " / ".join(f"{each:.2%}" for each in busy),
            "the last <= 0.01%",
            busy[-1] <= 0.0001,
        ),
        Figure("the same at 200 a second", " / ".join(f"{each:.2%}" for each in busier)),
    ]


if __name__ == "__main__":
    print(HEADER)
    for figure in figures():
        print(figure)

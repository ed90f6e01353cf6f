"""Circuit breakers: a model that keeps failing is left alone, but for a probe now and then."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from coaching.errors import StorageUnavailable
from coaching.models.breaker_states import CLOSED, BreakerState, BreakerStates, InstanceBreakerStates, Slot

Clock = Callable[[], float]
"""Returns seconds that only go forward, such as `time.monotonic`; never the time of day, which is set and jumps."""
Draw = Callable[[float, float], float]
"""Returns a random number between two others."""
Admission = Literal["closed", "probe", "open"]
"""How a breaker was found: closed, or open and this call is one of its probes, or open."""
Outcome = Literal["answered", "failed", "locked_out", "nothing"]
"""How a call ended. `locked_out`: the model will refuse until somebody acts. `nothing` says nothing of its health."""

_SLOTS: Final = 10


@dataclass(frozen=True, slots=True)
class BreakerRule:
    """When a breaker opens and for how long, in seconds.

    It opens when, of the calls that ended in the last `window` or in fewer tenths of it up to now, at least `failures`
    and the share `rate` failed: one failure alone never opens it, and good answers of a while ago do not outweigh what
    fails now. The window is longer than two waits in vain, one after the other.

    It stays open for `pause`, twice that after each probe that fails, `longest_pause` at most, less a random part of up
    to half, so that instances do not probe together. Then `probes` calls at once may try; one that is answered closes
    it. After `locked_out` it stays open for `locked_out_pause`. A probe that has not ended after `probe_lost` makes
    room for another.
    """

    window: float = 300.0
    failures: int = 2
    rate: float = 0.5
    pause: float = 30.0
    longest_pause: float = 300.0
    locked_out_pause: float = 300.0
    probes: int = 1
    probe_lost: float = 300.0


@dataclass(frozen=True, slots=True)
class Breakers:
    """A breaker for each name. When the states cannot be read or written, calls go on as if it were closed.

    The states are this instance's own. In a simulation of 200 instances (`benchmarks/breaker_sharing.py`), 18 % of
    the requests during ten minutes of a hanging provider wait for it, and 3 % with states shared through the table.
    With a provider that hangs for 0.1 % of a month that adds 2.7 ms to a request on the mean, and a read of the table
    for each request 4.5 ms. Read by instances in doubt alone it is 0.5 ms: not worth times that must agree between
    machines, 0.6 % of the requests kept from a provider that is well, and one more thing that can fail.
    """

    states: BreakerStates = field(default_factory=InstanceBreakerStates)
    rule: BreakerRule = BreakerRule()
    clock: Clock = time.monotonic
    draw: Draw = random.uniform

    def found(self, name: str) -> Admission:
        """Return how a call would find the breaker now, without making one."""
        try:
            return self._admission(self.states.get(name), self.clock())
        except StorageUnavailable:
            return "closed"

    def enter(self, name: str) -> Admission:
        """Begin a call, which must `leave` again. One that is told `open` had better not be made."""
        now = self.clock()
        try:
            before = self.states.change(name, lambda state: self._entered(state, now))
        except StorageUnavailable:
            return "closed"
        return self._admission(before, now)

    def leave(self, name: str, admission: Admission, outcome: Outcome) -> None:
        """End a call that was begun with `admission`."""
        now = self.clock()
        try:
            self.states.change(name, lambda state: self._left(state, admission, outcome, now))
        except StorageUnavailable:
            return

    def _admission(self, state: BreakerState, now: float) -> Admission:
        if not state.pause:
            return "closed"
        # A clock that went back after all must not keep the breaker open.
        resting = 0 <= now - state.opened_at < state.pause
        return "open" if resting or len(self._probing(state, now)) >= self.rule.probes else "probe"

    def _probing(self, state: BreakerState, now: float) -> tuple[float, ...]:
        return tuple(began for began in state.probes if 0 <= now - began < self.rule.probe_lost)

    def _entered(self, state: BreakerState, now: float) -> BreakerState:
        if self._admission(state, now) != "probe":
            return state
        return replace(state, probes=(*self._probing(state, now), now))

    def _left(self, state: BreakerState, admission: Admission, outcome: Outcome, now: float) -> BreakerState:
        probes = state.probes[1:] if admission == "probe" else state.probes
        match outcome:
            case "nothing":
                return replace(state, probes=probes)
            case "locked_out":
                return self._opened(state, now, self.rule.locked_out_pause, probes)
            case "answered" if state.pause:
                # One that began before the breaker opened says little of how the model is now.
                return replace(state, probes=probes) if admission == "closed" else CLOSED
            case "failed" if state.pause:
                return self._reopened(state, now, probes) if admission == "probe" else state
        slots = self._counted(state.slots, int(outcome == "failed"), now)
        if self._too_many_failed(slots):
            return self._opened(state, now, self.rule.pause, probes)
        return replace(state, slots=slots, probes=probes)

    def _reopened(self, state: BreakerState, now: float, probes: tuple[float, ...]) -> BreakerState:
        times = state.reopened + 1
        pause = min(self.rule.longest_pause, self.rule.pause * 2 ** min(times, 30))
        return replace(self._opened(state, now, pause, probes), reopened=times)

    def _opened(self, state: BreakerState, now: float, pause: float, probes: tuple[float, ...]) -> BreakerState:
        return BreakerState((), now, self.draw(pause / 2, pause), state.reopened, probes)

    def _counted(self, slots: tuple[Slot, ...], failed: int, now: float) -> tuple[Slot, ...]:
        current = int(now // (self.rule.window / _SLOTS))
        kept = [slot for slot in slots if current - _SLOTS < slot.number <= current]
        last = kept.pop() if kept and kept[-1].number == current else Slot(current, 0, 0)
        return (*kept, Slot(current, last.ended + 1, last.failed + failed))

    def _too_many_failed(self, slots: tuple[Slot, ...]) -> bool:
        ended = failed = 0
        for slot in reversed(slots):
            ended, failed = ended + slot.ended, failed + slot.failed
            if failed >= self.rule.failures and failed >= self.rule.rate * ended:
                return True
        return False

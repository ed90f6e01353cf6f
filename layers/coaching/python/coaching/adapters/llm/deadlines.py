"""How long a generation may take, and the clock that measures one."""

import time
from dataclasses import dataclass

from coaching.errors import ModelUnavailable
from coaching.models.failures import unavailable


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds that each wait of one generation may last.

    `load` is for bringing a cold model into memory, where the engine says that it is cold; it counts apart. Where it
    does not say so, `first_token` covers loading and reading the prompt. `total` is for all from there to the end.
    """

    connect: float = 2.0
    load: float = 120.0
    first_token: float = 60.0
    between_tokens: float = 20.0
    total: float = 180.0

    def within(self, seconds: float | None) -> float:
        """Return the total, or `seconds` (`Prompt.seconds`) where that is less; never less than none."""
        return self.total if seconds is None else max(0.0, min(self.total, seconds))


class Countdown:
    """Measures the waits of one generation; each ends no later than the generation itself."""

    def __init__(self, who: str, total: float) -> None:
        self._who = who
        self._end = time.monotonic() + total
        self._total = total
        self.expect("an answer", total)

    def expect(self, what: str, seconds: float) -> None:
        """Begin to wait for `what`, for at most `seconds`."""
        self._what, self._seconds = what, seconds
        self._wait_end = time.monotonic() + seconds

    def remaining(self) -> float:
        """Return the seconds left for the present wait. Raises: ModelUnavailable when there are none."""
        seconds = min(self._wait_end, self._end) - time.monotonic()
        if seconds <= 0:
            raise self.expired()
        return seconds

    def over(self) -> bool:
        """Return whether the whole generation has used up its time."""
        return time.monotonic() >= self._end

    def expired(self) -> ModelUnavailable:
        """Return the error that says which wait was too long."""
        what, seconds = ("the whole answer", self._total) if self.over() else (self._what, self._seconds)
        return unavailable(
            "timeout",
            f"{self._who} did not give {what} within {seconds:g} s: "
            "try again once the model is loaded, choose a smaller model, or allow more time.",
        )

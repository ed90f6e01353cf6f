"""How long a generation may take, and the clock that measures one."""

import time
from dataclasses import dataclass
from types import TracebackType

from coaching.errors import ModelUnavailable
from coaching.models.cancelling import Cancellation, Wake, Waking
from coaching.models.failures import FailureCode, unavailable


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

    def first_within(self, seconds: float | None) -> float:
        """Return the wait for the first token, or `seconds` (`Prompt.first_words`) where that is less."""
        return self.first_token if seconds is None else min(self.first_token, seconds)


class Countdown:
    """Measures the waits of one generation; each ends no later than the generation itself, or when its reader leaves.

    Without a `cancellation` nobody leaves.
    """

    def __init__(self, who: str, total: float, cancellation: Cancellation | None = None) -> None:
        self._who = who
        self._cancellation = cancellation or Cancellation()
        self._end = time.monotonic() + total
        self._total = total
        self.expect("an answer", total)

    def expect(self, what: str, seconds: float, code: FailureCode = "timeout") -> None:
        """Begin to wait for `what`, for at most `seconds`; to wait in vain is a failure with this `code`."""
        self._what, self._seconds, self._code = what, seconds, code
        self._wait_end = time.monotonic() + seconds

    def remaining(self) -> float:
        """Return the seconds left for the present wait. Raises: ModelUnavailable when there are none."""
        seconds = min(self._wait_end, self._end) - time.monotonic()
        if seconds <= 0:
            raise self.expired()
        return seconds

    def waiting(self, wake: Wake) -> "Waiting":
        """Return the context of one wait, which gives its seconds; `wake` ends it when the reader leaves."""
        return Waiting(self, self._cancellation.waking(wake))

    def over(self) -> bool:
        """Return whether the whole generation has used up its time."""
        return time.monotonic() >= self._end

    def expired(self) -> ModelUnavailable:
        """Return the error that says which wait was too long."""
        if self.over():
            return self._too_late("the whole answer", self._total, "timeout")
        return self._too_late(self._what, self._seconds, self._code)

    def _too_late(self, what: str, seconds: float, code: FailureCode) -> ModelUnavailable:
        return unavailable(
            code,
            f"{self._who} did not give {what} within {seconds:g} s: "
            "try again once the model is loaded, choose a smaller model, or allow more time.",
        )


class Waiting:
    """One wait. Raises: ModelUnavailable in place of a TimeoutError; Cancelled."""

    __slots__ = ("_countdown", "_waking")

    def __init__(self, countdown: Countdown, waking: Waking) -> None:
        self._countdown = countdown
        self._waking = waking

    def __enter__(self) -> float:
        seconds = self._countdown.remaining()
        self._waking.__enter__()
        return seconds

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._waking.__exit__(kind, error, trace)
        if isinstance(error, TimeoutError):
            raise self._countdown.expired() from error

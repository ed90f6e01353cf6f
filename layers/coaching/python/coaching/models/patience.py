"""How a chain shares out its time, and when it asks the same model again."""

from dataclasses import dataclass

from coaching.errors import ModelUnavailable
from coaching.models.breaker import Draw
from coaching.models.failures import PASSING


@dataclass(frozen=True, slots=True)
class Patience:
    """In seconds, but `kept` and `fair`, which are shares, and `tries` of one member.

    `seconds` bounds the whole chain, however many members it asks. Of what is left of them a member gets all but the
    share `kept` while others could still come after it, and the last one gets everything. So when the first member
    hangs, the chain ends in time as long as the next answers within `kept` of `seconds`, less `kept` of that where yet
    others follow (30 s of 90 with two members, 20 with more). A member's share bounds its whole answer: the wait for
    its first words is its own deadline, which should be far less. One that got less than the share `fair` of `seconds`
    is not blamed for a timeout.

    A failure that may pass is tried again after a random part of `pause`, doubled with each try (full jitter), or
    when the server said, if that is over before half of the member's time is. While others could be asked instead,
    nobody waits for longer than `longest_pause`.
    """

    seconds: float = 90.0
    kept: float = 1 / 3
    fair: float = 0.2
    tries: int = 2
    pause: float = 0.25
    longest_pause: float = 2.0

    def share(self, left: float, later: int) -> float:
        """Return the seconds for a member, with `left` seconds left and `later` members that could come after it."""
        return left * (1 - self.kept) if later else left

    def hurried(self, given: float) -> bool:
        """Return whether `given` seconds are too few to judge a member by them."""
        return given < self.fair * self.seconds

    def before_another_try(
        self, error: ModelUnavailable, tried: int, left: float, later: int, draw: Draw
    ) -> float | None:
        """Return the seconds to wait before the same member is asked again; None where it should not be.

        `left` is what is left of the member's time.
        """
        if error.code not in PASSING or tried >= self.tries:
            return None
        # Only a server's own wish stands on the error itself; the class has one for callers of this product.
        wish: float | None = vars(error).get("retry_after_seconds")
        pause = draw(0, self.pause * 2 ** (tried - 1)) if wish is None else wish
        longest = min(left / 2, self.longest_pause) if later else left / 2
        return pause if pause <= longest else None

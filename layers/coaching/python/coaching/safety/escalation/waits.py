"""How long a human has. Nobody has measured what is right for a coaching product; these are ours."""

from datetime import timedelta
from typing import Final

from coaching.safety.topics import Severity

WAITS: Final = {
    Severity.IMMINENT: timedelta(minutes=5),
    Severity.HIGH: timedelta(minutes=15),
    Severity.ELEVATED: timedelta(hours=4),
}
"""From one circle to the next. The shortest is about what a person needs to see a message, sign in and read, and four
of them stay under half an hour."""
HOLDS: Final = {
    Severity.IMMINENT: timedelta(minutes=30),
    Severity.HIGH: timedelta(hours=2),
    Severity.ELEVATED: timedelta(hours=24),
}
"""A claim lapses when its holder has not done anything for so long: they fell asleep, or lost the role of a coach."""
LEASE: Final = timedelta(minutes=1)
"""Whoever takes a round has so long to tell people. Of one who died it is then taken again: told twice is better than
never. While nobody can be reached, a round is tried again as often."""
TRIED_FOR: Final = timedelta(hours=24)
"""Where no message can be sent at all; the alarm of what failed rings long before."""

"""Who is on call when, and how they are reached."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from coaching.vocabulary import CreatorId, UserId


@dataclass(frozen=True, slots=True)
class Contact:
    """A person who is told of escalations. `phone` is in E.164; at least one of both addresses is there."""

    name: str
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class OnCall:
    """A coach's hours. `weekdays` are 0 (Monday) to 6, those on which it begins; it may end after midnight.

    An end equal to the beginning is a whole day.
    """

    coach_id: UserId
    weekdays: tuple[int, ...]
    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class Rota:
    """A creator's coaches. Whoever stands first among those whose hours it is comes first.

    `creator` and `emergency` are told when the coaches do not come. `revision` counts writes and guards them.
    """

    creator_id: CreatorId
    timezone: str = "UTC"
    coaches: dict[UserId, Contact] = field(default_factory=dict)
    hours: tuple[OnCall, ...] = ()
    creator: Contact | None = None
    emergency: Contact | None = None
    updated_at: datetime | None = None
    revision: int = 0

    def on_call(self, at: datetime) -> tuple[Contact, ...]:
        """Return who is on call at this moment, first those who stand first."""
        local = at.astimezone(ZoneInfo(self.timezone))
        on = dict.fromkeys(hours.coach_id for hours in self.hours if _covers(hours, local))
        return tuple(self.coaches[coach] for coach in on if coach in self.coaches)


def _covers(hours: OnCall, local: datetime) -> bool:
    """Clocks on the wall count: an hour that is skipped or doubled in spring and autumn changes no one's duty."""
    return any(begins <= local.replace(tzinfo=None) < ends for begins, ends in _spans(hours, local))


def _spans(hours: OnCall, local: datetime) -> Iterator[tuple[datetime, datetime]]:
    for days_back in (0, 1):
        date = (local - timedelta(days=days_back)).date()
        if date.weekday() in hours.weekdays:
            begins = datetime.combine(date, hours.starts)
            ends = datetime.combine(date, hours.ends)
            yield begins, ends if ends > begins else ends + timedelta(days=1)

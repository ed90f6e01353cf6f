"""List what of the crisis resources is to be verified again: `python -m training.verify_resources`.

Oldest first, each with its contacts, its source and what is known about the source. With `--days 90`, only what is
older than that. Ends with status 1 when something is older than a year, as the tests do.

To renew an entry: read its source (or a better one), correct `resources.json` in `coaching/safety/crisis/`, and set
`read_on` to the day on which you read it. What cannot be confirmed is taken out.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from coaching.safety.crisis.registry import CountryCode, Registry, Resource, shipped_registry

VALID_DAYS = 365
"""A number that nobody has looked at for longer may be somebody else's by now."""


@dataclass(frozen=True, slots=True)
class Due:
    """A resource with its country (empty for a directory) and its age in days."""

    country: CountryCode
    resource: Resource
    days: int

    @property
    def line(self) -> str:
        """What whoever verifies it needs to know."""
        contacts = ", ".join(self.resource.contacts)
        note = f" ({self.resource.note})" if self.resource.note else ""
        where = self.country or "international"
        return (
            f"{self.days:>4} days  {where}  {self.resource.name}: {contacts}\n           {self.resource.source}{note}"
        )


def by_age(registry: Registry, today: date) -> list[Due]:
    """Return every resource, the one that was read longest ago first; of equal age those with a note first."""
    due = [Due(country, resource, (today - resource.read_on).days) for country, resource in registry.entries()]
    return sorted(due, key=lambda entry: (-entry.days, not entry.resource.note, entry.country, entry.resource.name))


def outdated(due: Iterable[Due]) -> Iterator[Due]:
    """Yield what may no longer be given to anybody without a new look; a date in the future is no look either."""
    return (entry for entry in due if not 0 <= entry.days <= VALID_DAYS)


def main(arguments: list[str], today: date) -> int:
    parser = argparse.ArgumentParser(description="List the crisis resources to verify again, oldest first.")
    parser.add_argument("--days", type=int, default=0, help="only those that were read at least so many days ago")
    wanted = parser.parse_args(arguments)
    due = by_age(shipped_registry(), today)
    for entry in due:
        if entry.days >= wanted.days:
            print(entry.line)
    late = len(list(outdated(due)))
    print(f"{len(due)} resources, {late} older than {VALID_DAYS} days or from the future")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], datetime.now(UTC).date()))

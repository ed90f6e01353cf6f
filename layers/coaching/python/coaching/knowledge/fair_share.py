"""How many ingestions of one creator run at a time, so that nobody's uploads keep another's waiting."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from coaching.knowledge.job import Job
from coaching.vocabulary import CreatorId

SLOTS = 4
"""Ingestions of one creator that run side by side; the others wait in line."""
LEASE = timedelta(minutes=15)
"""After so long a slot's holder is asked for: one that died holds its slot no longer."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place that a job holds since `since`; after `until` it is looked whether it is still at work."""

    job: Job
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Share:
    """The slots that a creator's jobs hold. `revision` counts writes and guards them."""

    creator_id: CreatorId
    slots: tuple[Slot, ...] = ()
    revision: int = 0

    def slot_of(self, job: Job) -> Slot | None:
        return next((slot for slot in self.slots if slot.job == job), None)

    def full_for(self, job: Job, at: datetime) -> bool:
        """Return whether there is no slot for the job, nor one whose holder must be looked after."""
        return not self.grant(job, at).slot_of(job) and all(slot.until > at for slot in self.slots)

    def grant(self, job: Job, at: datetime) -> "Share":
        """Return the share with a slot for the job where one is free, or where an older job of its document holds one.

        A job that holds one already changes nothing.
        """
        if self.slot_of(job):
            return self
        others = tuple(slot for slot in self.slots if slot.job.document_id != job.document_id)
        if len(others) >= SLOTS:
            return self
        return replace(self, slots=(*others, Slot(job, at, at + LEASE)))

    def free(self, job: Job) -> "Share":
        """Return the share without the job's slot; a newer job of the document keeps its own."""
        kept = tuple(slot for slot in self.slots if slot.job != job)
        return self if len(kept) == len(self.slots) else replace(self, slots=kept)

    def renew(self, job: Job, at: datetime) -> "Share":
        """Return the share with the job's lease begun anew."""
        slots = (replace(slot, until=at + LEASE) if slot.job == job else slot for slot in self.slots)
        return replace(self, slots=tuple(slots))

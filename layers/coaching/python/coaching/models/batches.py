"""Background work gathered by the model that it needs, so that a model is loaded once for many pieces of it.

A pure rule: it keeps nothing and waits for nothing. Nothing calls it yet: content generation and nudges will hold
their waiting jobs themselves, in a queue say, and ask it which of them are due.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Work = TypeVar("Work")


@dataclass(frozen=True, slots=True)
class Job(Generic[Work]):
    """`work` for the model of this name (`ChatModel.name`); `waiting_since` in seconds of any one clock."""

    model: str
    work: Work
    waiting_since: float


@dataclass(frozen=True, slots=True)
class Batch(Generic[Work]):
    """Jobs of one model, the oldest first."""

    model: str
    jobs: tuple[Job[Work], ...]


@dataclass(frozen=True, slots=True)
class Gathering:
    """A batch is due when it is `full` jobs long, or when its oldest job has waited for `patience` seconds."""

    full: int = 16
    patience: float = 60.0

    def due(self, jobs: Sequence[Job[Work]], now: float, *, loaded: str = "") -> list[Batch[Work]]:
        """Return the batches to do now, in order: of the model that is `loaded` first, then whoever waits longest.

        Jobs that are in none of them go on waiting.
        """
        oldest_first = sorted(jobs, key=lambda job: job.waiting_since)
        batches = [
            Batch(model, tuple(piece))
            for model in dict.fromkeys(job.model for job in oldest_first)
            for piece in _pieces([job for job in oldest_first if job.model == model], self.full)
        ]
        due = [batch for batch in batches if self._is_due(batch, now)]
        return sorted(due, key=lambda batch: (batch.model != loaded, batch.jobs[0].waiting_since))

    def _is_due(self, batch: Batch[Work], now: float) -> bool:
        return len(batch.jobs) >= self.full or now - batch.jobs[0].waiting_since >= self.patience


def _pieces(jobs: list[Job[Work]], length: int) -> list[list[Job[Work]]]:
    return [jobs[start : start + length] for start in range(0, len(jobs), length)]

"""An ingestion whose workers are killed, and whose steps are run again as the state machine runs them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from coaching.knowledge.job import Job
from tests.knowledge.pipeline import DEMO, GUIDE, Pipeline


class KilledError(BaseException):
    """No code catches it, as none runs on when a process is killed."""


@dataclass
class Fate:
    """Counts calls to the outside, and kills at one of them, once."""

    at: int = -1
    takes_effect: bool = False
    calls: int = 0

    def call(self, method: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        self.calls += 1
        if self.calls != self.at:
            return method(*arguments, **named)
        if self.takes_effect:
            method(*arguments, **named)
        raise KilledError


class Mortal:
    """A port whose every call may be the last thing that its worker does."""

    def __init__(self, port: Any, fate: Fate) -> None:
        self._port, self._fate = port, fate

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        return (lambda *a, **n: self._fate.call(found, *a, **n)) if callable(found) else found


@dataclass
class MortalPipeline(Pipeline):
    """Runs each step again until it is not killed, as the state machine does."""

    fate: Fate = field(default_factory=Fate)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.immortal = beyond_reach(self)
        for port in ("documents", "uploads", "work_files", "store", "embedder"):
            setattr(self, port, Mortal(getattr(self, port), self.fate))

    def run(self) -> None:
        """Ingest a version, then the next."""
        job = self.immortal.upload(GUIDE)
        self.ingest(job)
        self.ingest(self.immortal.replace(job.document_id, GUIDE.replace(b"two", b"three")))

    def ingest(self, job: Job) -> None:
        characters = surely(self.extracting, job)
        laid = surely(self.splitting, job)
        for batch in laid.keys:
            surely(self.embedding, batch)
        surely(self.indexing, job, laid.keys)
        surely(self.publish, job, characters, laid)

    def outcome(self) -> object:
        """Return everything that a creator or a user can see, but for times."""
        [document] = self.immortal.documents.page(DEMO, limit=2, cursor=None).items
        published = self.immortal.store.published(DEMO, document.document_id)
        return (
            (document.status, document.version, document.attempt, document.passages, document.characters),
            published.version,
            [(each.passage, each.vector.tolist()) for each in published.passages],
            sorted(self.immortal.found("rest days run")),
            self.immortal.store.count(DEMO, document.document_id),
        )


def surely(step: Callable[..., Any], *arguments: Any) -> Any:
    """Run the step until it is not killed."""
    while True:
        try:
            return step(*arguments)
        except KilledError:
            continue


def beyond_reach(pipeline: Pipeline) -> Pipeline:
    """Return a pipeline over the same storage that nobody kills."""
    twin = Pipeline(pipeline.folder, pipeline.documents, pipeline.uploads, pipeline.work_files, pipeline.embedder)
    twin.store = pipeline.store
    return twin

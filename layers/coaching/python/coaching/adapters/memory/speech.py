"""Speech recognition and those who wait for it, in memory."""

from dataclasses import dataclass, field

from coaching.errors import CoachingError, NotFound, UnusableDocument
from coaching.knowledge.document import Document
from coaching.knowledge.job import Job
from coaching.knowledge.ports import SpeechRecognition, TaskTokens, WaitingTasks


@dataclass(frozen=True, slots=True)
class MemorySpeechRecognition(SpeechRecognition):
    """Every job runs until `ended` has its outcome: None for a transcript, else why there is none."""

    started: dict[Job, Document] = field(default_factory=dict)
    ended: dict[Job, UnusableDocument | None] = field(default_factory=dict)

    def start(self, document: Document) -> bool:
        new = document.job not in self.started
        self.started.setdefault(document.job, document)
        return new

    def finished(self, job: Job) -> bool:
        if error := self.ended.get(job):
            raise error
        return job in self.ended


@dataclass(frozen=True, slots=True)
class MemoryTaskTokens(TaskTokens):
    tokens: dict[Job, str] = field(default_factory=dict)

    def keep(self, job: Job, token: str) -> None:
        self.tokens[job] = token

    def of(self, job: Job) -> str:
        try:
            return self.tokens[job]
        except KeyError:
            raise NotFound("Nobody waits for this.") from None


@dataclass(frozen=True, slots=True)
class MemoryWaitingTasks(WaitingTasks):
    """What each token was told first: None for success. What comes later finds nobody waiting."""

    told: dict[str, CoachingError | None] = field(default_factory=dict)

    def succeed(self, token: str) -> None:
        self.told.setdefault(token, None)

    def fail(self, token: str, error: CoachingError) -> None:
        self.told.setdefault(token, error)

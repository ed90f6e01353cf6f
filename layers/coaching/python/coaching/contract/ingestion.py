"""What the ingestion's queue and state machine hand to the functions, and what these hand back."""

import json

from pydantic import BaseModel, ConfigDict, Field

from coaching.errors import code_and_message
from coaching.knowledge.arrival import Arrival
from coaching.knowledge.job import Job
from coaching.knowledge.speech_jobs import JOB_NAME, job_of
from coaching.vocabulary import CreatorId, DocumentId


class StepModel(BaseModel):
    """Fields that a step does not need are passed over: the state machine hands each step all that came before."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class DocumentEvent(StepModel):
    creator_id: CreatorId = Field(min_length=1)
    document_id: DocumentId = Field(min_length=1)


class JobEvent(DocumentEvent):
    version: int
    attempt: int

    @property
    def job(self) -> Job:
        return Job(self.creator_id, self.document_id, self.version, self.attempt)


class ExtractedResult(StepModel):
    characters: int
    milliseconds: int


class SplitResult(StepModel):
    batches: list[str]
    passages: int
    milliseconds: int


class BatchEvent(StepModel):
    batch: str


class BatchResult(StepModel):
    passages: int
    milliseconds: int


class Postponement(StepModel):
    """How long to wait, in seconds, and how often that was said."""

    seconds: int = 0
    times: int = 0


class PostponeEvent(JobEvent):
    postponed: Postponement = Postponement()


class IndexEvent(JobEvent):
    split: SplitResult


class PublishEvent(JobEvent):
    extracted: ExtractedResult
    split: SplitResult
    embedded: list[BatchResult]
    indexed: BatchResult

    @property
    def timings(self) -> dict[str, int]:
        """Milliseconds per stage; embedding is summed over batches that run side by side."""
        return {
            "extract": self.extracted.milliseconds,
            "split": self.split.milliseconds,
            "embed": sum(batch.milliseconds for batch in self.embedded),
            "index": self.indexed.milliseconds,
        }


_TIMED_OUT = ("timeout", "This took too long. Retry; if it fails again, split the file in parts.")
_CRASHED = ("crashed", "Working on this took more than there is room for. Retry; if it fails again, split the file.")
_INTERNAL = ("internal", "Something went wrong on our side. Retry; if it fails again, report this document's id.")


class StepError(StepModel):
    """What a state machine's Catch hands on: the error's name, and its cause, for a Lambda a JSON document."""

    error: str = Field(alias="Error")
    cause: str = Field(default="", alias="Cause")

    def code_and_message(self) -> tuple[str, str]:
        """Return a code and a sentence for the creator; an error that is not one of ours is told as internal."""
        # A state's own deadline, a function's, and a function's as Lambda's logs call it.
        if self.error in {"States.Timeout", "Sandbox.Timedout"} or "Task timed out" in self.cause:
            return _TIMED_OUT
        if self.error in {"Lambda.Unknown", "Runtime.ExitError", "Runtime.OutOfMemory"}:
            return _CRASHED
        try:
            message = json.loads(self.cause)["errorMessage"]
        except (ValueError, KeyError, TypeError):
            return _INTERNAL
        return code_and_message(str(message)) or _INTERNAL


class FailEvent(JobEvent):
    error: StepError


class FailResult(StepModel):
    """`failed` is false where a newer upload, another attempt or a deletion took over: nothing went wrong then."""

    failed: bool


class DeletionFailedEvent(DocumentEvent):
    error: StepError


class Done(StepModel):
    pass


class TranscriptionEvent(JobEvent):
    """`token` is what the state machine waits under."""

    token: str = Field(min_length=1)


class TranscriptionDetail(StepModel):
    name: str = Field(alias="TranscriptionJobName", pattern=JOB_NAME)


class TranscriptionEndedEvent(StepModel):
    """ "Transcribe Job State Change" on the bus, of a job that `coaching.knowledge.speech_jobs` named."""

    detail: TranscriptionDetail

    @property
    def job(self) -> Job:
        return job_of(self.detail.name)


class Tick(StepModel):
    """A schedule's event: that it is time."""


class SweepResult(StepModel):
    """How many documents came to what, by the words of `coaching.knowledge.sweeping`."""

    documents: dict[str, int]


class UploadedObject(StepModel):
    key: str = Field(pattern=r"^uploads/[^/]+/[^/]+/[^/]+$")
    etag: str = Field(min_length=1)
    version_id: str = Field(default="", alias="version-id")
    sequencer: str = ""
    size: int = 0


class UploadDetail(StepModel):
    object: UploadedObject


class UploadEvent(StepModel):
    """EventBridge's "Object Created" for `uploads/{creator_id}/{document_id}/{name}`."""

    detail: UploadDetail

    @property
    def creator_id(self) -> CreatorId:
        return CreatorId(self.detail.object.key.split("/")[1])

    @property
    def document_id(self) -> DocumentId:
        return DocumentId(self.detail.object.key.split("/")[2])

    @property
    def arrival(self) -> Arrival:
        uploaded = self.detail.object
        return Arrival(uploaded.etag, uploaded.version_id, uploaded.sequencer, uploaded.size)

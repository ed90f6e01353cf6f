"""How a recording becomes a transcript, whatever is lost, doubled or late on the way."""

from dataclasses import dataclass, field, replace

import pytest

from coaching.adapters.extraction import FileExtractor
from coaching.adapters.memory.documents import MemoryDocuments
from coaching.adapters.memory.files import MemoryUploads, MemoryWorkFiles
from coaching.adapters.memory.speech import MemorySpeechRecognition, MemoryTaskTokens, MemoryWaitingTasks
from coaching.errors import Conflict, NotFound, Unavailable, UnusableDocument
from coaching.knowledge.arrival import Arrival
from coaching.knowledge.document import Document
from coaching.knowledge.ingestion import ExtractDocument
from coaching.knowledge.job import Job
from coaching.knowledge.speech import FinishTranscription, StartTranscription
from coaching.knowledge.work import read_extracted, text_key, transcript_key
from coaching.vocabulary import CreatorId, DocumentId, now
from tests.support.recordings import TRANSCRIPT

DEMO = CreatorId("demo")


@dataclass
class Studio:
    """A recording that arrived, and everything that takes part."""

    documents: MemoryDocuments = field(default_factory=MemoryDocuments)
    work_files: MemoryWorkFiles = field(default_factory=MemoryWorkFiles)
    speech: MemorySpeechRecognition = field(default_factory=MemorySpeechRecognition)
    tokens: MemoryTaskTokens = field(default_factory=MemoryTaskTokens)
    waiting: MemoryWaitingTasks = field(default_factory=MemoryWaitingTasks)

    def __post_init__(self) -> None:
        named = Document(DocumentId("01J"), DEMO, "talk.mp3", "audio/mpeg", 9, created_at=now(), updated_at=now())
        self.documents.save(named.receive(Arrival("etag-1")))

    @property
    def document(self) -> Document:
        return self.documents.get(DEMO, DocumentId("01J"))

    @property
    def job(self) -> Job:
        return self.document.job

    @property
    def transcript(self) -> str:
        return transcript_key(DEMO, DocumentId("01J"), 1)

    def start(self, token: str, job: Job | None = None) -> None:
        parts = self.documents, self.work_files, self.speech, self.tokens, self.waiting
        StartTranscription(*parts)(job or self.job, token)

    def end(self, job: Job, error: UnusableDocument | None = None) -> None:
        """Let the job end, without anybody hearing of it."""
        self.speech.ended[job] = error
        if error is None:
            self.work_files.write(transcript_key(job.creator_id, job.document_id, job.version), b"{}")

    def tell(self, job: Job) -> None:
        parts = self.documents, self.work_files, self.speech, self.tokens, self.waiting
        FinishTranscription(*parts)(job)


@pytest.fixture
def studio() -> Studio:
    return Studio()


def test_the_machine_waits_until_the_transcript_is_written(studio: Studio) -> None:
    studio.start("first")
    assert (studio.document.status, studio.waiting.told) == ("extracting", {})
    studio.end(studio.job)
    studio.tell(studio.job)
    assert studio.waiting.told == {"first": None}


def test_an_end_that_is_told_three_times_is_told_once(studio: Studio) -> None:
    studio.start("first")
    studio.end(studio.job)
    for _ in range(3):
        studio.tell(studio.job)
    assert studio.waiting.told == {"first": None}


def test_a_recording_that_cannot_be_written_down_fails_with_the_reason(studio: Studio) -> None:
    studio.start("first")
    error = UnusableDocument("no_speech", "Nobody speaks.")
    studio.end(studio.job, error)
    studio.tell(studio.job)
    assert studio.waiting.told == {"first": error}


def test_an_event_that_was_lost_costs_time_alone(studio: Studio) -> None:
    studio.start("first")
    studio.end(studio.job)
    studio.start("second")
    assert studio.waiting.told == {"second": None}
    assert list(studio.speech.started) == [studio.job]


def test_a_failure_whose_event_was_lost_is_raised_to_the_machine_itself(studio: Studio) -> None:
    studio.start("first")
    studio.end(studio.job, UnusableDocument("too_long", "It is too long."))
    with pytest.raises(UnusableDocument):
        studio.start("second")


def test_a_late_event_reaches_whoever_waits_now(studio: Studio) -> None:
    studio.start("first")
    studio.start("second")
    studio.end(studio.job)
    studio.tell(studio.job)
    assert studio.waiting.told == {"second": None}


def test_an_event_before_the_end_comes_again(studio: Studio) -> None:
    studio.start("first")
    with pytest.raises(Unavailable):
        studio.tell(studio.job)
    assert studio.waiting.told == {}


def test_an_event_of_a_job_that_nobody_waits_for_changes_nothing(studio: Studio) -> None:
    with pytest.raises(NotFound):
        studio.tell(Job(DEMO, DocumentId("01J"), 1, 9))
    with pytest.raises(NotFound):
        studio.tell(replace(studio.job, creator_id=CreatorId("demo2")))
    assert studio.waiting.told == {}


def test_a_retry_pays_for_no_second_transcription_of_the_same_bytes(studio: Studio) -> None:
    studio.start("first")
    studio.end(studio.job)
    first = studio.job
    studio.documents.save(studio.documents.save(studio.document.fail("internal", "It broke.")).retry())
    studio.start("again")
    assert (studio.job.attempt, list(studio.speech.started)) == (2, [first])
    assert studio.waiting.told == {"again": None}


def test_a_retry_after_a_refusal_is_a_job_of_its_own(studio: Studio) -> None:
    studio.start("first")
    first = studio.job
    studio.end(first, UnusableDocument("speech_refused", "It was refused."))
    studio.documents.save(studio.documents.save(studio.document.fail("speech_refused", "It was refused.")).retry())
    studio.start("again")
    assert list(studio.speech.started) == [first, studio.job]
    assert studio.waiting.told == {}


def test_a_job_that_a_newer_upload_overtook_is_not_begun(studio: Studio) -> None:
    old = studio.job
    studio.documents.save(studio.document.receive(Arrival("etag-2")))
    with pytest.raises(Conflict):
        studio.start("first", old)
    assert not studio.speech.started


def test_the_end_of_a_job_that_a_newer_upload_overtook_is_a_failure_that_changes_no_record(studio: Studio) -> None:
    studio.start("first")
    old = studio.job
    studio.documents.save(studio.document.receive(Arrival("etag-2")))
    studio.end(old)
    studio.tell(old)
    assert isinstance(studio.waiting.told["first"], Conflict)
    assert studio.document.status == "received"


@pytest.mark.parametrize("gone", ["deleting", "removed"])
def test_a_transcript_written_after_its_document_was_deleted_goes_too(studio: Studio, gone: str) -> None:
    studio.start("first")
    job = studio.job
    studio.documents.save(studio.document.delete())
    if gone == "removed":
        studio.documents.remove(DEMO, DocumentId("01J"))
    studio.end(job)
    studio.tell(job)
    assert studio.waiting.told.keys() == {"first"}
    assert not studio.work_files.files


def test_where_nothing_hears_a_recording_fails_with_the_advice_to_upload_its_transcript(studio: Studio) -> None:
    starting = StartTranscription(studio.documents, studio.work_files, None, studio.tokens, studio.waiting)
    with pytest.raises(UnusableDocument, match=r"\.vtt or \.srt") as refused:
        starting(studio.job, "first")
    assert refused.value.code == "speech_unavailable"


def test_of_a_recording_its_transcript_is_read_with_its_seconds(studio: Studio) -> None:
    studio.start("first")
    studio.work_files.write(studio.transcript, TRANSCRIPT)
    ExtractDocument(studio.documents, MemoryUploads(), FileExtractor(), studio.work_files)(studio.job)
    found = read_extracted(studio.work_files.read(text_key(DEMO, DocumentId("01J"), 1)))
    assert {block.kind for block in found.blocks} == {"speech"}
    [rule] = [block for block in found.blocks if "seven slow breaths" in block.text]
    assert rule.place.start_seconds == 11.47

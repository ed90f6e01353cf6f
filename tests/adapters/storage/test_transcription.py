"""Transcription jobs at Amazon Transcribe, as moto answers it and as its documentation says that it fails."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.stub import Stubber

from coaching.adapters.aws.clients import transcribe_client
from coaching.adapters.aws.transcription import TranscribeSpeechRecognition
from coaching.adapters.memory.speech import MemorySpeechRecognition
from coaching.contract.ingestion import TranscriptionEndedEvent
from coaching.errors import Unavailable, UnusableDocument
from coaching.knowledge.document import Document
from coaching.knowledge.ports import SpeechRecognition
from coaching.vocabulary import CreatorId, new_ulid
from tests.adapters.storage.samples import document

if TYPE_CHECKING:
    from mypy_boto3_transcribe import TranscribeServiceClient


@pytest.fixture
def transcribe(aws_address: str) -> "TranscribeServiceClient":
    return transcribe_client(aws_address)


@pytest.fixture
def speech(transcribe: "TranscribeServiceClient") -> TranscribeSpeechRecognition:
    return TranscribeSpeechRecognition(lambda: transcribe, "the-uploads", "the-work", "stage")


@pytest.fixture
def recording() -> Document:
    return replace(document(document_id=new_ulid(), name="Ein Gespräch.m4a"), content_type="audio/x-m4a")


def test_a_job_hears_the_upload_in_any_language_and_writes_beside_the_work(
    speech: TranscribeSpeechRecognition, transcribe: "TranscribeServiceClient", recording: Document
) -> None:
    sent: dict[str, Any] = {}
    transcribe.meta.events.register("provide-client-params.transcribe.*", lambda params, **_: sent.update(params))
    assert speech.start(recording) is True
    assert sent == {
        "TranscriptionJobName": f"stage.hearth.{recording.document_id}.3.2",
        "Media": {"MediaFileUri": f"s3://the-uploads/uploads/hearth/{recording.document_id}/recording.m4a"},
        "MediaFormat": "m4a",
        "IdentifyLanguage": True,
        "Settings": {"ShowSpeakerLabels": True, "MaxSpeakerLabels": 10},
        "OutputBucketName": "the-work",
        "OutputKey": f"work/hearth/{recording.document_id}/v3/transcript.json",
    }


class SpeechRecognitionContract:
    def test_begins_the_same_attempt_once_and_the_next_one_anew(
        self, speech: SpeechRecognition, recording: Document
    ) -> None:
        begun = [speech.start(each) for each in (recording, recording, replace(recording, attempt=3))]
        assert begun == [True, False, True]

    def test_what_was_just_begun_is_not_finished(self, speech: SpeechRecognition, recording: Document) -> None:
        speech.start(recording)
        assert speech.finished(recording.job) is False


class TestInMemory(SpeechRecognitionContract):
    @pytest.fixture
    def speech(self) -> MemorySpeechRecognition:
        return MemorySpeechRecognition()


class TestTranscribe(SpeechRecognitionContract):
    """With the fixture above."""


def test_a_job_is_finished_when_transcribe_says_that_it_is(
    speech: TranscribeSpeechRecognition, recording: Document
) -> None:
    speech.start(recording)
    # Each look takes moto's job one state further.
    states = [speech.finished(recording.job) for _ in range(4)]
    assert (states[0], states[-1]) == (False, True)


def test_the_event_of_a_job_names_the_job_that_was_begun(recording: Document) -> None:
    name = f"stage.hearth.{recording.document_id}.3.2"
    event = {"detail": {"TranscriptionJobName": name, "TranscriptionJobStatus": "COMPLETED"}}
    assert TranscriptionEndedEvent.model_validate(event).job == recording.job


@pytest.mark.parametrize(
    "creator_id",
    ["jane.doe", "jane_doe", "a-B.9", "jane@doe.org", "_2E", "%2E", "zoë 日本", "demo.01K.1.1", "...", "-"],
)
def test_the_event_of_a_job_names_any_creator(
    speech: TranscribeSpeechRecognition,
    transcribe: "TranscribeServiceClient",
    recording: Document,
    creator_id: str,
) -> None:
    theirs = replace(recording, creator_id=CreatorId(creator_id))
    speech.start(theirs)
    (found,) = transcribe.list_transcription_jobs(JobNameContains=recording.document_id)["TranscriptionJobSummaries"]
    name = found["TranscriptionJobName"]
    assert re.fullmatch(r"stage\.[0-9a-zA-Z._-]{1,194}", name)
    event = {"detail": {"TranscriptionJobName": name, "TranscriptionJobStatus": "COMPLETED"}}
    assert TranscriptionEndedEvent.model_validate(event).job == theirs.job


def test_a_creator_whose_id_makes_no_job_name_is_told(speech: TranscribeSpeechRecognition, recording: Document) -> None:
    with pytest.raises(UnusableDocument, match=r"\.vtt"):
        speech.start(replace(recording, creator_id=CreatorId("é" * 64)))


@pytest.fixture
def stubbed(transcribe: "TranscribeServiceClient") -> Iterator[Stubber]:
    with Stubber(transcribe) as stubber:
        yield stubber


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("Unsupported media format.", "unsupported_media"),
        ("The media format provided does not match the detected media format.", "unsupported_media"),
        ("Invalid sample rate for audio file.", "unsupported_media"),
        ("The sample rate provided does not match the detected sample rate.", "unsupported_media"),
        ("Invalid number of channels: number of channels too large.", "unsupported_media"),
        ("The data in your input media file isn't valid. Check the media file and try again.", "unsupported_media"),
        ("Invalid file size: file size too large.", "too_long"),
        (
            "Your audio file must have a speech segment long enough in duration to perform automatic language "
            "identification. Provide an audio file with someone speaking for a longer period of time.",
            "no_speech",
        ),
        (
            "The input media file length is too small. Minimum audio duration is 0.500000 milliseconds. "
            "Check the length of the file and try your request again.",
            "no_speech",
        ),
        ("Internal failure.", "speech_refused"),
        ("", "speech_refused"),
    ],
)
def test_a_job_that_failed_says_what_its_creator_can_do(
    speech: TranscribeSpeechRecognition, stubbed: Stubber, recording: Document, reason: str, code: str
) -> None:
    job = {"TranscriptionJobStatus": "FAILED", **({"FailureReason": reason} if reason else {})}
    stubbed.add_response("get_transcription_job", {"TranscriptionJob": job})
    with pytest.raises(UnusableDocument) as failed:
        speech.finished(recording.job)
    assert failed.value.code == code
    assert reason not in failed.value.message or not reason
    assert failed.value.message.endswith(".")


@pytest.mark.parametrize("code", ["LimitExceededException", "InternalFailureException", "ThrottlingException"])
def test_a_transcribe_that_is_busy_is_unavailable_for_a_while(
    speech: TranscribeSpeechRecognition, stubbed: Stubber, recording: Document, code: str
) -> None:
    status = 500 if code.startswith("Internal") else 400
    for _ in range(3):
        stubbed.add_client_error("start_transcription_job", code, http_status_code=status)
    with pytest.raises(Unavailable):
        speech.start(recording)

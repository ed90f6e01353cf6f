"""Speech recognition by Amazon Transcribe."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coaching.adapters.aws.errors import error_code, translated_errors
from coaching.adapters.aws.uploads import upload_key
from coaching.adapters.aws.work_files import below_work
from coaching.errors import Unavailable, UnusableDocument
from coaching.knowledge.document import Document
from coaching.knowledge.job import Job
from coaching.knowledge.ports import SpeechRecognition
from coaching.knowledge.speech_jobs import job_name
from coaching.knowledge.speech_types import media_format
from coaching.knowledge.work import transcript_key

if TYPE_CHECKING:
    from mypy_boto3_transcribe import TranscribeServiceClient
    from mypy_boto3_transcribe.literals import MediaFormatType

MOST_SPEAKERS = 10
"""Amazon Transcribe tells up to 30 apart."""
_NO_SPEECH = (
    "no_speech",
    "Too little speech was found in this recording to tell its language. Upload one in which somebody speaks "
    "for half a minute or more, or its transcript as a .vtt or .srt file.",
)
_TOO_LONG = ("too_long", "A recording may last 4 hours and have 2 GB at most. Cut it in parts and upload each.")
_UNREADABLE = (
    "unsupported_media",
    "This recording cannot be played. Export it anew as mp3, m4a, wav or mp4, with one or two channels and "
    "8,000 to 48,000 samples a second, and announce it with its own content type.",
)
_REFUSED = ("speech_refused", "Amazon Transcribe could not write down this recording. Retry, or upload its transcript.")
_REASONS = (
    (
        re.compile(r"speech segment long enough|language identification|duration is 0\.5|length is too small", re.I),
        _NO_SPEECH,
    ),
    (re.compile(r"size too large|too long|longer than|exceeds", re.I), _TOO_LONG),
    (re.compile(r"format|sample rate|channels|isn't valid|is not valid|unsupported", re.I), _UNREADABLE),
)
"""What `FailureReason` says, and what a creator can do about it.

Source: docs.aws.amazon.com/transcribe/latest/APIReference/API_TranscriptionJob.html, and reasons met in practice.
"""


@dataclass(frozen=True, slots=True)
class TranscribeSpeechRecognition(SpeechRecognition):
    """A job is named by `coaching.knowledge.speech_jobs`, and Transcribe starts a name once.

    It reads the upload and writes the transcript with the permissions of whoever starts it.
    """

    client: "Callable[[], TranscribeServiceClient]"
    uploads_bucket: str
    work_bucket: str
    prefix: str

    def start(self, document: Document) -> bool:
        from botocore.exceptions import ClientError

        kind: MediaFormatType = media_format(document.content_type)  # type: ignore[assignment]  # one of theirs
        output = transcript_key(document.creator_id, document.document_id, document.version)
        try:
            with translated_errors(Unavailable):
                self.client().start_transcription_job(
                    TranscriptionJobName=job_name(self.prefix, document.job),
                    Media={"MediaFileUri": f"s3://{self.uploads_bucket}/{upload_key(document)}"},
                    MediaFormat=kind,
                    IdentifyLanguage=True,
                    Settings={"ShowSpeakerLabels": True, "MaxSpeakerLabels": MOST_SPEAKERS},
                    OutputBucketName=self.work_bucket,
                    OutputKey=below_work(output),
                )
        except ClientError as error:
            if error_code(error) != "ConflictException":
                raise
            return False
        return True

    def finished(self, job: Job) -> bool:
        with translated_errors(Unavailable):
            name = job_name(self.prefix, job)
            found = self.client().get_transcription_job(TranscriptionJobName=name)["TranscriptionJob"]
        status = found.get("TranscriptionJobStatus")
        if status == "FAILED":
            raise UnusableDocument(*_told(found.get("FailureReason", "")))
        return status == "COMPLETED"


def _told(reason: str) -> tuple[str, str]:
    """Return a code and a sentence for the creator. The reason itself may name the file, and goes nowhere."""
    return next((told for pattern, told in _REASONS if pattern.search(reason)), _REFUSED)

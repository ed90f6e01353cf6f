"""Amazon Transcribe, played by a test: what was said in a recording, and the event that says so."""

import json
import time
from dataclasses import dataclass
from pathlib import Path

from local.cloud import TRANSCRIPTION_PREFIX
from tests.support.running_system import RunningSystem

TRANSCRIPT = (Path(__file__).parent / "transcript.json").read_bytes()
"""In the shape that Amazon Transcribe writes: two people talk about the heron rule, named at second 11.47."""
MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00 a recording of which nobody here hears anything"
LARGE = bytes(range(256)) * (33 * 4096) + b"the end"
"""More than one part."""
DEADLINE_SECONDS = 30.0


@dataclass(frozen=True)
class Studio:
    """The transcription of one version and attempt of a creator's document."""

    system: RunningSystem
    creator: str
    document_id: str
    version: int = 1
    attempt: int = 1

    @property
    def job(self) -> str:
        return f"{TRANSCRIPTION_PREFIX}.{self.creator}.{self.document_id}.{self.version}.{self.attempt}"

    @property
    def folder(self) -> str:
        return f"work/{self.creator}/{self.document_id}/"

    def begin(self) -> None:
        """Begin the job before the system does, as a try would that was cut off."""
        self.system.aws.transcribe.start_transcription_job(
            TranscriptionJobName=self.job, Media={"MediaFileUri": "s3://uploads/any.mp3"}, IdentifyLanguage=True
        )

    def hear(self, transcript: bytes = TRANSCRIPT) -> None:
        """Wait for the job, write its transcript and let it complete, without saying so."""
        self.await_begun()
        key = f"{self.folder}v{self.version}/transcript.json"
        self.system.aws.s3.put_object(Bucket="work", Key=key, Body=transcript)
        while self._status() != "COMPLETED":
            pass  # Each look takes moto's job one state further.

    def say_so(self) -> None:
        """Send the event of the job's end."""
        detail = {"TranscriptionJobName": self.job, "TranscriptionJobStatus": "COMPLETED"}
        entry = {
            "Source": "aws.transcribe", "DetailType": "Transcribe Job State Change", "Detail": json.dumps(detail),
        }  # fmt: skip
        self.system.aws.events.put_events(Entries=[entry])  # type: ignore[list-item]  # of str alone

    def await_begun(self) -> None:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while self.job not in self._jobs():
            assert time.monotonic() < deadline, "no transcription was begun"
            time.sleep(0.05)

    def await_forgotten(self) -> None:
        """Wait until no work file of the document is left."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while self.left():
            assert time.monotonic() < deadline, "something is left"
            time.sleep(0.05)

    def left(self) -> list[str]:
        """Return the work files of the document."""
        found = self.system.aws.s3.list_objects_v2(Bucket="work", Prefix=self.folder)
        return [item["Key"] for item in found.get("Contents", [])]

    def _jobs(self) -> set[str]:
        listed = self.system.aws.transcribe.list_transcription_jobs(JobNameContains=self.document_id)
        return {job["TranscriptionJobName"] for job in listed["TranscriptionJobSummaries"]}

    def _status(self) -> str:
        found = self.system.aws.transcribe.get_transcription_job(TranscriptionJobName=self.job)
        return str(found["TranscriptionJob"]["TranscriptionJobStatus"])

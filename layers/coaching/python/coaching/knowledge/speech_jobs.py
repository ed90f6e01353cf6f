"""What the transcription of a recording is called, so that the event of its end says whose it is.

`{prefix}.{creator}.{document}.{version}.{attempt}`: recognisers take letters, digits and `.`, `_`, `-`. Of an id, every
other byte, and a dot or `_`, is written `_` and its two hexadecimal digits.
"""

import re
from urllib.parse import unquote

from coaching.errors import UnusableDocument
from coaching.knowledge.job import Job
from coaching.vocabulary import CreatorId, DocumentId

LONGEST = 200
"""Source: docs.aws.amazon.com/transcribe/latest/APIReference/API_StartTranscriptionJob.html"""
JOB_NAME = r"^[^.]+(?:\.(?:[0-9A-Za-z-]|_[0-9A-F]{2})+){2}(?:\.[0-9]{1,9}){2}$"


def job_name(prefix: str, job: Job) -> str:
    """Return the job's name; `prefix` has no dot. Raises: UnusableDocument where it is too long to be taken."""
    name = f"{prefix}.{_written(job.creator_id)}.{_written(job.document_id)}.{job.version}.{job.attempt}"
    if len(name) > LONGEST:
        raise UnusableDocument(
            "speech_unavailable", "This creator's id is too long for recordings. Upload a transcript (.vtt or .srt)."
        )
    return name


def job_of(name: str) -> Job:
    """Return whose name it is. `name` matches `JOB_NAME`."""
    _, creator, document, version, attempt = name.split(".")
    return Job(CreatorId(_read(creator)), DocumentId(_read(document)), int(version), int(attempt))


def _written(name: str) -> str:
    return re.sub(r"[^0-9A-Za-z-]", lambda found: "".join(f"_{byte:02X}" for byte in found[0].encode()), name)


def _read(written: str) -> str:
    return unquote(written.replace("_", "%"))

"""A document's way from stage to stage, guarded against jobs that a newer upload or attempt overtook."""

from coaching.knowledge.document import Document, Status
from coaching.knowledge.job import Job
from coaching.knowledge.ports import Documents
from coaching.retrying import until_fresh


def enter(documents: Documents, job: Job, status: Status) -> Document:
    """Move the document to a stage, or note that work on it goes on there.

    Raises: NotFound, Conflict(superseded) if the job is no longer the current one.
    """
    return until_fresh(lambda: documents.save(require_current(documents, job).enter(status)))


def require_current(documents: Documents, job: Job) -> Document:
    """Return the job's document. Raises: NotFound, Conflict(superseded) if the job is no longer the current one."""
    document = documents.get(job.creator_id, job.document_id)
    document.require_current(job.version, job.attempt)
    return document

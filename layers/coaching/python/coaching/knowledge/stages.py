"""A document's way from stage to stage, guarded against jobs that a newer upload or attempt overtook."""

from coaching.knowledge.document import Document, Status
from coaching.knowledge.job import Job
from coaching.knowledge.ports import Documents
from coaching.retrying import until_fresh


def enter(documents: Documents, job: Job, status: Status) -> Document:
    """Move the document to a stage. Raises: NotFound, Conflict(superseded) if the job is no longer the current one."""

    def moved() -> Document:
        document = require_current(documents, job)
        return document if document.status == status else documents.save(document.enter(status))

    return until_fresh(moved)


def require_current(documents: Documents, job: Job) -> Document:
    """Return the job's document. Raises: NotFound, Conflict(superseded) if the job is no longer the current one."""
    document = documents.get(job.creator_id, job.document_id)
    document.require_current(job.version, job.attempt)
    return document

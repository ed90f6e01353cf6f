"""How an ingestion ends otherwise than well: it waits, it fails, or its document is gone."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from coaching.errors import Conflict, EmbedderUnavailable, NotFound
from coaching.knowledge.job import Job
from coaching.knowledge.ports import Documents, PassageWriter
from coaching.knowledge.stages import require_current
from coaching.retrying import until_fresh

POSTPONEMENTS = 36
"""About a day and a quarter at most, and a day on average. After each, all batches are gone through again."""
_FIRST_PAUSE_SECONDS = 60
_LONGEST_PAUSE_SECONDS = 60 * 60


@contextmanager
def withdrawn_if_gone(documents: Documents, writer: PassageWriter, job: Job) -> Iterator[None]:
    """Take the document's passages out of the store again where the block finds that it was deleted meanwhile.

    Its deletion may have passed the store before the block wrote there, and nobody else would come by again.
    """
    try:
        yield
    except (Conflict, NotFound):
        try:
            deleted = documents.get(job.creator_id, job.document_id).status == "deleting"
        except NotFound:
            deleted = True
        if deleted:
            writer.remove(job.creator_id, job.document_id)
        raise


@dataclass(frozen=True, slots=True)
class FailDocument:
    """Writes on the document's record what went wrong."""

    documents: Documents
    writer: PassageWriter

    def __call__(self, job: Job, code: str, message: str) -> bool:
        """Return whether the document failed by this.

        A job that is no longer the current one changes nothing. Of a document that is gone or going, nothing stays in
        the store: the step that failed may have written there.
        """

        def fail() -> None:
            self.documents.save(require_current(self.documents, job).fail(code, message))

        try:
            with withdrawn_if_gone(self.documents, self.writer, job):
                until_fresh(fail)
        except NotFound:
            return False
        except Conflict as error:
            if error.code == "stale_write":
                raise
            return False
        return True


@dataclass(frozen=True, slots=True)
class PostponeEmbedding:
    """Says how long to wait for an embedder that does not answer, and says so on the document's record."""

    documents: Documents
    draw: Callable[[float, float], float] = random.uniform

    def __call__(self, job: Job, times: int) -> int:
        """Return the seconds to wait after `times` postponements before.

        The pause doubles from one minute up to an hour and is drawn from the upper half of that.
        Raises: EmbedderUnavailable after the last, Conflict(superseded), NotFound.
        """
        if times >= POSTPONEMENTS:
            raise EmbedderUnavailable("What reads the passages' meaning did not answer for a day. Retry later.")

        def wait() -> None:
            document = require_current(self.documents, job)
            message = (
                "What reads the passages' meaning does not answer at present. This goes on by itself once it does."
            )
            self.documents.save(document.wait("embedder_unavailable", message))

        until_fresh(wait)
        pause = min(_FIRST_PAUSE_SECONDS * 2**times, _LONGEST_PAUSE_SECONDS)
        return round(self.draw(pause / 2, pause))

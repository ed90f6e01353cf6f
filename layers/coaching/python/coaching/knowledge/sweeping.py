"""Nothing stays stuck: documents that have not moved for too long are looked after."""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from coaching.errors import CoachingError, Conflict, NotFound
from coaching.knowledge.document import STUCK_AFTER, Document
from coaching.knowledge.ports import Arrivals, Documents, DocumentWork, DueDocuments, Shares
from coaching.knowledge.starting import EndIngestion
from coaching.knowledge.uploading import ReceiveUpload
from coaching.vocabulary import CreatorId, DocumentId, now

AT_ONCE = 400
"""Documents looked after in one go."""
Outcome = Literal["moved", "not_uploaded", "found", "waiting", "stuck", "deleting", "unreadable"]
"""What became of a document: it had moved already, nothing was uploaded, an upload was found that nobody had announced,
it waits in line, it was given up, its deletion was started again, its record cannot be read."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SweepDocuments:
    """Looks after every document that is due. It reads the index of those alone, never all documents."""

    due: DueDocuments
    documents: Documents
    arrivals: Arrivals
    shares: Shares
    receive: ReceiveUpload
    end: EndIngestion
    work: DocumentWork
    clock: Callable[[], datetime] = now

    def __call__(self) -> Mapping[Outcome, int]:
        """Return how many documents came to what. One that changes at the same time is left to the next sweep.

        Raises: the first error that kept it from looking after a document, once it has been to all others.
        """
        outcomes: Counter[Outcome] = Counter()
        first_error: CoachingError | None = None
        for creator_id, document_id in self.due.due(self.clock(), limit=AT_ONCE):
            try:
                outcomes[self._look_after(creator_id, document_id)] += 1
            except (NotFound, Conflict):
                outcomes["moved"] += 1
            except CoachingError as error:
                first_error = first_error or error
            except ValueError as error:
                # Which value does not fit may be a creator's words.
                _log.error("document unreadable: %s %s (%s)", creator_id, document_id, type(error).__name__)
                outcomes["unreadable"] += 1
        if first_error:
            raise first_error
        return outcomes

    def _look_after(self, creator_id: CreatorId, document_id: DocumentId) -> Outcome:
        document = self.documents.get(creator_id, document_id)
        # The index may lag behind the record.
        if document.due_at is None or document.due_at > self.clock():
            return "moved"
        match document.status:
            case "awaiting_upload":
                return self._seek_upload(document)
            case "received":
                return self._start(document)
            case "deleting":
                self.work.start_deletion(self.documents.save(document.look()))
                return "deleting"
            case _:
                return self._give_up(document)

    def _seek_upload(self, document: Document) -> Outcome:
        """Receive an upload whose announcement was lost; without any, the document fails."""
        try:
            arrival = self.arrivals.last(document)
        except NotFound:
            message = "No file arrived within a day. Ask for another address to upload it to, and send it."
            self.documents.save(document.fail("not_uploaded", message))
            return "not_uploaded"
        self.receive(document.creator_id, document.document_id, arrival)
        return "found"

    def _start(self, document: Document) -> Outcome:
        slot = self.shares.get(document.creator_id).slot_of(document.job)
        if slot and self.clock() - slot.since > STUCK_AFTER:
            return self._give_up(document)
        self.receive.start_waiting.join(self.documents.save(document.look()))
        return "waiting"

    def _give_up(self, document: Document) -> Outcome:
        message = "This stopped on our side without an end. Retry; it goes on where it stopped."
        self.documents.save(document.fail("stuck", message))
        self.end(document.job)
        return "stuck"

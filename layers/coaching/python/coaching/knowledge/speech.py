"""How a recording becomes a transcript: begun by a task of the state machine, ended by an event hours later."""

from dataclasses import dataclass

from coaching.errors import Conflict, NotFound, Unavailable, UnusableDocument
from coaching.knowledge.job import Job
from coaching.knowledge.ports import Documents, SpeechRecognition, TaskTokens, WaitingTasks, WorkFiles
from coaching.knowledge.speech_types import NEEDS_AWS
from coaching.knowledge.stages import enter, require_current
from coaching.knowledge.work import folder, transcript_key


@dataclass(frozen=True, slots=True)
class StartTranscription:
    """Has a document's speech written down. Whoever waits under the token is told when it is.

    Begun again, for example because nothing was heard of it for too long, it goes on with what was begun: an event
    that was lost costs time and nothing else.
    """

    documents: Documents
    work_files: WorkFiles
    speech: SpeechRecognition | None
    tokens: TaskTokens
    waiting: WaitingTasks

    def __call__(self, job: Job, token: str) -> None:
        """Raises: UnusableDocument, Conflict(superseded), Unavailable."""
        if self.speech is None:
            raise UnusableDocument("speech_unavailable", NEEDS_AWS)
        document = enter(self.documents, job, "extracting")
        # Before anything that could end, so that no end finds nobody to tell.
        self.tokens.keep(job, token)
        if self._is_written_down(job) or (not self.speech.start(document) and self.speech.finished(job)):
            self.waiting.succeed(token)

    def _is_written_down(self, job: Job) -> bool:
        """Return whether an attempt before this one at the same bytes got as far as the transcript."""
        try:
            self.work_files.read(transcript_key(job.creator_id, job.document_id, job.version))
        except NotFound:
            return False
        return True


@dataclass(frozen=True, slots=True)
class FinishTranscription:
    """Tells whoever waits for a document's transcript that it is written, or why it never will be."""

    documents: Documents
    work_files: WorkFiles
    speech: SpeechRecognition | None
    tokens: TaskTokens
    waiting: WaitingTasks

    def __call__(self, job: Job) -> None:
        """An end that nobody waits for changes nothing, nor does the same end told again.

        Raises: NotFound where nobody waits; Unavailable where the job has not ended after all, or nothing answers.
        """
        token = self.tokens.of(job)
        try:
            require_current(self.documents, job)
            self._require_transcript(job)
        except UnusableDocument as error:
            self.waiting.fail(token, error)
        except (NotFound, Conflict) as error:
            self._forget_if_gone(job)
            self.waiting.fail(token, error)
        else:
            self.waiting.succeed(token)

    def _require_transcript(self, job: Job) -> None:
        if self.speech is None:
            raise UnusableDocument("speech_unavailable", NEEDS_AWS)
        if not self.speech.finished(job):
            raise Unavailable("The transcript is not written yet.")

    def _forget_if_gone(self, job: Job) -> None:
        """Delete a transcript that was written after its document's deletion had passed."""
        try:
            deleted = self.documents.get(job.creator_id, job.document_id).status == "deleting"
        except NotFound:
            deleted = True
        if deleted:
            self.work_files.remove_all(folder(job.creator_id, job.document_id))

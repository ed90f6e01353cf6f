"""State machines in Step Functions that work on documents."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coaching.adapters.aws.errors import error_code, translated_errors
from coaching.errors import Unavailable
from coaching.knowledge.document import Document
from coaching.knowledge.ports import DocumentWork
from coaching.knowledge.speech_types import is_recording

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


@dataclass(frozen=True, slots=True)
class StepFunctionsDocumentWork(DocumentWork):
    """An execution is named after its work, and Step Functions starts a name once in 90 days."""

    client: "Callable[[], SFNClient]"
    ingestion_arn: str
    deletion_arn: str

    def start_ingestion(self, document: Document) -> None:
        self._start(self.ingestion_arn, _work(document), document)

    def start_deletion(self, document: Document) -> None:
        # With the revision, so that deleting again after a deletion failed is new work.
        self._start(self.deletion_arn, f"{_work(document)}-r{document.revision}", document)

    def _start(self, state_machine: str, name: str, document: Document) -> None:
        from botocore.exceptions import ClientError

        payload = {
            "creator_id": document.creator_id,
            "document_id": document.document_id,
            "version": document.version,
            "attempt": document.attempt,
            "recording": is_recording(document.content_type),
        }
        try:
            with translated_errors(Unavailable):
                self.client().start_execution(stateMachineArn=state_machine, name=name, input=json.dumps(payload))
        except ClientError as error:
            if error_code(error) != "ExecutionAlreadyExists":
                raise


def _work(document: Document) -> str:
    return f"{document.document_id}-v{document.version}-a{document.attempt}"

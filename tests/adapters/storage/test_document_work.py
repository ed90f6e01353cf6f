"""Starting work on documents: what every adapter promises."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import pytest

from coaching.adapters.aws.document_work import StepFunctionsDocumentWork
from coaching.adapters.memory.document_work import MemoryDocumentWork
from coaching.knowledge.ports import DocumentWork
from coaching.vocabulary import new_ulid
from tests.adapters.storage.samples import document

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


class Started(Protocol):
    """Counts what was started."""

    def ingestions(self) -> int: ...
    def deletions(self) -> int: ...


class DocumentWorkContract:
    def test_starts_the_same_work_once(self, work: DocumentWork, started: Started) -> None:
        for _ in range(3):
            work.start_ingestion(document())
        work.start_ingestion(replace(document(), status="received", revision=9))
        assert (started.ingestions(), started.deletions()) == (1, 0)

    def test_starts_every_version_and_attempt(self, work: DocumentWork, started: Started) -> None:
        for version, attempt in ((1, 1), (1, 2), (2, 1), (12, 1)):
            work.start_ingestion(replace(document(), version=version, attempt=attempt))
        assert started.ingestions() == 4

    def test_starts_a_deletion_again_when_it_is_asked_for_again(self, work: DocumentWork, started: Started) -> None:
        for revision in (4, 4, 5):
            work.start_deletion(replace(document(), revision=revision))
        assert (started.ingestions(), started.deletions()) == (0, 2)


class TestInMemory(DocumentWorkContract):
    @pytest.fixture
    def work(self) -> MemoryDocumentWork:
        return MemoryDocumentWork()

    @pytest.fixture
    def started(self, work: MemoryDocumentWork) -> Started:
        @dataclass
        class Noted:
            work: MemoryDocumentWork

            def ingestions(self) -> int:
                return len(self.work.ingestions)

            def deletions(self) -> int:
                return len(self.work.deletions)

        return Noted(work)


@dataclass
class Executions:
    client: "SFNClient"
    work: StepFunctionsDocumentWork

    def ingestions(self) -> int:
        return len(self.client.list_executions(stateMachineArn=self.work.ingestion_arn)["executions"])

    def deletions(self) -> int:
        return len(self.client.list_executions(stateMachineArn=self.work.deletion_arn)["executions"])


class TestStepFunctions(DocumentWorkContract):
    @pytest.fixture
    def work(self, stepfunctions: "SFNClient") -> Iterator[StepFunctionsDocumentWork]:
        arns = [
            stepfunctions.create_state_machine(
                name=f"{purpose}-{new_ulid()}",
                definition=json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}),
                roleArn="arn:aws:iam::123456789012:role/work",
            )["stateMachineArn"]
            for purpose in ("ingestion", "deletion")
        ]
        yield StepFunctionsDocumentWork(lambda: stepfunctions, *arns)
        for arn in arns:
            stepfunctions.delete_state_machine(stateMachineArn=arn)

    @pytest.fixture
    def started(self, stepfunctions: "SFNClient", work: StepFunctionsDocumentWork) -> Executions:
        return Executions(stepfunctions, work)

    def test_names_the_execution_after_its_work(
        self, work: StepFunctionsDocumentWork, stepfunctions: "SFNClient"
    ) -> None:
        work.start_ingestion(document())
        (execution,) = stepfunctions.list_executions(stateMachineArn=work.ingestion_arn)["executions"]
        found = stepfunctions.describe_execution(executionArn=execution["executionArn"])
        assert found["name"] == "01J-v3-a2"
        assert json.loads(found["input"]) == {
            "creator_id": "hearth",
            "document_id": "01J",
            "version": 3,
            "attempt": 2,
            "recording": False,
        }

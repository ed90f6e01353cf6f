"""Documents that must be looked after, and those that are there: what every adapter promises."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

import pytest

from coaching.adapters.aws.documents import DynamoDBDocuments
from coaching.adapters.aws.due import SHARDS, DynamoDBDueDocuments
from coaching.adapters.aws.table import LARGEST_READ, DynamoDBTable
from coaching.adapters.memory.documents import MemoryDocuments
from coaching.knowledge.document import PATIENCE, Document, Status
from coaching.knowledge.ports import Documents, DueDocuments, KnownDocuments
from coaching.vocabulary import CreatorId, DocumentId
from tests.adapters.storage.samples import MOMENT, document

LATER = MOMENT + timedelta(days=3)


class Records(Documents, KnownDocuments, Protocol): ...


def at_work(document_id: str = "01J", creator_id: str = "hearth", status: Status = "embedding") -> Document:
    return replace(document(creator_id, document_id), status=status, error=None)


def due_at(status: Status) -> datetime:
    return MOMENT + PATIENCE[status]


class DueContract:
    def test_finds_those_of_all_creators_whose_time_has_come(self, documents: Records, due: DueDocuments) -> None:
        expected = {(CreatorId(f"creator-{n % 3}"), DocumentId(f"01J{n}")) for n in range(12)}
        for creator_id, document_id in expected:
            documents.save(at_work(document_id, creator_id))
        assert set(due.due(LATER, limit=100)) == expected

    @pytest.mark.parametrize("status", list(PATIENCE))
    def test_finds_none_before_its_time(self, documents: Records, due: DueDocuments, status: Status) -> None:
        documents.save(at_work(status=status))
        assert due.due(due_at(status) - timedelta(microseconds=1), limit=9) == ()
        assert due.due(due_at(status), limit=9) == ((CreatorId("hearth"), DocumentId("01J")),)

    def test_forgets_one_that_came_to_an_end(self, documents: Records, due: DueDocuments) -> None:
        saved = documents.save(at_work())
        documents.save(replace(saved, status="ready"))
        assert due.due(LATER, limit=9) == ()

    def test_forgets_one_that_is_gone(self, documents: Records, due: DueDocuments) -> None:
        saved = documents.save(at_work())
        documents.remove(saved.creator_id, saved.document_id)
        assert due.due(LATER, limit=9) == ()

    def test_finds_no_more_than_asked_for(self, documents: Records, due: DueDocuments) -> None:
        for number in range(40):
            documents.save(at_work(f"01J{number}"))
        assert 1 <= len(due.due(LATER, limit=8)) <= 8


class KnownContract:
    def test_knows_which_are_there_and_not_going(self, documents: Records) -> None:
        for document_id, status in (("01A", "ready"), ("01B", "deleting"), ("01C", "failed")):
            documents.save(at_work(document_id, status=status))  # type: ignore[arg-type]  # each is a status
        documents.save(at_work("01D", creator_id="heart"))
        asked = [DocumentId(document_id) for document_id in ("01A", "01B", "01C", "01D", "01E")]
        assert documents.known(CreatorId("hearth"), asked) == {"01A", "01C"}
        assert documents.known(CreatorId("hearth"), []) == frozenset()


class TestInMemory(DueContract, KnownContract):
    @pytest.fixture
    def documents(self) -> MemoryDocuments:
        return MemoryDocuments()

    @pytest.fixture
    def due(self, documents: MemoryDocuments) -> MemoryDocuments:
        return documents


class TestDynamoDB(DueContract, KnownContract):
    @pytest.fixture
    def documents(self, table: DynamoDBTable) -> DynamoDBDocuments:
        return DynamoDBDocuments(table)

    @pytest.fixture
    def due(self, table: DynamoDBTable) -> DynamoDBDueDocuments:
        return DynamoDBDueDocuments(table)

    def test_knows_more_than_fit_into_one_request(self, documents: DynamoDBDocuments) -> None:
        saved = [documents.save(at_work(f"01J{number}")).document_id for number in range(LARGEST_READ + 5)]
        assert documents.known(CreatorId("hearth"), saved) == set(saved)

    def test_spreads_them_over_the_index(self, documents: DynamoDBDocuments, table: DynamoDBTable) -> None:
        for number in range(40):
            documents.save(at_work(f"01J{number}"))
        items = table.client().scan(TableName=table.name)["Items"]
        assert {item["due_shard"]["S"] for item in items} == {f"document#{number}" for number in range(SHARDS)}

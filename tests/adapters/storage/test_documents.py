"""Document records: what every adapter promises."""

from dataclasses import replace

import pytest

from coaching.adapters.aws.documents import DynamoDBDocuments
from coaching.adapters.aws.table import DynamoDBTable
from coaching.adapters.memory.documents import MemoryDocuments
from coaching.errors import Invalid, Malformed, NotFound, StaleWrite
from coaching.vocabulary import CreatorId, DocumentId
from tests.adapters.storage.samples import document

HEARTH = CreatorId("hearth")
Documents = DynamoDBDocuments | MemoryDocuments


class DocumentsContract:
    def test_gives_back_what_was_saved(self, documents: Documents) -> None:
        saved = documents.save(document())
        assert saved == replace(document(), revision=1)
        found = documents.get(HEARTH, DocumentId("01J"))
        assert found == saved
        assert [type(value) for value in found.metadata.values()] == [int, float, float, bool, str, int]

    def test_counts_the_revisions(self, documents: Documents) -> None:
        assert documents.save(documents.save(document())).revision == 2

    def test_does_not_find_what_is_not_there(self, documents: Documents) -> None:
        with pytest.raises(NotFound):
            documents.get(HEARTH, DocumentId("01J"))

    @pytest.mark.parametrize("other", ["heart", "hearth2", "Hearth"])
    def test_keeps_creators_apart(self, documents: Documents, other: str) -> None:
        documents.save(document())
        with pytest.raises(NotFound):
            documents.get(CreatorId(other), DocumentId("01J"))
        documents.remove(CreatorId(other), DocumentId("01J"))
        assert documents.page(CreatorId(other), limit=9, cursor=None).items == ()
        assert documents.get(HEARTH, DocumentId("01J")).name == "guide.md"

    def test_refuses_a_stale_write(self, documents: Documents) -> None:
        first = documents.save(document())
        documents.save(replace(first, name="mine.md"))
        with pytest.raises(StaleWrite):
            documents.save(replace(first, name="theirs.md"))
        assert documents.get(HEARTH, DocumentId("01J")).name == "mine.md"

    def test_refuses_to_create_twice(self, documents: Documents) -> None:
        documents.save(document())
        with pytest.raises(StaleWrite):
            documents.save(document())

    def test_does_not_bring_a_removed_document_back(self, documents: Documents) -> None:
        saved = documents.save(document())
        documents.remove(HEARTH, DocumentId("01J"))
        with pytest.raises(StaleWrite):
            documents.save(saved)

    def test_removing_twice_is_no_error(self, documents: Documents) -> None:
        documents.save(document())
        documents.remove(HEARTH, DocumentId("01J"))
        documents.remove(HEARTH, DocumentId("01J"))

    def test_lists_newest_first_page_by_page(self, documents: Documents) -> None:
        for number in range(6):
            documents.save(document(document_id=f"01J{number}"))
        first = documents.page(HEARTH, limit=3, cursor=None)
        last = documents.page(HEARTH, limit=3, cursor=first.next_cursor)
        assert [item.document_id for item in first.items + last.items] == [f"01J{n}" for n in (5, 4, 3, 2, 1, 0)]
        assert first.next_cursor
        assert last.next_cursor is None

    def test_refuses_the_cursor_of_another_creator(self, documents: Documents) -> None:
        for creator_id in ("hearth", "heart"):
            for number in range(2):
                documents.save(document(creator_id, f"01J{number}"))
        theirs = documents.page(HEARTH, limit=1, cursor=None).next_cursor
        with pytest.raises(Malformed):
            documents.page(CreatorId("heart"), limit=1, cursor=theirs)

    @pytest.mark.parametrize(
        "cursor", ["", "é", "!", "bm90IGpzb24", "W10", "WzFd", "IngI", "e30", "W1tbW1tb", "Q" * 9000]
    )
    def test_refuses_a_cursor_that_is_none(self, documents: Documents, cursor: str) -> None:
        with pytest.raises(Malformed):
            documents.page(HEARTH, limit=1, cursor=cursor)


class TestInMemory(DocumentsContract):
    @pytest.fixture
    def documents(self) -> MemoryDocuments:
        return MemoryDocuments()


class TestDynamoDB(DocumentsContract):
    @pytest.fixture
    def documents(self, table: DynamoDBTable) -> DynamoDBDocuments:
        return DynamoDBDocuments(table)

    @pytest.mark.parametrize("bad", ["", "a#b", "hearth#user#user-1", "a\nb", "é" * 200])
    def test_refuses_an_id_that_could_reach_elsewhere(self, documents: DynamoDBDocuments, bad: str) -> None:
        with pytest.raises(Malformed):
            documents.get(CreatorId(bad), DocumentId("01J"))
        with pytest.raises(Malformed):
            documents.get(HEARTH, DocumentId(bad))

    def test_refuses_what_is_too_large_to_keep(self, documents: DynamoDBDocuments) -> None:
        with pytest.raises(Invalid, match="too large"):
            documents.save(replace(document(), metadata={"note": "ü" * 205_000}))

    def test_refuses_text_that_is_not_unicode(self, documents: DynamoDBDocuments) -> None:
        with pytest.raises(Invalid, match="Unicode"):
            documents.save(replace(document(), metadata={"note": "\ud800"}))

    def test_lists_across_the_answers_of_a_long_query(self, documents: DynamoDBDocuments) -> None:
        for number in range(4):
            documents.save(replace(document(document_id=f"01J{number}"), metadata={"note": "x" * 390_000}))
        page = documents.page(HEARTH, limit=3, cursor=None)
        assert [item.document_id for item in page.items] == ["01J3", "01J2", "01J1"]
        assert len(documents.page(HEARTH, limit=3, cursor=page.next_cursor).items) == 1

    def test_every_record_tells_its_schema_version(self, documents: DynamoDBDocuments, table: DynamoDBTable) -> None:
        documents.save(document())
        (item,) = table.client().scan(TableName=table.name)["Items"]
        assert item["schema_version"] == {"N": "1"}
        assert (item["pk"], item["sk"]) == ({"S": "creator#hearth"}, {"S": "document#01J"})

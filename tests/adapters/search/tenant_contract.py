"""What every passage store promises about creators: none reaches another's passages."""

import pytest

from coaching.errors import CoachingError
from coaching.vocabulary import CreatorId, DocumentId
from tests.adapters.search.samples import HABITS, HEARTH, Store, look, of_creator, passage, passages, put, stage, texts

SLEEP = DocumentId("sleep")


class TenantContract:
    @pytest.mark.parametrize(
        "other",
        [
            "hearth2",
            "heart",
            "Hearth",
            "hearth/../hearth2",
            "../hearth",
            "..",
            "a,hearth",
            "*",
            "hearth*",
            "ハース",
            " ",
        ],
    )
    def test_keeps_creators_apart(self, store: Store, other: str) -> None:
        stranger = CreatorId(other)
        put(store, passages("My own habits."))
        assert texts(look(store, stranger)) == set()
        put(store, passages("A stranger's habits.", creator_id=stranger))
        assert texts(look(store)) == {"My own habits."}
        assert texts(look(store, stranger)) == {"A stranger's habits."}
        store.remove(stranger, HABITS)
        assert store.count(HEARTH, HABITS) == 1
        assert texts(look(store, stranger)) == set()
        assert store.count(stranger, HABITS) == 0

    def test_publishes_for_one_creator_only(self, store: Store) -> None:
        stranger = CreatorId("stranger")
        stage(store, passages("My own habits."))
        stage(store, passages("A stranger's habits.", creator_id=stranger))
        store.publish(HEARTH, HABITS, 1)
        assert (store.count(HEARTH, HABITS), store.count(stranger, HABITS)) == (1, 0)
        assert texts(look(store, stranger)) == set()

    def test_refuses_another_creators_passage(self, store: Store) -> None:
        items = [*passages("My own habits."), of_creator(passage("Foreign.", number=1), CreatorId("stranger"))]
        with pytest.raises(CoachingError) as refusal:
            store.stage(HEARTH, HABITS, 1, items, "hash/8")
        assert refusal.value.code == "tenant_breach"

    def test_refuses_two_passages_of_one_id(self, store: Store) -> None:
        with pytest.raises(CoachingError):
            stage(store, [passage("My own habits."), passage("My other habits.")])

    def test_refuses_another_documents_passage(self, store: Store) -> None:
        with pytest.raises(CoachingError):
            store.stage(HEARTH, SLEEP, 1, passages("My own habits."), "hash/8")

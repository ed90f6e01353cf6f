"""What every passage store promises about finding, publishing and removing."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import replace
from typing import TypeVar

import pytest

from coaching.errors import NotFound, SearchUnavailable, StaleWrite
from coaching.knowledge.filters import Equals
from coaching.knowledge.ports import Query
from coaching.retrying import until_fresh
from coaching.vocabulary import CreatorId, DocumentId, Place
from tests.adapters.search.samples import (
    HABITS,
    HEARTH,
    MODEL,
    Store,
    look,
    look_for_words,
    passage,
    passages,
    put,
    stage,
    texts,
    towards,
)

T = TypeVar("T")
SLEEP = DocumentId("sleep")


class FindingContract:
    def test_finds_by_meaning_best_first_with_the_cosine(self, store: Store) -> None:
        put(
            store,
            [passage("far", number=2), passage("near", number=0), passage("nearly", number=1, vector=towards(0, 1.0))],
        )
        found = look(store, text="nothing of this").dense
        assert [hit.passage.text for hit in found] == ["near", "nearly", "far"]
        assert [hit.score for hit in found] == pytest.approx([1.0, 0.5**0.5, 0.0], abs=1e-3)
        assert found[0].scores["dense"] == found[0].score

    def test_gives_a_negative_cosine_where_the_meaning_is_opposite(self, store: Store) -> None:
        put(store, [passage("opposite", vector=-towards(0))])
        assert look(store).dense[0].score == pytest.approx(-1.0, abs=1e-3)

    def test_finds_by_words_best_first(self, store: Store) -> None:
        put(store, passages("A walk in the rain with a friend.", "Walk, and walk again.", "Sleep well."))
        found = look(store, text="walk").lexical
        assert [hit.passage.text[:4] for hit in found] == ["Walk", "A wa"]
        assert found[0].score > found[1].score > 0
        assert found[0].scores["lexical"] == found[0].score

    def test_tells_the_other_legs_score_as_it_is_where_it_tells_it(self, store: Store) -> None:
        put(store, passages("A walk in the rain.", "Sleep well.", "Walk, and walk again."))
        found = look(store, text="walk", limit=2)
        cosines = {hit.passage.text: hit.scores["dense"] for hit in found.lexical if "dense" in hit.scores}
        words = {hit.passage.text: hit.scores["lexical"] for hit in found.dense if "lexical" in hit.scores}
        lexical = {hit.passage.text: hit.score for hit in found.lexical}
        assert all(cosine == pytest.approx(float(text[0] == "A"), abs=1e-3) for text, cosine in cosines.items())
        assert words.get("Sleep well.", 0.0) == 0.0
        assert all(words[text] == pytest.approx(lexical[text]) for text in words.keys() & lexical.keys())

    @pytest.mark.parametrize("words", ["habit", "HABITS", "a habit's strength", "planning habits"])
    def test_finds_other_forms_of_a_word(self, store: Store, words: str) -> None:
        put(store, passages("Small habits hold."))
        assert len(look(store, text=words).lexical) == 1

    @pytest.mark.parametrize("words", ["", " ", "the and of", "?!", "unheard", 'habit" OR *:*', '{"match_all": {}}'])
    def test_finds_nothing_by_words_that_do_not_stand_there(self, store: Store, words: str) -> None:
        put(store, passages("Sleep well tonight."))
        found = look(store, text=words)
        assert found.lexical == ()
        assert len(found.dense) == 1

    def test_takes_a_very_long_question(self, store: Store) -> None:
        put(store, passages("Small habits hold."))
        question = "habits " + " ".join(f"word{number}" for number in range(3_000)) + "\u4e60" * 3_000
        assert len(look(store, text=question).lexical) == 1
        assert look(store, text="\u4e60" * 20_000).lexical == ()

    def test_gives_back_the_passage_as_it_was(self, store: Store) -> None:
        item = passage(
            'Täglich üben, "jetzt"\n\u2028 \\ 習慣 🔥', metadata={"": "", "a.b": 1, "$x": 1.5, "ü": True, "z": 2.0}
        )
        place = Place(page=3, heading=("Habits", "Cues & 'rewards'"), start_seconds=83.25, anchor="cues--rewards")
        later = ((7, Place(page=4, heading=("Habits",))), (9, Place(start_seconds=0.5)))
        whole = replace(item.passage, place=place, later_places=later, start=120, end=160, title="„Habits“ $1")
        item = replace(item, passage=whole)
        put(store, [item])
        (hit,) = look(store).dense
        assert hit.passage == item.passage
        types = {field: type(value) for field, value in hit.passage.metadata.items()}
        assert types == {"": str, "a.b": int, "$x": float, "ü": bool, "z": float}

    def test_gives_all_when_asked_for_more_than_there_are(self, store: Store) -> None:
        put(store, passages("One habit.", "Two habits.", "Three habits."))
        found = look(store, limit=1_000)
        assert len(found.dense) == len(found.lexical) == 3

    def test_gives_no_more_than_asked_for(self, store: Store) -> None:
        put(store, passages("One habit.", "Two habits.", "Three habits."))
        found = look(store, limit=2)
        assert len(found.dense) == len(found.lexical) == 2

    def test_finds_nothing_before_the_first_passage(self, store: Store) -> None:
        assert texts(look(store)) == set()
        assert store.count(HEARTH, HABITS) == 0
        store.remove(HEARTH, HABITS)

    def test_refuses_to_compare_vectors_of_different_models(self, store: Store) -> None:
        put(store, passages("Small habits hold."))
        with pytest.raises(SearchUnavailable, match=r"hash/8.*other/8.*re-ingest"):
            look(store, model="other/8")

    def test_finds_by_words_alone_where_nothing_could_embed_the_question(self, store: Store) -> None:
        put(store, [passage("Small habits hold.", metadata={"n": 1}), passage("Sleep well.", number=1)])
        found = look_for_words(store, "habits")
        assert found.dense == ()
        assert [hit.passage.text for hit in found.lexical] == ["Small habits hold."]
        assert look_for_words(store, "habits", filters=(Equals("n", 2),)).lexical == ()
        assert look_for_words(store, "unheard").lexical == ()


class ReadingBackContract:
    def test_gives_back_what_is_published_in_the_documents_order(self, store: Store) -> None:
        written = [passage(f"habit {number}", number=number, metadata={"odd": number % 2}) for number in range(30)]
        put(store, passages("Sleep habits.", document_id=SLEEP))
        put(store, written)
        stage(store, passages("Not shown yet.", version=2))
        found = store.published(HEARTH, HABITS)
        assert (found.version, found.embedding_model) == (1, MODEL)
        assert [item.passage for item in found.passages] == [item.passage for item in written]
        for item, original in zip(found.passages, written, strict=True):
            assert item.vector == pytest.approx(original.vector, abs=5e-4)

    def test_gives_back_more_passages_than_a_page_of_results_has(self, store: Store) -> None:
        put(store, passages(*(f"habit {number}" for number in range(1_200))))
        found = store.published(HEARTH, HABITS).passages
        assert [item.passage.text for item in found] == [f"habit {number}" for number in range(1_200)]

    def test_stores_what_was_given_back_as_it_was(self, store: Store) -> None:
        put(store, [passage("A habit.", vector=towards(0, 0.37))])
        (item,) = store.published(HEARTH, HABITS).passages
        put(store, [replace(item, passage=replace(item.passage, version=2))])
        (again,) = store.published(HEARTH, HABITS).passages
        assert again.vector.tolist() == item.vector.tolist()

    def test_has_nothing_to_give_back_where_nothing_is_published(self, store: Store) -> None:
        with pytest.raises(NotFound):
            store.published(HEARTH, HABITS)
        stage(store, passages("Not shown yet."))
        with pytest.raises(NotFound):
            store.published(HEARTH, HABITS)
        put(store, passages("A habit."))
        store.remove(HEARTH, HABITS)
        with pytest.raises(NotFound):
            store.published(HEARTH, HABITS)


class PublishingContract:
    def test_hides_what_is_only_staged(self, store: Store) -> None:
        stage(store, passages("Small habits hold."))
        assert texts(look(store)) == set()
        assert store.count(HEARTH, HABITS) == 0

    def test_shows_a_version_at_once_and_instead_of_the_one_before(self, store: Store) -> None:
        put(store, passages("Old habits.", "Older habits."))
        assert texts(look(store)) == {"Old habits.", "Older habits."}
        stage(store, passages("New habits.", version=2))
        assert texts(look(store)) == {"Old habits.", "Older habits."}
        store.publish(HEARTH, HABITS, 2)
        assert texts(look(store)) == {"New habits."}
        assert store.count(HEARTH, HABITS) == 1

    def test_keeps_other_documents_when_one_is_published(self, store: Store) -> None:
        put(store, passages("Sleep habits.", document_id=SLEEP))
        put(store, passages("Small habits."))
        put(store, passages("New habits.", version=2))
        assert texts(look(store)) == {"Sleep habits.", "New habits."}

    def test_stages_the_same_call_once(self, store: Store) -> None:
        for _ in range(2):
            put(store, passages("Small habits.", "Large habits."))
        stage(store, passages("Small habits.", "Large habits."))
        assert store.count(HEARTH, HABITS) == len(look(store).dense) == 2

    def test_takes_the_last_staging_of_a_version(self, store: Store) -> None:
        stage(store, passages("First try, habits.", "One more."))
        put(store, passages("Second try, habits."))
        assert texts(look(store)) == {"Second try, habits."}
        put(store, passages("Third try, habits."))
        assert texts(look(store)) == {"Third try, habits."}
        assert store.count(HEARTH, HABITS) == 1

    def test_refuses_to_publish_what_is_not_staged(self, store: Store) -> None:
        with pytest.raises(NotFound):
            store.publish(HEARTH, HABITS, 1)
        put(store, passages("Small habits."))
        with pytest.raises(NotFound):
            store.publish(HEARTH, HABITS, 2)
        assert store.count(HEARTH, HABITS) == 1

    def test_does_not_go_back_to_an_older_version(self, store: Store) -> None:
        put(store, passages("New habits.", version=2))
        stage(store, passages("Old habits."))
        with pytest.raises(StaleWrite):
            store.publish(HEARTH, HABITS, 1)
        assert texts(look(store)) == {"New habits."}

    def test_keeps_a_newer_version_that_still_waits(self, store: Store) -> None:
        stage(store, passages("New habits.", version=2))
        put(store, passages("Old habits."))
        assert texts(look(store)) == {"Old habits."}
        store.publish(HEARTH, HABITS, 2)
        assert texts(look(store)) == {"New habits."}

    def test_leaves_nothing_after_removal(self, store: Store) -> None:
        put(store, passages("Small habits.", "Large habits."))
        put(store, passages("Sleep habits.", document_id=SLEEP))
        stage(store, passages("New habits.", version=2))
        store.remove(HEARTH, HABITS)
        assert store.count(HEARTH, HABITS) == 0
        assert texts(look(store)) == {"Sleep habits."}
        with pytest.raises(NotFound):
            store.publish(HEARTH, HABITS, 2)

    def test_takes_a_removed_document_again(self, store: Store) -> None:
        put(store, passages("Small habits."))
        store.remove(HEARTH, HABITS)
        put(store, passages("Small habits."))
        assert store.count(HEARTH, HABITS) == 1

    def test_publishes_a_document_of_many_passages_whole(self, store: Store) -> None:
        put(store, passages(*(f"Habit number {number}." for number in range(450))))
        assert store.count(HEARTH, HABITS) == 450

    def test_ends_with_the_newest_version_when_several_are_published_at_once(self, store: Store) -> None:
        for version in range(1, 6):
            stage(store, passages(f"Habits {version}.", "More.", version=version))

        def publish(version: int) -> None:
            with suppress(NotFound, StaleWrite) if version < 5 else nullcontext():  # a newer one was faster
                until_fresh(lambda: store.publish(HEARTH, HABITS, version))

        _at_once(publish, range(1, 6))
        assert texts(look(store)) == {"Habits 5.", "More."}
        assert store.count(HEARTH, HABITS) == 2

    def test_loses_no_document_when_many_are_written_at_once(self, store: Store) -> None:
        documents = [DocumentId(f"document-{number}") for number in range(8)]
        _at_once(lambda name: put(store, passages("A habit.", "Two habits.", document_id=name)), documents)
        assert [store.count(HEARTH, name) for name in documents] == [2] * 8
        assert len(look(store).dense) == 16


def _at_once(work: Callable[[T], None], items: Iterable[T]) -> None:
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(work, item) for item in items]:
            done.result(timeout=60)


class VersionContract:
    """The name of what a creator has published."""

    def test_stays_while_nothing_is_published(self, store: Store) -> None:
        put(store, passages("A walk in the rain."))
        before = version_of(store)
        stage(store, passages("A walk in the snow.", version=2))
        stage(store, passages("Sleep well.", document_id=SLEEP))
        put(store, passages("Somebody else's.", creator_id=CreatorId("hearth-2"), document_id=DocumentId("theirs")))
        assert before
        assert version_of(store) == before

    def test_changes_with_every_publication_and_removal(self, store: Store) -> None:
        seen = [version_of(store)]
        for items in (
            passages("A walk in the rain.", "A walk in the sun."),
            passages("Sleep well.", document_id=SLEEP),
            passages("A walk in the rain.", "A walk in the snow.", version=2),
        ):
            put(store, items)
            seen.append(version_of(store))
        store.remove(HEARTH, HABITS)
        seen.append(version_of(store))
        put(store, passages("Sleep badly.", document_id=SLEEP, version=2))
        seen.append(version_of(store))
        assert len(set(seen)) == len(seen)

    def test_is_the_same_whatever_is_looked_for(self, store: Store) -> None:
        put(store, passages("A walk in the rain.", "Sleep well."))
        worded = store.candidates(HEARTH, Query("sleep", None, MODEL, 1, (Equals("level", "none"),), versioned=True))
        assert worded.version == version_of(store)

    def test_each_creator_has_their_own(self, store: Store) -> None:
        put(store, passages("A walk in the rain."))
        other = CreatorId("hearth-2")
        assert version_of(store, other) != version_of(store)


def version_of(store: Store, creator_id: CreatorId = HEARTH) -> str:
    query = Query("walk", towards(0), MODEL, 5, versioned=True)
    return store.candidates(creator_id, query).version

"""Tries to reach one creator's passages as another, in random ways."""

import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from coaching.adapters.search.embedded import EmbeddedPassages
from coaching.errors import NotFound, StaleWrite
from coaching.knowledge.filters import Equals, Filter, In, Range
from coaching.vocabulary import CreatorId, DocumentId
from tests.adapters.search.samples import look, passages, put, stage

IDS = st.one_of(
    st.sampled_from(["a", "aa", "A", "a/", "a/../b", "b", "..", "a#user#b", "creator#a", "a%", "*", "a,b", " a"]),
    st.text(min_size=1, max_size=12),
)
SCALARS = st.one_of(st.booleans(), st.integers(-5, 5), st.floats(-5, 5), st.sampled_from(["", "a", "*", "$ne", '"']))
FILTERS = st.one_of(
    st.builds(Equals, st.sampled_from(["topic", "creator_id", "n"]), SCALARS),
    st.builds(In, st.sampled_from(["topic", "creator_id", "n"]), st.lists(SCALARS, max_size=5).map(tuple)),
    st.builds(Range, st.just("n"), st.none() | st.floats(-5, 5), st.none() | st.floats(-5, 5)),
)
CHANGES = st.tuples(
    st.sampled_from(["stage", "put", "publish", "remove"]), st.integers(0, 2), st.sampled_from("de"), st.integers(1, 3)
)


@settings(max_examples=60, deadline=None)
@given(
    creators=st.lists(IDS, min_size=3, max_size=3, unique=True),
    changes=st.lists(CHANGES, max_size=12),
    filters=st.lists(FILTERS, max_size=2).map(tuple),
    words=st.text(max_size=20),
)
def test_no_creator_ever_finds_anothers_passage_or_loses_its_own(
    creators: list[str], changes: list[tuple[str, int, str, int]], filters: tuple[Filter, ...], words: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = EmbeddedPassages(Path(folder))
        published: dict[tuple[CreatorId, DocumentId], int] = {}
        for change, who, document, version in changes:
            creator_id, document_id = CreatorId(creators[who]), DocumentId(document)
            _change(store, published, change, creator_id, document_id, version)
        for creator_id in map(CreatorId, creators):
            own = {(name, version) for (owner, name), version in published.items() if owner == creator_id}
            found = look(store, creator_id)
            assert {(hit.passage.document_id, hit.passage.version) for hit in found.dense} == own
            narrowed = look(store, creator_id, f"secret {words}", filters=filters)
            for hit in (*found.dense, *found.lexical, *narrowed.dense, *narrowed.lexical):
                assert hit.passage.creator_id == creator_id
                assert hit.passage.text == f"secret of {creator_id}"
            for hit in (*narrowed.dense, *narrowed.lexical):
                assert all(condition.holds(hit.passage.metadata) for condition in filters)


def _change(
    store: EmbeddedPassages,
    published: dict[tuple[CreatorId, DocumentId], int],
    change: str,
    creator_id: CreatorId,
    document_id: DocumentId,
    version: int,
) -> None:
    """Change the store, and the plain model of it in the same way."""
    key = (creator_id, document_id)
    items = passages(
        f"secret of {creator_id}",
        creator_id=creator_id,
        document_id=document_id,
        version=version,
        metadata={"topic": "a", "n": version, "creator_id": creator_id},
    )
    with suppress(NotFound, StaleWrite):
        match change:
            case "stage":
                stage(store, items)
            case "put":
                put(store, items)
                published[key] = version
            case "publish":
                store.publish(creator_id, document_id, version)
                published[key] = version
            case "remove":
                store.remove(creator_id, document_id)
                published.pop(key, None)

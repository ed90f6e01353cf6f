"""The queries of the OpenSearch store, as plain data. Every one of them is bound to one creator."""

import hashlib
import re
from collections.abc import Collection
from typing import Any, Final

from coaching.adapters.search.opensearch_facts import clause
from coaching.knowledge.ports import Query, Vector
from coaching.vocabulary import CreatorId, DocumentId

Json = dict[str, Any]
HITS = ["passage", "text", "creator_id", "document_id", "version", "staging"]
"""What a hit needs so that a passage can be made of it, and which call of `stage` stored it."""
STAGINGS: Final = "stagings"
"""Under this name an answer lists calls of `stage`."""
VERSION: Final = "version"
"""Under this name an answer has what tells one state of a creator's passages from another."""
_MOST_HITS = 10_000
_MOST_STAGINGS = 10_000
_MOST_VERSIONS = 100
_MOST_WORDS = 900


def routing(creator_id: CreatorId) -> str:
    """Return the creator's routing value: a hash, since OpenSearch takes a comma for two values."""
    return hashlib.sha256(creator_id.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def owned(creator_id: CreatorId, *more: Json) -> list[Json]:
    return [{"term": {"creator_id": creator_id}}, *more]


def of_document(creator_id: CreatorId, document_id: DocumentId, *more: Json) -> list[Json]:
    return owned(creator_id, {"term": {"document_id": document_id}}, *more)


def published(value: bool = True) -> Json:
    return {"term": {"published": value}}


def matching(filters: list[Json], *, but_not: list[Json] | None = None) -> Json:
    return {"query": {"bool": {"filter": filters, "must_not": but_not or []}}}


def dense_leg(creator_id: CreatorId, query: Query, vector: Vector, but_not: Collection[str] = ()) -> Json:
    """Return the k-NN search. The tenant stands inside its filter: the graph is walked for this creator alone.

    `k` counts per shard, `size` over all. `but_not` are calls of `stage` to leave out.
    """
    size = min(query.limit, _MOST_HITS)
    visible = {"bool": _visible(creator_id, query, but_not)}
    knn = {"vector": {"vector": vector.tolist(), "k": size, "filter": visible}}
    return _with_hidden(creator_id, {"knn": knn}, size)


def lexical_leg(creator_id: CreatorId, query: Query, but_not: Collection[str] = ()) -> Json:
    """Return the BM25 search. `but_not` are calls of `stage` to leave out."""
    match = {"match": {"text": _shortened(query.text)}}
    visible = {"must": match, **_visible(creator_id, query, but_not)}
    return _with_hidden(creator_id, {"bool": visible}, min(query.limit, _MOST_HITS))


def state_of(creator_id: CreatorId) -> Json:
    """Return a search for what tells this state of the creator's published passages from every other.

    That is their number and the newest change to any of them, in each index. What is shown is the newest change
    (`_seq_no`, within the one shard of a creator); while that stays, they can only become fewer.
    """
    newest = {VERSION: {"max": {"field": "_seq_no"}}}
    indices = {"terms": {"field": "_index"}, "aggs": newest}
    return {"size": 0, "aggs": {VERSION: indices}, **matching(owned(creator_id, published()))}


def models_of(creator_id: CreatorId) -> Json:
    """Return a search for any published passage of the creator's, to see in which vector space it is."""
    return {"size": 1, "_source": ["embedding_model"], **matching(owned(creator_id, published()))}


def newest_published(creator_id: CreatorId, document_id: DocumentId) -> Json:
    """Return a search for one passage of each version that is shown, newest first, and for what hides passages."""
    return {
        "size": _MOST_VERSIONS,
        "_source": ["document_id", "version", "staging", "embedding_model"],
        "sort": [{"version": "desc"}],
        "collapse": {"field": "staging"},
        "aggs": _stagings(published(False)),
        "post_filter": published(),
        **matching(of_document(creator_id, document_id)),
    }


def shown_before(creator_id: CreatorId, document_id: DocumentId, version: int) -> Json:
    """Return a search for the calls of `stage` whose passages of older versions are still shown."""
    found = matching(of_document(creator_id, document_id, {"range": {"version": {"lt": version}}}))
    return {"size": 0, "aggs": _stagings(published()), **found}


def page_of(creator_id: CreatorId, *more: Json, size: int, after: list[Any] | None) -> Json:
    """Return an exact search for one page of whole passages; `after` is the last hit's `sort`."""
    found = matching(owned(creator_id, *more))
    # One creator is on one shard, within which these numbers are unique.
    page = {"size": size, "sort": ["_seq_no"], "track_total_hits": True, **found}
    return page if after is None else {**page, "search_after": after}


def newest_of(creator_id: CreatorId, document_id: DocumentId, version: int) -> Json:
    """Return a search for a newer published version, else this one staged, else this one published."""
    newer = {"bool": {"filter": [published(), {"range": {"version": {"gt": version}}}]}}
    either = {"bool": {"should": [newer, {"term": {"version": version}}], "minimum_should_match": 1}}
    found = matching(of_document(creator_id, document_id, either))
    order = [{"version": "desc"}, {"published": "asc"}]
    return {"size": 1, "_source": ["version", "staging"], "sort": order, **found}


def _visible(creator_id: CreatorId, query: Query, but_not: Collection[str]) -> Json:
    same = [] if query.vector is None else [{"term": {"embedding_model": query.embedding_model}}]
    found = {"filter": owned(creator_id, published(), *same, *(clause(condition) for condition in query.filters))}
    return {**found, "must_not": [{"terms": {"staging": sorted(but_not)}}]} if but_not else found


def _with_hidden(creator_id: CreatorId, leg: Json, size: int) -> Json:
    """Return a search for the leg's hits that lists which calls of `stage` have hidden passages at the same moment.

    The hidden ones are found beside the hits and filtered out after they were listed: an aggregation apart from the
    query (`global`) would walk the passages of all creators.
    """
    hidden = {"bool": {"filter": owned(creator_id, published(False))}}
    return {
        "size": size,
        "_source": HITS,
        "query": {"bool": {"should": [leg, hidden]}},
        "aggs": _stagings(published(False)),
        "post_filter": published(),
    }


def _stagings(condition: Json) -> Json:
    # By map: the numbers of all creators' terms would be gathered anew after every refresh.
    terms = {"field": "staging", "size": _MOST_STAGINGS, "execution_hint": "map"}
    return {STAGINGS: {"filter": condition, "aggs": {STAGINGS: {"terms": terms}}}}


def _shortened(text: str) -> str:
    """Return as much of the text as makes at most 900 terms; OpenSearch refuses queries of more than 1,024.

    A word outside ASCII may become a term per character.
    """
    kept, room = [], _MOST_WORDS
    for word in re.findall(r"\w+", text):
        if room <= 0:
            break
        kept.append(word if word.isascii() else word[:room])
        room -= 1 if word.isascii() else len(word)
    return " ".join(kept)

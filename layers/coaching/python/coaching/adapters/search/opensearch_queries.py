"""The queries of the OpenSearch store, as plain data. Every one of them is bound to one creator."""

import hashlib
import re
from typing import Any

from coaching.adapters.search.opensearch_facts import clause
from coaching.knowledge.ports import Query, Vector
from coaching.vocabulary import CreatorId, DocumentId

Json = dict[str, Any]
HITS = ["passage", "text", "creator_id", "document_id", "version"]
"""What a hit needs so that a passage can be made of it."""
_MOST_HITS = 10_000
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


def dense_leg(creator_id: CreatorId, query: Query, vector: Vector) -> Json:
    """Return the k-NN search. The tenant stands inside its filter: the graph is walked for this creator alone.

    `k` counts per shard, `size` over all.
    """
    size = min(query.limit, _MOST_HITS)
    visible = {"bool": {"filter": _visible(creator_id, query)}}
    knn = {"vector": {"vector": vector.tolist(), "k": size, "filter": visible}}
    return {"size": size, "_source": HITS, "query": {"knn": knn}}


def lexical_leg(creator_id: CreatorId, query: Query) -> Json:
    """Return the BM25 search."""
    match = {"match": {"text": _shortened(query.text)}}
    visible = {"must": match, "filter": _visible(creator_id, query)}
    return {"size": min(query.limit, _MOST_HITS), "_source": HITS, "query": {"bool": visible}}


def models_of(creator_id: CreatorId) -> Json:
    """Return a search for any published passage of the creator's, to see in which vector space it is."""
    return {"size": 1, "_source": ["embedding_model"], **matching(owned(creator_id, published()))}


def newest_published(creator_id: CreatorId, document_id: DocumentId) -> Json:
    """Return a search for the call of `stage` that can be seen, the newest should there be two for a moment."""
    found = matching(of_document(creator_id, document_id, published()))
    return {"size": 1, "_source": ["version", "staging", "embedding_model"], "sort": [{"version": "desc"}], **found}


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


def _visible(creator_id: CreatorId, query: Query) -> list[Json]:
    same = [] if query.vector is None else [{"term": {"embedding_model": query.embedding_model}}]
    return owned(creator_id, published(), *same, *(clause(condition) for condition in query.filters))


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

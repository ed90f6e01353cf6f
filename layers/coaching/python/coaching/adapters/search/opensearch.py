"""Passages in OpenSearch: one index for all creators, routed and filtered by creator."""

import time
from collections.abc import Callable, Sequence
from functools import cached_property

from coaching.adapters.search import opensearch_queries as queries
from coaching.adapters.search.opensearch_answers import check_whole, conflicts, hits, refused_for_now
from coaching.adapters.search.opensearch_client import Client, connect, translated_errors
from coaching.adapters.search.opensearch_documents import key, passage_of, source
from coaching.adapters.search.opensearch_index import ensure_index
from coaching.adapters.search.opensearch_queries import Json, matching, of_document, published
from coaching.adapters.search.staging import digest
from coaching.errors import NotFound, SearchUnavailable, StaleWrite
from coaching.knowledge.ports import Candidates, EmbeddedPassage, PassageReader, PassageWriter, Query
from coaching.vocabulary import CreatorId, DocumentId, ScoredPassage

_ATTEMPTS = 8
_FIRST_PAUSE_SECONDS = 0.05
_BULK_PASSAGES = 200
_SHOW = {"source": "ctx._source.published = true", "lang": "painless"}


class OpenSearchPassages(PassageReader, PassageWriter):
    """Keeps all creators' passages behind one alias. The index is made when the first passage is staged.

    `endpoint` is a URL; a domain of AWS is spoken to with signed requests for `region`. The index shows changes only
    when it is told to, so the new version appears and the old one goes in one step, unless another writer of the same
    shard tells it in between. k-NN is approximate; `count` and all changes are exact.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        region: str = "",
        alias: str = "passages",
        timeout_seconds: float = 5.0,
        write_timeout_seconds: float = 60.0,
    ) -> None:
        self._endpoint = endpoint
        self._region = region
        self._alias = alias
        self._timeout_seconds = timeout_seconds
        self._write_timeout_seconds = write_timeout_seconds

    def candidates(self, creator_id: CreatorId, query: Query) -> Candidates:
        header = {"index": self._alias, "routing": queries.routing(creator_id), "ignore_unavailable": True}
        legs = (queries.other_space, queries.dense_leg, queries.lexical_leg)
        with translated_errors():
            answer = self._client.msearch(body=[line for leg in legs for line in (header, leg(creator_id, query))])
        other, dense, lexical = answer["responses"]
        if found := hits(other):
            raise SearchUnavailable(
                f"Passages were embedded with {found[0]['_source']['embedding_model']}, "
                f"the query with {query.embedding_model}: re-ingest them."
            )
        return Candidates(
            tuple(_scored("dense", hit, 2 * hit["_score"] - 1) for hit in hits(dense)),
            tuple(_scored("lexical", hit, hit["_score"]) for hit in hits(lexical)),
        )

    def count(self, creator_id: CreatorId, document_id: DocumentId) -> int:
        body = matching(of_document(creator_id, document_id, published()))
        with translated_errors():
            answer = self._client.count(index=self._alias, body=body, params=self._within(creator_id))
        check_whole(answer)
        return int(answer["count"])

    def stage(
        self,
        creator_id: CreatorId,
        document_id: DocumentId,
        version: int,
        passages: Sequence[EmbeddedPassage],
        embedding_model: str,
    ) -> None:
        staging = digest(creator_id, document_id, version, passages, embedding_model)
        if not passages:
            return
        with translated_errors():
            ensure_index(self._client, self._alias, embedding_model, len(passages[0].vector))
            for start in range(0, len(passages), _BULK_PASSAGES):
                self._create(creator_id, staging, passages[start : start + _BULK_PASSAGES], embedding_model)
        same_version = of_document(creator_id, document_id, published(False), {"term": {"version": version}})
        this = {"term": {"staging": staging}}
        self._until_settled(lambda: self._delete(creator_id, matching(same_version, but_not=[this])))

    def publish(self, creator_id: CreatorId, document_id: DocumentId, version: int) -> None:
        """Show this version and drop the others, save newer ones that are still staged.

        Raises: NotFound when the version is not staged, StaleWrite when a newer one is published, SearchUnavailable.
        """

        def change() -> int:
            this = {"term": {"staging": self._staging(creator_id, document_id, version)}}
            waits = {"bool": {"filter": [published(False), {"range": {"version": {"gt": version}}}]}}
            shown = self._show(creator_id, matching(of_document(creator_id, document_id, published(False), this)))
            others = matching(of_document(creator_id, document_id), but_not=[this, waits])
            return shown + self._delete(creator_id, others)

        self._until_settled(change)

    def remove(self, creator_id: CreatorId, document_id: DocumentId) -> None:
        everything = matching(of_document(creator_id, document_id))
        self._until_settled(lambda: self._delete(creator_id, everything))

    @cached_property
    def _client(self) -> Client:
        return connect(self._endpoint, region=self._region, timeout_seconds=self._timeout_seconds)

    def _within(self, creator_id: CreatorId) -> dict[str, str]:
        return {"routing": queries.routing(creator_id), "ignore_unavailable": "true"}

    def _staging(self, creator_id: CreatorId, document_id: DocumentId, version: int) -> str:
        body = queries.newest_of(creator_id, document_id, version)
        found = hits(self._client.search(index=self._alias, body=body, params=self._within(creator_id)))
        if not found:
            raise NotFound(f"Version {version} is not staged.")
        newest: Json = found[0]["_source"]
        if newest["version"] > version:
            raise StaleWrite(f"A newer version than {version} is published.")
        return str(newest["staging"])

    def _create(
        self, creator_id: CreatorId, staging: str, items: Sequence[EmbeddedPassage], embedding_model: str
    ) -> None:
        params = {"routing": queries.routing(creator_id), "require_alias": "true", **self._patience}
        for attempt in range(_ATTEMPTS):
            lines = []
            for item in items:
                lines += [{"create": {"_id": key(staging, item.passage.passage_id)}}]
                lines += [source(item, staging, embedding_model)]
            again = refused_for_now(self._client.bulk(body=lines, index=self._alias, params=params))
            if not again:
                return
            items = [items[number] for number in again]
            _pause(attempt)
        raise SearchUnavailable("OpenSearch is too busy to store passages.")

    def _show(self, creator_id: CreatorId, body: Json) -> int:
        params = {**self._within(creator_id), "conflicts": "proceed", **self._patience}
        return conflicts(self._client.update_by_query(index=self._alias, body={**body, "script": _SHOW}, params=params))

    def _delete(self, creator_id: CreatorId, body: Json) -> int:
        params = {**self._within(creator_id), "conflicts": "proceed", **self._patience}
        return conflicts(self._client.delete_by_query(index=self._alias, body=body, params=params))

    def _until_settled(self, change: Callable[[], int]) -> None:
        """Repeat a change, which returns its conflicts with other writers, until it has none; then show it."""
        for attempt in range(_ATTEMPTS):
            with translated_errors():
                self._refresh()
                if not change():
                    self._refresh()
                    return
            _pause(attempt)
        raise SearchUnavailable("Other writers keep changing this document's passages; try again.")

    def _refresh(self) -> None:
        params = {"ignore_unavailable": "true", **self._patience}
        check_whole(self._client.indices.refresh(index=self._alias, params=params))

    @property
    def _patience(self) -> dict[str, float]:
        return {"request_timeout": self._write_timeout_seconds}


def _scored(leg: str, hit: Json, score: float) -> ScoredPassage:
    return ScoredPassage(passage_of(hit["_source"]), score, {leg: score})


def _pause(attempt: int) -> None:
    time.sleep(_FIRST_PAUSE_SECONDS * 2**attempt)

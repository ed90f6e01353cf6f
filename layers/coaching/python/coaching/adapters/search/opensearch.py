"""Passages in OpenSearch: one index for all creators, routed and filtered by creator."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final

from coaching.adapters.search import opensearch_queries as queries
from coaching.adapters.search.opensearch_answers import Json, check_whole, hits, stagings, version_of
from coaching.adapters.search.opensearch_client import Client, connect
from coaching.adapters.search.opensearch_documents import Stored, stored_of
from coaching.adapters.search.opensearch_exchange import Exchange
from coaching.adapters.search.opensearch_hits import Leg, candidates_of, leg_of, whole
from coaching.adapters.search.opensearch_index import Kind, Space, ensure_index, every, space_alias
from coaching.adapters.search.opensearch_patience import Busy, Patience
from coaching.adapters.search.opensearch_queries import matching, of_document, published
from coaching.adapters.search.staging import digest
from coaching.errors import NotFound, SearchUnavailable, StaleWrite
from coaching.knowledge.ports import (
    OTHER_SPACE,
    Candidates,
    EmbeddedPassage,
    PassageReader,
    PassageWriter,
    PublishedVersion,
    Query,
)
from coaching.vocabulary import CreatorId, DocumentId, Language

_LOOKS: Final = 3
_BETWEEN_LOOKS_SECONDS: Final = 0.05


class OpenSearchPassages(PassageReader, PassageWriter):
    """Keeps all creators' passages behind one alias. The index is made when the first passage is staged.

    `endpoint` is a URL; a domain of AWS is spoken to with signed requests for `region`. A version takes another's place
    passage by passage, over seconds where there are thousands, and any creator's change may let readers see it in
    between; searches and `published` then leave out what is not whole (`opensearch_hits`): they tell the old version
    or the new one. `count` counts both meanwhile. k-NN is approximate; `count`, `published` and all changes are exact.
    `retries` bounds the further tries of one writing call, whatever its
    requests; a reading call has one. `language` is that of a new index: its stems and stop words.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        region: str = "",
        alias: str = "passages",
        timeout_seconds: float = 5.0,
        write_timeout_seconds: float = 60.0,
        retries: int = 10,
        language: Language = "english",
    ) -> None:
        self._endpoint = endpoint
        self._region = region
        self._alias = alias
        self._timeout_seconds = timeout_seconds
        self._write_timeout_seconds = write_timeout_seconds
        self._retries = retries
        self._language = language

    def candidates(self, creator_id: CreatorId, query: Query) -> Candidates:
        left_out: frozenset[str] = frozenset()
        for _ in range(_LOOKS):
            legs, version = self._look(creator_id, query, left_out)
            kept = whole(legs)
            unfinished = frozenset.intersection(*(leg.unfinished for leg in legs))
            if left_out <= unfinished and kept == [leg.hits for leg in legs]:
                break
            # What had to go took other passages' places, and what was left out may be whole by now.
            if left_out == unfinished:
                time.sleep(_BETWEEN_LOOKS_SECONDS)
            left_out = unfinished
        lexical, *dense = kept
        return replace(candidates_of(dense[0] if dense else [], lexical), version=version)

    def count(self, creator_id: CreatorId, document_id: DocumentId) -> int:
        body = matching(of_document(creator_id, document_id, published()))
        params = {"routing": queries.routing(creator_id), "ignore_unavailable": "true"}

        def count() -> int:
            answer = self._client.count(index=self._alias, body=body, params=dict(params))
            check_whole(answer)
            return int(answer["count"])

        return self._reading().ask(count)

    def published(self, creator_id: CreatorId, document_id: DocumentId) -> PublishedVersion:
        # Vectors make long answers: as much time as for writing.
        exchange = Exchange(self._client, Patience(_LOOKS), {"request_timeout": self._write_timeout_seconds})
        return exchange.ask(lambda: self._published(exchange, creator_id, document_id))

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
        exchange = self._writing()
        kind = Kind(Space(embedding_model, len(passages[0].vector)), self._language)
        exchange.ask(lambda: ensure_index(exchange.client, self._alias, kind))
        stored = [Stored(item, number, staging, embedding_model) for number, item in enumerate(passages)]
        exchange.store(space_alias(self._alias, kind.space), creator_id, stored)
        same_version = of_document(creator_id, document_id, published(False), {"term": {"version": version}})
        others = matching(same_version, but_not=[{"term": {"staging": staging}}])
        self._until_settled(exchange, lambda: exchange.delete(every(self._alias), creator_id, others))
        # What was stored while another model's index took this one's place would never be published.
        exchange.ask(lambda: ensure_index(exchange.client, self._alias, kind))

    def publish(self, creator_id: CreatorId, document_id: DocumentId, version: int) -> None:
        """Show this version and drop the others, save newer ones that are still staged.

        The others stay whole until this one is. Raises: NotFound when the version is not staged, StaleWrite when a
        newer one is published, SearchUnavailable.
        """
        exchange = self._writing()

        def change() -> int:
            this = {"term": {"staging": self._staging(exchange, creator_id, document_id, version)}}
            hidden = matching(of_document(creator_id, document_id, published(False), this))
            return exchange.show(self._alias, creator_id, hidden) or self._drop_others(
                exchange, creator_id, document_id, version, this
            )

        self._until_settled(exchange, change)

    def remove(self, creator_id: CreatorId, document_id: DocumentId) -> None:
        exchange, everything = self._writing(), matching(of_document(creator_id, document_id))
        self._until_settled(exchange, lambda: exchange.delete(every(self._alias), creator_id, everything))

    @cached_property
    def _client(self) -> Client:
        return connect(self._endpoint, region=self._region, timeout_seconds=self._timeout_seconds)

    def _reading(self) -> Exchange:
        return Exchange(self._client, Patience(1))

    def _writing(self) -> Exchange:
        return Exchange(self._client, Patience(self._retries), {"request_timeout": self._write_timeout_seconds})

    def _look(self, creator_id: CreatorId, query: Query, left_out: frozenset[str]) -> tuple[list[Leg], str]:
        """Return the lexical leg, and the dense one where there is a vector, without what is to be left out.

        With them goes the version, where it is wanted.
        """
        legs, index = [queries.lexical_leg(creator_id, query, left_out)], self._alias
        if query.vector is not None:
            legs.append(queries.dense_leg(creator_id, query, query.vector, left_out))
            index = space_alias(self._alias, Space(query.embedding_model, len(query.vector)))
        state = [queries.state_of(creator_id)] if query.versioned else []
        exchange = self._reading()
        lexical, *more = exchange.search_legs(index, creator_id, [*legs, *state])
        if query.vector is not None and not lexical["_shards"]["total"]:
            self._refuse_another_space(exchange, creator_id, query.embedding_model)
        version = version_of(more.pop()) if query.versioned else ""
        return [leg_of(answer) for answer in (lexical, *more)], version

    def _refuse_another_space(self, exchange: Exchange, creator_id: CreatorId, embedding_model: str) -> None:
        """Raises: SearchUnavailable(other_space) where the creator's passages are published in one."""
        if found := hits(exchange.search(self._alias, creator_id, queries.models_of(creator_id))):
            raise SearchUnavailable(
                f"Passages were embedded with {found[0]['_source']['embedding_model']}, "
                f"the query with {embedding_model}: reindex or re-ingest them.",
                code=OTHER_SPACE,
            )

    def _published(self, exchange: Exchange, creator_id: CreatorId, document_id: DocumentId) -> PublishedVersion:
        body = queries.newest_published(creator_id, document_id)
        (newest,) = whole([leg_of(exchange.search(self._alias, creator_id, body))])
        if not newest:
            raise NotFound("Nothing of this document is published.")
        head: Json = newest[0]["_source"]
        this = {"term": {"staging": head["staging"]}}
        kept = [stored_of(each) for each in exchange.read_all(self._alias, creator_id, this)]
        if not kept or not all(each.published for each in kept):
            raise Busy("Another version of this document was published meanwhile; try again.")
        kept.sort(key=lambda stored: stored.position)
        return PublishedVersion(head["version"], head["embedding_model"], tuple(stored.item for stored in kept))

    def _drop_others(
        self, exchange: Exchange, creator_id: CreatorId, document_id: DocumentId, version: int, this: Json
    ) -> int:
        """Delete what this version takes the place of, never a newer one, which may have been shown since.

        One hidden passage tells readers that a version goes as a whole. It is the last to be deleted. Another staging
        of this very version keeps no such mark: publishing again could not tell it from what is to be shown.
        """
        shown = queries.shown_before(creator_id, document_id, version)
        going = stagings(exchange.search(self._alias, creator_id, shown))
        for staging in going:
            passage = of_document(creator_id, document_id, published(), {"term": {"staging": staging}})
            if unmarked := exchange.show(self._alias, creator_id, {**matching(passage), "max_docs": 1}, False):
                return unmarked
        if going:
            exchange.refresh(every(self._alias))
        others = of_document(creator_id, document_id, {"range": {"version": {"lte": version}}})
        bodies = [matching([*others, published(value)], but_not=[this]) for value in (True, False)]
        return sum(exchange.delete(every(self._alias), creator_id, body) for body in bodies)

    def _staging(self, exchange: Exchange, creator_id: CreatorId, document_id: DocumentId, version: int) -> str:
        body = queries.newest_of(creator_id, document_id, version)
        found = hits(exchange.search(self._alias, creator_id, body))
        if not found:
            raise NotFound(f"Version {version} is not staged.")
        newest: Json = found[0]["_source"]
        if newest["version"] > version:
            raise StaleWrite(f"A newer version than {version} is published.")
        return str(newest["staging"])

    def _until_settled(self, exchange: Exchange, change: Callable[[], int]) -> None:
        """Repeat a change, which returns its conflicts with other writers, until it has none; then show it."""
        while True:
            exchange.check_writable(self._alias)
            exchange.refresh(every(self._alias))
            if not change():
                exchange.refresh(every(self._alias))
                return
            exchange.patience.pause(Busy("Other writers keep changing this document's passages; try again."))

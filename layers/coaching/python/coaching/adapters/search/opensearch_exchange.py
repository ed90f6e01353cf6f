"""The requests of one call of the store: exact reads, changes by query, bulks handled item by item, one budget."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from coaching.adapters.search import opensearch_queries as queries
from coaching.adapters.search.opensearch_answers import (
    TOO_BUSY,
    check_whole,
    check_writable,
    conflicts,
    hits,
    refused_for_now,
)
from coaching.adapters.search.opensearch_client import Client, translated_errors
from coaching.adapters.search.opensearch_documents import Json, Stored, key, source
from coaching.adapters.search.opensearch_patience import Busy, Patience
from coaching.vocabulary import CreatorId

T = TypeVar("T")
_BULK_PASSAGES: Final = 200
_PAGE_PASSAGES: Final = 500


@dataclass(frozen=True, slots=True)
class Exchange:
    client: Client
    patience: Patience
    request: Json = field(default_factory=dict)
    """Parameters of every request, such as `request_timeout` in seconds."""

    def ask(self, request: Callable[[], T]) -> T:
        """Return what the request returns, tried again within the budget. Raises: SearchUnavailable."""

        def translated() -> T:
            with translated_errors():
                return request()

        return self.patience.until_done(translated)

    def search(self, index: str, creator_id: CreatorId, body: Json) -> Json:
        """Return a whole answer."""

        def search() -> Json:
            answer: Json = self.client.search(index=index, body=body, params=self._within(creator_id))
            hits(answer)
            return answer

        return self.ask(search)

    def search_legs(self, index: str, creator_id: CreatorId, legs: Sequence[Json]) -> list[Json]:
        """Return the answers of several searches sent as one; of an index that is not there, answers of no shard."""
        header = {"index": index, "routing": queries.routing(creator_id), "ignore_unavailable": True}
        body = [line for leg in legs for line in (header, leg)]

        def search() -> list[Json]:
            answers: list[Json] = self.client.msearch(body=body)["responses"]
            for answer in answers:
                hits(answer)
            return answers

        return self.ask(search)

    def read_all(self, index: str, creator_id: CreatorId, *filters: Json) -> list[Json]:
        """Return the whole sources of all passages of the creator's that the filters leave, exactly.

        Raises: Busy where they changed while they were read; SearchUnavailable.
        """
        found: list[Json] = []
        after = None
        while True:
            body = queries.page_of(creator_id, *filters, size=_PAGE_PASSAGES, after=after)
            answer = self.search(index, creator_id, body)
            page = hits(answer)
            found += [hit["_source"] for hit in page]
            if len(page) < _PAGE_PASSAGES:
                break
            after = page[-1]["sort"]
        if len(found) != answer["hits"]["total"]["value"]:
            raise Busy("These passages changed while they were read; try again.")
        return found

    def store(self, alias: str, creator_id: CreatorId, passages: Sequence[Stored], *, over: bool = False) -> None:
        """Store passages, `over` what stands there under the same ids or beside it.

        Nothing is stored where `alias` is none. Raises: SearchUnavailable; the others are stored all the same.
        """
        for start in range(0, len(passages), _BULK_PASSAGES):
            self._store(alias, creator_id, passages[start : start + _BULK_PASSAGES], "index" if over else "create")

    def show(self, index: str, creator_id: CreatorId, body: Json, value: bool = True) -> int:
        """Set `published` without refreshing; return how many passages others were changing at the same time.

        `max_docs` in the body bounds how many are set.
        """
        script = {"source": "ctx._source.published = params.value", "lang": "painless", "params": {"value": value}}
        params = {**self._within(creator_id), "conflicts": "proceed"}
        change = {**body, "script": script}
        return self.ask(lambda: conflicts(self.client.update_by_query(index=index, body=change, params=dict(params))))

    def delete(self, index: str, creator_id: CreatorId, body: Json) -> int:
        """Delete without refreshing; return how many passages others were changing at the same time."""
        params = {**self._within(creator_id), "conflicts": "proceed"}
        return self.ask(lambda: conflicts(self.client.delete_by_query(index=index, body=body, params=dict(params))))

    def check_writable(self, alias: str) -> None:
        """Delete what is not there, to be told why writes are blocked, if they are.

        A change by query would try again for minutes before it said so. Raises: SearchUnavailable.
        """
        lines = [{"delete": {"_id": "nothing", "routing": "nothing"}}]
        params = {"require_alias": "true", **self.request}
        self.ask(lambda: check_writable(self.client.bulk(body=lines, index=alias, params=dict(params))))

    def refresh(self, index: str) -> None:
        params = {"ignore_unavailable": "true", **self.request}
        self.ask(lambda: check_whole(self.client.indices.refresh(index=index, params=dict(params))))

    def _store(self, alias: str, creator_id: CreatorId, passages: Sequence[Stored], action: str) -> None:
        again = self.ask(lambda: self._bulk(alias, creator_id, passages, action))
        if again:
            self.patience.pause(Busy(TOO_BUSY))
            self._store(alias, creator_id, [passages[number] for number in again], action)

    def _bulk(self, alias: str, creator_id: CreatorId, passages: Sequence[Stored], action: str) -> Sequence[int]:
        lines: list[Json] = []
        for stored in passages:
            lines += [{action: {"_id": key(stored.staging, stored.item.passage.passage_id)}}, source(stored)]
        params = {"routing": queries.routing(creator_id), "require_alias": "true", **self.request}
        return refused_for_now(self.client.bulk(body=lines, index=alias, params=params))

    def _within(self, creator_id: CreatorId) -> Json:
        return {"routing": queries.routing(creator_id), "ignore_unavailable": "true", **self.request}

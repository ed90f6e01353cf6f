"""Moves all passages into a new index when schema, language or embedding model change, read and written meanwhile.

The new index is built under a name of its own (`next`). It is compared with the one that counts, call of `stage` by
call of `stage`, and what differs is copied, until next to nothing does. Then the old index takes no writes for a
moment: what came last is copied, and one change of the aliases puts the new index in its place. Writers wait through
that moment within their budget of tries, readers notice nothing. Where too much is left to copy in that moment,
writers go on and the move is not done. Nothing is kept elsewhere, so a move that was cut off is taken up by starting
it again, and of two at once the slower finds `next` gone and ends.

Passages go through this process rather than OpenSearch's own `_reindex`: the new schema's fields are then made by the
code that makes them for new passages, and another model's vectors have to be made here anyway.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Final

from coaching.adapters.search.opensearch_client import Client, connect, translated_errors
from coaching.adapters.search.opensearch_documents import Stored, stored_of
from coaching.adapters.search.opensearch_exchange import Exchange
from coaching.adapters.search.opensearch_index import (
    Index,
    Kind,
    Space,
    behind,
    definition,
    every,
    index_name,
    space_alias,
)
from coaching.adapters.search.opensearch_inventory import Held, Steps, inventory, steps
from coaching.adapters.search.opensearch_patience import Patience
from coaching.adapters.search.opensearch_queries import matching, owned
from coaching.errors import SearchUnavailable
from coaching.knowledge.embedding_text import embedding_text
from coaching.knowledge.ports import EmbeddedPassage, Embedder
from coaching.vocabulary import Language

FEW_PASSAGES: Final = 200
"""So few that differ are copied while writers wait: some seconds of embedding."""
_MOST_PASSES: Final = 10
"""Where much is written all the time, more is left for the moment when writers wait."""
_TIMEOUT_SECONDS: Final = 60.0
_RETRIES: Final = 10
_EMBEDDED_AT_ONCE: Final = 64


@dataclass(frozen=True, slots=True)
class Move:
    """How far a move came. `copied` counts the passages of this start of it; not `done`: start it again."""

    done: bool
    index: str
    copied: int = 0


class OpenSearchReindex:
    """Brings the index behind `alias` to this code's schema, to `language` and to the embedder's vector space."""

    def __init__(
        self,
        endpoint: str,
        embedder: Embedder,
        *,
        region: str = "",
        alias: str = "passages",
        language: Language = "english",
        linger_seconds: float = 10.0,
        blocked_seconds: float = 12.0,
    ) -> None:
        """Block writes for about `blocked_seconds` at most; delete the old index `linger_seconds` after the swap."""
        self._endpoint = endpoint
        self._embedder = embedder
        self._region = region
        self._alias = alias
        self._language = language
        self._linger_seconds = linger_seconds
        self._blocked_seconds = blocked_seconds

    def __call__(self, *, seconds: float = float("inf")) -> Move:
        """Move everything, as far as it can be done in about so many seconds.

        An index of another vector space stays readable until `drop_old`, for functions that still embed queries in
        that space. Raises: SearchUnavailable, EmbedderUnavailable.
        """
        end = time.monotonic() + seconds
        with translated_errors():
            source = self._current()
            if source.kind == self._kind:
                self._leave(source)
                return Move(True, source.name)
            target = self._target(source)
            copied, settled = self._catch_up(source, target, end)
            if settled:
                with self._writes_blocked(source):
                    last, settled = self._catch_up_wholly(source, target)
                    if settled:
                        self._swap(source, target)
                copied += last
            if settled:
                self._leave(target)
            return Move(settled, target.name, copied)

    def drop_old(self) -> None:
        """Delete every index but the one that counts: what still embeds queries as before finds words only."""
        with translated_errors():
            current = self._current()
            for index in behind(self._client, every(self._alias)):
                if index != current:
                    self._client.indices.delete(index=index.name)

    @cached_property
    def _client(self) -> Client:
        return connect(self._endpoint, region=self._region, timeout_seconds=_TIMEOUT_SECONDS)

    @property
    def _kind(self) -> Kind:
        return Kind(Space(self._embedder.model, self._embedder.dimension), self._language)

    @property
    def _next(self) -> str:
        return f"{self._alias}-next"

    def _exchange(self) -> Exchange:
        return Exchange(self._client, Patience(_RETRIES))

    def _current(self) -> Index:
        match behind(self._client, self._alias):
            case [index]:
                return index
            case []:
                raise SearchUnavailable("There is no index yet: the first passage makes one, in the right schema.")
            case _:
                raise SearchUnavailable(f"Several indices stand behind {self._alias}: leave one.")

    def _target(self, source: Index) -> Index:
        """Return the index that is being built; one for another space or schema is given up."""
        for index in behind(self._client, self._next):
            if index.kind == self._kind:
                return index
            self._client.indices.delete(index=index.name)
        taken = {index.name for index in behind(self._client, every(self._alias))}
        generation = 1
        while (name := index_name(self._alias, self._kind.space, generation)) in taken:
            generation += 1
        body = definition(self._kind)
        self._client.indices.create(index=name, body={**body, "aliases": {self._next: {}, every(self._alias): {}}})
        return Index(name, self._kind)

    def _catch_up(self, source: Index, target: Index, end: float) -> tuple[int, bool]:
        """Copy what differs until little does; return how many passages were copied, and whether it came so far."""
        copied = 0
        for _ in range(_MOST_PASSES):
            todo = self._differences(source, target)
            if todo.passages <= FEW_PASSAGES:
                break
            for step in self._work(source, todo):
                copied += step()
                if time.monotonic() >= end:
                    return copied, False
        return copied, True

    def _catch_up_wholly(self, source: Index, target: Index) -> tuple[int, bool]:
        """Copy all that differs; return how many passages were copied, and whether it was all within the time."""
        end = time.monotonic() + self._blocked_seconds
        copied = 0
        while len(todo := self._differences(source, target)):
            for step in self._work(source, todo):
                if time.monotonic() >= end:
                    return copied, False
                copied += step()
        return copied, True

    def _differences(self, source: Index, target: Index) -> Steps:
        exchange = self._exchange()
        exchange.refresh(f"{source.name},{target.name}")
        held, there = (exchange.ask(partial(inventory, self._client, index.name)) for index in (source, target))
        return steps(held, there)

    def _work(self, source: Index, todo: Steps) -> Iterator[Callable[[], int]]:
        """Yield what is to be done, in pieces that each return how many passages they copied."""
        yield from (partial(self._delete, staging, held) for staging, held in todo.delete.items())
        yield from (partial(self._turn, staging, held) for staging, held in todo.turn.items())
        yield from (partial(self._copy, source, staging, held) for staging, held in todo.copy.items())

    def _delete(self, staging: str, held: Held) -> int:
        self._exchange().delete(self._next, held.creator_id, _of(staging, held))
        return 0

    def _turn(self, staging: str, held: Held) -> int:
        self._exchange().show(self._next, held.creator_id, _of(staging, held), held.shown > 0)
        return 0

    def _copy(self, source: Index, staging: str, held: Held) -> int:
        exchange = self._exchange()
        kept = exchange.read_all(source.name, held.creator_id, {"term": {"staging": staging}})
        stored = self._in_this_space([replace(stored_of(each), published=held.shown > 0) for each in kept])
        exchange.store(self._next, held.creator_id, stored, over=True)
        return len(stored)

    def _in_this_space(self, stored: Sequence[Stored]) -> list[Stored]:
        """Return the passages with this model's vectors, embedded anew from their texts where they are of another."""
        if all(each.embedding_model == self._embedder.model for each in stored):
            return list(stored)
        found: list[Stored] = []
        for start in range(0, len(stored), _EMBEDDED_AT_ONCE):
            batch = stored[start : start + _EMBEDDED_AT_ONCE]
            vectors = self._embedder.embed([embedding_text(each.item.passage) for each in batch], "passage")
            for each, vector in zip(batch, vectors, strict=True):
                item = EmbeddedPassage(each.item.passage, vector)
                found.append(replace(each, item=item, embedding_model=self._embedder.model))
        return found

    @contextmanager
    def _writes_blocked(self, source: Index) -> Iterator[None]:
        """Let the source take no writes meanwhile; those that run are waited for."""
        self._client.transport.perform_request("PUT", f"/{source.name}/_block/write")
        try:
            yield
        finally:
            self._unblock(source)

    def _unblock(self, index: Index) -> None:
        # What is removed is removed from an index that is only read still, too.
        self._client.indices.put_settings(index=index.name, body={"index.blocks.write": None})

    def _swap(self, source: Index, target: Index) -> None:
        """Put the target in the source's place, in one step. Raises: SearchUnavailable if it is not `next` any more."""
        actions = [
            {"remove": {"index": target.name, "alias": self._next, "must_exist": True}},
            {"remove": {"index": source.name, "alias": self._alias, "must_exist": True}},
            {"add": {"index": target.name, "alias": self._alias, "is_write_index": True}},
            {"add": {"index": target.name, "alias": space_alias(self._alias, target.kind.space)}},
        ]
        if source.kind.space == target.kind.space:
            actions.append({"remove": {"index": source.name, "alias": space_alias(self._alias, source.kind.space)}})
        self._client.indices.update_aliases(body={"actions": actions})

    def _leave(self, current: Index) -> None:
        """Delete indices that nobody reads any more; leave those of other spaces readable."""
        old = [index for index in behind(self._client, every(self._alias)) if index != current]
        if unread := [index for index in old if index.kind.space == current.kind.space]:
            time.sleep(self._linger_seconds)
            for index in unread:
                self._client.indices.delete(index=index.name)
        for index in old:
            if index not in unread:
                self._unblock(index)


def _of(staging: str, held: Held) -> dict[str, object]:
    return matching(owned(held.creator_id, {"term": {"staging": staging}}))

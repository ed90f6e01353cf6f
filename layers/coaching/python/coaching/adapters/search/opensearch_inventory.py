"""What an index holds, exactly, and what another lacks of it: the plan of a copy."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from coaching.adapters.search.opensearch_answers import Json, hits
from coaching.adapters.search.opensearch_client import Client
from coaching.vocabulary import CreatorId, DocumentId

_PAGE: Final = 1_000
_KEYS: Final = ("staging", "creator_id", "document_id", "version", "published")


@dataclass(frozen=True, slots=True)
class Held:
    """The passages that one call of `stage` left in an index. Of these calls there is a name each: `staging`."""

    creator_id: CreatorId
    document_id: DocumentId
    version: int
    shown: int
    hidden: int = 0

    @property
    def count(self) -> int:
        return self.shown + self.hidden


Inventory = Mapping[str, Held]
"""By staging."""


@dataclass(frozen=True, slots=True)
class Steps:
    """What makes an index equal to another, by staging: the passages to copy, to show or hide, and to delete."""

    copy: Mapping[str, Held]
    turn: Mapping[str, Held]
    delete: Mapping[str, Held]

    def __len__(self) -> int:
        return len(self.copy) + len(self.turn) + len(self.delete)

    @property
    def passages(self) -> int:
        return sum(held.count for part in (self.copy, self.turn, self.delete) for held in part.values())


def inventory(client: Client, index: str) -> Inventory:
    """Count what a refreshed index holds. Raises: SearchUnavailable and the client's errors."""
    found: dict[str, Held] = {}
    sources = [{key: {"terms": {"field": key}}} for key in _KEYS]
    composite: Json = {"size": _PAGE, "sources": sources}
    while True:
        answer = client.search(index=index, body={"size": 0, "aggs": {"held": {"composite": composite}}})
        hits(answer)
        page = answer["aggregations"]["held"]
        for bucket in page["buckets"]:
            _add(found, bucket["key"], bucket["doc_count"])
        if "after_key" not in page:
            return found
        composite = {**composite, "after": page["after_key"]}


def wanted(held: Inventory) -> Inventory:
    """Return what readers are meant to see of it: of each document the newest version that is shown whole."""
    newest: dict[tuple[CreatorId, DocumentId], int] = {}
    for each in held.values():
        if each.shown and not each.hidden:
            name = (each.creator_id, each.document_id)
            newest[name] = max(each.version, newest.get(name, 0))
    return {
        staging: Held(each.creator_id, each.document_id, each.version, each.count)
        if not each.hidden and newest.get((each.creator_id, each.document_id)) == each.version
        else Held(each.creator_id, each.document_id, each.version, 0, each.count)
        for staging, each in held.items()
    }


def steps(source: Inventory, target: Inventory) -> Steps:
    """Return what is to be done to the target. Both hold the same passages under the same staging."""
    goal = wanted(source)
    surplus = {name: each for name, each in target.items() if name not in goal or each.count > goal[name].count}
    lacking = {name: each for name, each in goal.items() if name not in target or target[name].count != each.count}
    turned = {name: each for name, each in goal.items() if name not in lacking and target[name] != each}
    return Steps(lacking, turned, surplus)


def _add(found: dict[str, Held], key: Json, count: int) -> None:
    before = found.get(key["staging"])
    shown, hidden = (before.shown, before.hidden) if before else (0, 0)
    shown, hidden = (shown + count, hidden) if key["published"] else (shown, hidden + count)
    found[key["staging"]] = Held(
        CreatorId(key["creator_id"]), DocumentId(key["document_id"]), key["version"], shown, hidden
    )

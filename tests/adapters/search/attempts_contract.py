"""What every passage store promises about creators, tried at random: ten thousand times in all.

Seven thousand attempts are made in the embedded store, a thousand each in the one on S3 and in OpenSearch, and a
thousand over the HTTP routes (tests/system/test_attempts.py).
"""

import random
from collections.abc import Sequence

import pytest

from coaching.errors import NotFound
from coaching.knowledge.filters import Equals, Filter, In, Range
from coaching.knowledge.ports import Candidates, EmbeddedPassage, Query
from coaching.vocabulary import CreatorId, DocumentId, Scalar
from tests.adapters.search.samples import HABITS, HEARTH, MODEL, Store, passage, put, stage, towards

ATTACKERS = tuple(
    map(CreatorId, ["hearth2", "heart", "hearth-", "Hearth", "h", "*", "hearth*", "hearth,heart", '"hearth"', "$ne"])
)
SECRET = "secret"
FIELDS = ("creator_id", "document_id", "topic", "n", "$where", "published", "staging", "a.b", 'say "hi"', "")
VALUES: tuple[Scalar, ...] = (HEARTH, HABITS, "", "*", "$ne", '"', "' OR 1=1", "{}", True, False, 0, 1, 2.5, "hearth2")


class AttemptsContract:
    attempts = 1_000

    def test_random_attempts_reach_no_other_creator(self, store: Store) -> None:
        for number, creator_id in enumerate((HEARTH, *ATTACKERS)):
            for version, publishes in ((1, True), (2, False)):
                items = [_secret(creator_id, number, version)]
                (put if publishes else stage)(store, items)
        chance = random.Random(10_000)
        for _ in range(self.attempts):
            _attempt(store, chance)
        assert store.count(HEARTH, HABITS) == 1
        store.publish(HEARTH, HABITS, 2)
        (item,) = store.published(HEARTH, HABITS).passages
        assert (item.passage.text, item.passage.version) == (f"{SECRET} of {HEARTH}", 2)


def _secret(creator_id: CreatorId, number: int, version: int) -> EmbeddedPassage:
    document_id = HABITS if creator_id == HEARTH else DocumentId(f"habits-{number}")
    metadata: dict[str, Scalar] = {"topic": "a", "n": version, "creator_id": creator_id, "$where": "1"}
    text = f"{SECRET} of {creator_id}"
    return passage(text, creator_id=creator_id, document_id=document_id, version=version, metadata=metadata)


def _attempt(store: Store, chance: random.Random) -> None:
    attacker = chance.choice(ATTACKERS)
    match chance.choices(["search", "words", "count", "read", "publish", "remove"], [60, 20, 10, 8, 1, 1])[0]:
        case "search":
            vector = towards(chance.randrange(8), chance.uniform(-1, 1))
            _check(attacker, store.candidates(attacker, Query(_words(chance), vector, MODEL, 50, _filters(chance))))
        case "words":
            _check(attacker, store.candidates(attacker, Query(_words(chance), None, MODEL, 50, _filters(chance))))
        case "count":
            assert store.count(attacker, HABITS) == 0
        case "read":
            with pytest.raises(NotFound):
                store.published(attacker, HABITS)
        case "publish":
            with pytest.raises(NotFound):
                store.publish(attacker, HABITS, chance.choice([1, 2]))
        case "remove":
            store.remove(attacker, HABITS)


def _check(attacker: CreatorId, found: Candidates) -> None:
    for hit in (*found.dense, *found.lexical):
        assert hit.passage.creator_id == attacker
        assert hit.passage.text == f"{SECRET} of {attacker}"


def _words(chance: random.Random) -> str:
    return " ".join(chance.choices([SECRET, "of", *map(str, VALUES), "creator_id:hearth", "OR", "*:*"], k=3))


def _filters(chance: random.Random) -> tuple[Filter, ...]:
    return tuple(_filter(chance) for _ in range(chance.randrange(3)))


def _filter(chance: random.Random) -> Filter:
    field = chance.choice(FIELDS)
    values: Sequence[Scalar] = chance.choices(VALUES, k=chance.choice([1, 3, 300]))
    match chance.randrange(3):
        case 0:
            return Equals(field, values[0])
        case 1:
            return In(field, tuple(values))
        case _:
            return Range(field, chance.choice([None, -1.0, 1.0]), chance.choice([None, 0.0, 1e300]))

"""What the store does when OpenSearch is busy or answers in part: one budget of tries for each call of it."""

import json
from typing import Any

import numpy as np
import pytest

from coaching.adapters.search.opensearch import OpenSearchPassages
from coaching.adapters.search.opensearch_patience import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, Busy, Patience
from coaching.errors import SearchUnavailable
from tests.adapters.search.samples import HABITS, HEARTH, look, passages, stage
from tests.support.opensearch_stub import Answer, answering

SPACE = {"embedding_model": "hash/8", "dimension": 8, "schema_version": 1}
INDEX = Answer(200, {"passages-hash-8-8-1": {"mappings": {"_meta": SPACE}}})
WHOLE = {"timed_out": False, "_shards": {"total": 1, "failed": 0}}
REFRESHED = Answer(200, WHOLE)
WRITABLE = Answer(200, {"items": [{"delete": {"status": 404}}]})
CHANGED = Answer(200, {"failures": [], "timed_out": False, "version_conflicts": 0})
BUSY = Answer(429, {"error": {"type": "circuit_breaking_exception"}, "status": 429})


def bulked(*statuses: int) -> Answer:
    items = [{"create": {"status": status, "error": {"type": "circuit_breaking_exception"}}} for status in statuses]
    return Answer(200, {"errors": True, "items": items})


def names(body: bytes) -> list[str]:
    """The texts of a bulk's passages."""
    return [json.loads(line)["text"] for line in body.splitlines()[1::2]]


def test_pauses_longer_and_longer_and_gives_up_when_the_tries_are_spent() -> None:
    pauses: list[float] = []
    patience = Patience(8, sleep=pauses.append)
    for _ in range(8):
        patience.pause(Busy("Busy."))
    with pytest.raises(Busy):
        patience.pause(Busy("Busy."))
    for number, pause in enumerate(pauses):
        bound = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**number)
        assert bound / 2 <= pause <= bound


def test_waits_as_long_as_it_is_asked_to() -> None:
    pauses: list[float] = []
    Patience(1, sleep=pauses.append).pause(Busy("Busy.", wait_seconds=3))
    assert pauses == [3]


def test_passes_on_how_long_to_wait_where_that_is_too_long() -> None:
    with pytest.raises(Busy) as busy:
        Patience(5, sleep=lambda _: pytest.fail("It waited.")).pause(Busy("Busy.", wait_seconds=60))
    assert busy.value.retry_after_seconds == 60


def test_honours_retry_after() -> None:
    with answering([Answer(429, {"error": "busy"}, {"Retry-After": "90"})]) as stub:
        with pytest.raises(SearchUnavailable) as refusal:
            look(OpenSearchPassages(stub.url))
        assert refusal.value.retry_after_seconds == 90
        assert len(stub.requests) == 1


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_asks_once_more_when_reading(status: int) -> None:
    with answering([Answer(status, {}), Answer(200, {"count": 3, **WHOLE})]) as stub:
        assert OpenSearchPassages(stub.url).count(HEARTH, HABITS) == 3
    with answering([Answer(status, {})]) as stub:
        with pytest.raises(SearchUnavailable, match=str(status)):
            OpenSearchPassages(stub.url).count(HEARTH, HABITS)
        assert len(stub.requests) == 2


def test_does_not_repeat_what_was_wrong_in_itself() -> None:
    with answering([Answer(400, {"error": {"type": "parsing_exception", "reason": "secret"}})]) as stub:
        with pytest.raises(SearchUnavailable) as refusal:
            OpenSearchPassages(stub.url).count(HEARTH, HABITS)
        assert len(stub.requests) == 1
        assert "secret" not in str(refusal.value)


def test_sends_only_those_passages_again_that_were_refused() -> None:
    answers = [
        INDEX,
        bulked(201, 429, 201, 503),
        bulked(201, 429),
        bulked(201),
        WRITABLE,
        REFRESHED,
        CHANGED,
        REFRESHED,
        INDEX,
    ]
    with answering(answers) as stub:
        stage(OpenSearchPassages(stub.url), passages("a", "b", "c", "d"))
        sent = [names(body) for line, _, body in stub.requests if "_bulk" in line and b"create" in body]
    assert sent == [["a", "b", "c", "d"], ["b", "d"], ["d"]]


def test_spends_one_budget_on_whatever_goes_wrong() -> None:
    answers = [BUSY, INDEX, bulked(429), BUSY, bulked(201), WRITABLE, BUSY, REFRESHED, CHANGED, REFRESHED, INDEX]
    for retries, enough in ((3, False), (4, True)):
        with answering(answers) as stub:
            store = OpenSearchPassages(stub.url, retries=retries)
            if enough:
                stage(store, passages("a"))
            else:
                with pytest.raises(SearchUnavailable):
                    stage(store, passages("a"))
            assert len(stub.requests) == (len(answers) if enough else 7)


def test_ends_after_its_tries_where_nothing_gets_better() -> None:
    with answering([BUSY]) as stub:
        with pytest.raises(SearchUnavailable):
            stage(OpenSearchPassages(stub.url, retries=3), passages("a"))
        assert len(stub.requests) == 4


def test_names_every_kind_of_refusal_and_how_many() -> None:
    refused: list[Any] = [
        {"create": {"status": 400, "error": {"type": "mapper_parsing_exception", "reason": "secret"}}},
        {"create": {"status": 400, "error": {"type": "mapper_parsing_exception", "reason": "secret"}}},
        {"create": {"status": 413, "error": {"type": "too_large", "reason": "secret"}}},
        {"create": {"status": 201}},
    ]
    with answering([INDEX, Answer(200, {"items": refused})]) as stub, pytest.raises(SearchUnavailable) as refusal:
        stage(OpenSearchPassages(stub.url), passages("a", "b", "c", "d"))
    assert "3 of 4 passages: 2 with 400 mapper_parsing_exception, 1 with 413 too_large" in str(refusal.value)
    assert "secret" not in str(refusal.value)


def test_asks_again_where_a_search_failed_inside_a_good_answer() -> None:
    found = {**WHOLE, "status": 200, "hits": {"hits": []}}
    failed = {"error": {"type": "es_rejected_execution_exception"}, "status": 429}
    with answering([Answer(200, {"responses": [found, failed]}), Answer(200, {"responses": [found, found]})]) as stub:
        assert look(OpenSearchPassages(stub.url), vector=np.ones(8, np.float32)).dense == ()
        assert len(stub.requests) == 2

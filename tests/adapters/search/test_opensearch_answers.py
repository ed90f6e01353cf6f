"""An answer of OpenSearch that is not wholly good is never taken for one that is."""

import pytest

from coaching.adapters.search.opensearch_answers import check_whole, conflicts, explained, hits, refused_for_now
from coaching.adapters.search.opensearch_patience import Busy
from coaching.errors import SearchUnavailable

WHOLE = {"timed_out": False, "_shards": {"failed": 0}}


def test_gives_the_hits_of_a_whole_answer() -> None:
    assert hits({**WHOLE, "hits": {"hits": [{"_score": 1.0}]}}) == [{"_score": 1.0}]


@pytest.mark.parametrize(
    "answer",
    [
        {"error": {"type": "search_phase_execution_exception"}, "status": 503},
        {**WHOLE, "timed_out": True, "hits": {"hits": []}},
        {**WHOLE, "_shards": {"failed": 1}, "hits": {"hits": []}},
    ],
)
def test_refuses_hits_that_may_not_be_all(answer: dict[str, object]) -> None:
    with pytest.raises(SearchUnavailable):
        hits(answer)


def test_refuses_a_count_of_some_shards() -> None:
    with pytest.raises(SearchUnavailable):
        check_whole({"_shards": {"failed": 1}, "count": 3})


def test_counts_conflicts_and_refuses_other_failures() -> None:
    done = {"failures": [], "timed_out": False, "version_conflicts": 2}
    assert conflicts(done) == 2
    with pytest.raises(SearchUnavailable):
        conflicts({**done, "failures": [{"status": 403}]})


def test_sends_again_only_what_found_the_server_too_busy() -> None:
    answer = {"items": [{"create": {"status": status}} for status in (201, 429, 409, 429)]}
    assert refused_for_now(answer) == [1, 3]


def test_names_the_kind_of_a_failure_and_none_of_its_words() -> None:
    error = {"type": "mapper_parsing_exception", "reason": "what the passage says"}
    with pytest.raises(SearchUnavailable, match="mapper_parsing_exception") as failure:
        refused_for_now({"items": [{"create": {"status": 400, "error": error}}]})
    assert "what the passage says" not in str(failure.value)


@pytest.mark.parametrize(("kind", "passes"), [("index_not_found_exception", True), ("mapper_parsing_exception", False)])
def test_a_change_through_an_index_that_a_move_deleted_is_tried_again(kind: str, passes: bool) -> None:
    body = {"failures": [{"index": "passages-1", "cause": {"type": kind}, "status": 404}]}
    assert isinstance(explained(404, body, None), Busy) == passes

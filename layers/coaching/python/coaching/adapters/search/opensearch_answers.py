"""What OpenSearch answers inside an answer that says 200: each part is looked at, nothing partial passes for whole."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from coaching.adapters.search.opensearch_patience import Busy
from coaching.adapters.search.opensearch_queries import STAGINGS, VERSION
from coaching.errors import SearchUnavailable

Json = dict[str, Any]
PASSING: Final = (429, 502, 503, 504)
"""Statuses after which the same request may succeed."""
_DONE = (200, 201, 409)
"""409 to a create: it stands there already, and ids are made of the content."""
_BLOCK = "cluster_block_exception"
_GONE = "index_not_found_exception"
TOO_BUSY: Final = "OpenSearch is too busy to store passages."
DISK_FULL: Final = (
    "OpenSearch takes no writes: its disk is nearly full (read-only-allow-delete block). "
    "Give it a larger volume or delete an index; it takes writes again by itself then."
)
MOVING: Final = (
    "OpenSearch takes no writes while the passages move to a new index (write block). "
    "Where this lasts, that move was cut off: start it again."
)


def hits(answer: Json) -> list[Json]:
    """Return a search's hits. Raises: SearchUnavailable when it failed or lacks a shard's part."""
    if "error" in answer:
        sentence = f"OpenSearch could not search ({answer['error'].get('type')})."
        raise Busy(sentence) if answer.get("status") in PASSING else SearchUnavailable(sentence)
    check_whole(answer)
    found: list[Json] = answer["hits"]["hits"]
    return found


def stagings(answer: Json) -> frozenset[str]:
    """Return the calls of `stage` that a search lists; none where no shard took part."""
    listed = answer.get("aggregations", {}).get(STAGINGS, {}).get(STAGINGS, {"buckets": []})
    return frozenset(bucket["key"] for bucket in listed["buckets"])


def version_of(answer: Json) -> str:
    """Return the name of the state that a search was told to tell (`opensearch_queries.state_of`)."""
    found = answer.get("aggregations", {}).get(VERSION, {"buckets": []})["buckets"]
    told = (f"{each['key']}/{each['doc_count']}/{each[VERSION]['value']:.0f}" for each in found)
    return " ".join(sorted(told)) or "nothing"


def check_whole(answer: Json) -> None:
    """Raises: SearchUnavailable when a shard did not take part or the time was up."""
    if answer.get("timed_out") or answer["_shards"]["failed"]:
        raise SearchUnavailable("OpenSearch answered only in part.")


def conflicts(answer: Json) -> int:
    """Return how many passages a change by query left out because they were changed meanwhile.

    Raises: SearchUnavailable when it failed otherwise.
    """
    if answer["failures"] or answer["timed_out"]:
        raise SearchUnavailable("OpenSearch could not change all passages.")
    return int(answer["version_conflicts"])


def refused_for_now(answer: Json) -> Sequence[int]:
    """Return the places of a bulk's items that may succeed when they are sent again.

    Raises: SearchUnavailable for items that never will, and where writes are blocked; it counts them by kind and
    repeats none of OpenSearch's words.
    """
    again, refused = [], Counter[str]()
    for number, item in enumerate(answer["items"]):
        (result,) = item.values()
        if result["status"] in _DONE:
            continue
        error = result.get("error", {})
        if error.get("type") == _BLOCK:
            raise blocked(error.get("reason", ""))
        if result["status"] in PASSING:
            again.append(number)
        else:
            refused[f"{result['status']} {error.get('type')}"] += 1
    if refused:
        kinds = ", ".join(f"{count} with {kind}" for kind, count in refused.items())
        raise SearchUnavailable(f"OpenSearch refused {refused.total()} of {len(answer['items'])} passages: {kinds}.")
    return again


def check_writable(answer: Json) -> None:
    """Raises: SearchUnavailable where a bulk's items met a block of writes."""
    for item in answer["items"]:
        (result,) = item.values()
        error = result.get("error", {})
        if error.get("type") == _BLOCK:
            raise blocked(error.get("reason", ""))


def explained(status: object, info: object, wait: str | None) -> SearchUnavailable:
    """Return our error for a request that failed with `status`; `info` is the body, `wait` the Retry-After."""
    for cause in _causes(info):
        if cause.get("type") == _BLOCK:
            return blocked(str(cause.get("reason", "")))
    sentence = f"OpenSearch refused or did not answer ({status})."
    if any(cause.get("type") == _GONE for cause in _failures(info)):
        # A change by query went through an index that a move deleted since: it has another's place now.
        return Busy(sentence)
    if status == "N/A" or status in PASSING:
        return Busy(sentence, wait_seconds=float(wait) if wait and wait.isdecimal() else 0.0)
    return SearchUnavailable(sentence)


def blocked(reason: str) -> SearchUnavailable:
    """Return what a block of the index means. The numbers are OpenSearch's own for its kinds of blocks."""
    if "/12/" in reason:
        return SearchUnavailable(DISK_FULL)
    if "/8/" in reason:
        return Busy(MOVING)
    return SearchUnavailable("OpenSearch takes no writes: an operator or its storage has blocked them.")


def _causes(info: object) -> list[Json]:
    """Return the errors in the body of a refusal, those of the parts of a change by query among them."""
    if not isinstance(info, dict):
        return []
    return [cause for cause in (info.get("error"), *_failures(info)) if isinstance(cause, dict)]


def _failures(info: object) -> list[Json]:
    """Return the errors of the parts of a change by query."""
    failures = info.get("failures", []) if isinstance(info, dict) else []
    return [failure["cause"] for failure in failures if "cause" in failure]

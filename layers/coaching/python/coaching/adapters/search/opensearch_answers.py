"""What OpenSearch answers inside an answer that says 200: each part is looked at, nothing partial passes for whole."""

from collections.abc import Sequence
from typing import Any

from coaching.errors import SearchUnavailable

Json = dict[str, Any]
_DONE = (200, 201, 409)
"""409 to a create: it stands there already, and ids are made of the content."""


def hits(answer: Json) -> list[Json]:
    """Return a search's hits. Raises: SearchUnavailable when it failed or lacks a shard's part."""
    if "error" in answer:
        raise SearchUnavailable(f"OpenSearch could not search ({answer['error'].get('type')}).")
    check_whole(answer)
    found: list[Json] = answer["hits"]["hits"]
    return found


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
    """Return the places of the items that a bulk found too busy (429). Raises: SearchUnavailable for other errors."""
    again = []
    for number, item in enumerate(answer["items"]):
        (result,) = item.values()
        if result["status"] == 429:
            again.append(number)
        elif result["status"] not in _DONE:
            kind = result.get("error", {}).get("type")
            raise SearchUnavailable(f"OpenSearch did not store a passage ({result['status']} {kind}).")
    return again

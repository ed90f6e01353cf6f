"""Metadata as OpenSearch can filter it, with the meaning of `coaching.knowledge.filters`.

For equals and in, each field and value becomes one keyword, a hash: any characters, any length, types kept apart.
For range, each number becomes a nested pair of the field's hash and the value.
"""

import hashlib
import json
import sys
from typing import Any, assert_never

from coaching.knowledge.filters import Equals, Filter, In, Range
from coaching.vocabulary import Metadata, Scalar

Clause = dict[str, Any]
_MOST_TERMS = 65_536
"""Of one clause; OpenSearch's own limit (index.max_terms_count)."""
_FURTHEST = sys.float_info.max


def facts(metadata: Metadata) -> list[str]:
    """Return the keywords that equals and in look for."""
    return [_fact(field, value) for field, value in metadata.items()]


def numbers(metadata: Metadata) -> list[dict[str, str | float]]:
    """Return the pairs that range looks for; neither text nor true and false are numbers."""
    return [
        {"field": _hash([field]), "value": float(value)}
        for field, value in metadata.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]


def clause(condition: Filter) -> Clause:
    """Return the query that finds exactly the passages for which the filter holds."""
    match condition:
        case Equals(field, value):
            return {"term": {"facts": _fact(field, value)}}
        case In(field, values):
            return _any_of([_fact(field, value) for value in values])
        case Range(field, gte, lte):
            # OpenSearch reads no infinite numbers; these are as far as a finite one can lie.
            lowest = -_FURTHEST if gte is None else max(gte, -_FURTHEST)
            highest = _FURTHEST if lte is None else min(lte, _FURTHEST)
            if not lowest <= highest:
                return {"match_none": {}}
            bounds = {"gte": lowest, "lte": highest}
            within = [{"term": {"numbers.field": _hash([field])}}, {"range": {"numbers.value": bounds}}]
            return {"nested": {"path": "numbers", "query": {"bool": {"filter": within}}}}
        case unknown:
            assert_never(unknown)


def _any_of(wanted: list[str]) -> Clause:
    if len(wanted) <= _MOST_TERMS:
        return {"terms": {"facts": wanted}}
    parts = [wanted[start : start + _MOST_TERMS] for start in range(0, len(wanted), _MOST_TERMS)]
    return {"bool": {"should": [_any_of(part) for part in parts], "minimum_should_match": 1}}


def _fact(field: str, value: Scalar) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # 3.0 is 3
    return _hash([field, value])


def _hash(value: list[Scalar]) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:32]

"""The index of passages: what it and its aliases are called, its mapping, and that it is there when passages come.

An index holds one vector space, in one schema and for one language, and stands behind up to three names:

- the alias itself: the index that counts, where versions are published. There is one.
- the space's alias: the index for queries of that vector space. While one model follows another there are two.
- the alias for every index, one that is being built and one that is not read any more among them: what is removed is
  removed there, so that no index keeps it.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from coaching.adapters.search.opensearch_client import Client
from coaching.errors import SearchUnavailable
from coaching.vocabulary import Language

SCHEMA_VERSION: Final = 1
"""Raise it with any change of `definition`; what is stored then moves to a new index (`opensearch_reindex`)."""


@dataclass(frozen=True, slots=True)
class Space:
    """The vectors that can be compared with each other."""

    model: str
    dimension: int


@dataclass(frozen=True, slots=True)
class Kind:
    """What an index is made for. An index of another kind is replaced by `opensearch_reindex`."""

    space: Space
    language: Language = "english"
    schema_version: int = SCHEMA_VERSION


@dataclass(frozen=True, slots=True)
class Index:
    name: str
    kind: Kind


def every(alias: str) -> str:
    return f"{alias}-every"


def space_alias(alias: str, space: Space) -> str:
    """Return a name that OpenSearch accepts, one for each vector space."""
    return f"{alias}-{re.sub(r'[^a-z0-9]+', '-', space.model.lower()).strip('-')}-{space.dimension}"


def index_name(alias: str, space: Space, generation: int) -> str:
    return f"{space_alias(alias, space)}-{generation}"


def behind(client: Client, alias: str) -> list[Index]:
    """Return the indices behind an alias; none where there is no such alias."""
    found: dict[str, Any] = client.indices.get(index=alias, params={"ignore_unavailable": "true"})
    return [_described(name, index["mappings"].get("_meta", {})) for name, index in found.items()]


def ensure_index(client: Client, alias: str, kind: Kind) -> None:
    """Create the index behind the alias unless there is one. Two who do it at once get the same one.

    Another language and an older schema are written to: OpenSearch itself refuses what its mapping cannot take.
    Raises: SearchUnavailable when what stands there is of another vector space or of a newer schema.
    """
    space = kind.space
    if not (current := behind(client, alias)):
        aliases = {alias: {"is_write_index": True}, space_alias(alias, space): {}, every(alias): {}}
        body = {**definition(kind), "aliases": aliases}
        # 400: somebody else was faster; what they created is looked at next.
        client.indices.create(index=index_name(alias, space, 1), body=body, params={"ignore": 400})
        current = behind(client, alias)
    if [index.kind.space for index in current] != [space]:
        raise SearchUnavailable(f"{alias} is not an index for {space.model} ({space.dimension}): reindex it.")
    if any(index.kind.schema_version > kind.schema_version for index in current):
        raise SearchUnavailable(f"{alias} has a newer schema than this code writes: deploy the newer code.")


def definition(kind: Kind) -> dict[str, Any]:
    """Return settings and mapping of a new index.

    Nothing is refreshed on its own: what changes together is shown together, by whoever changes it.
    """
    return {
        "settings": {
            "index": {"knn": True, "refresh_interval": "-1", "number_of_shards": 1, "auto_expand_replicas": "0-1"}
        },
        "mappings": {
            "_meta": {
                "schema_version": kind.schema_version,
                "language": kind.language,
                "embedding_model": kind.space.model,
                "dimension": kind.space.dimension,
            },
            "_routing": {"required": True},
            "dynamic": "strict",
            "properties": _properties(kind),
        },
    }


def _properties(kind: Kind) -> dict[str, Any]:
    keyword = {"type": "keyword"}
    # Only the Lucene engine filters while it walks the graph, and it runs wherever OpenSearch does.
    method = {"name": "hnsw", "engine": "lucene", "space_type": "cosinesimil"}
    return {
        "creator_id": keyword,
        "document_id": keyword,
        "version": {"type": "integer"},
        "staging": keyword,
        "published": {"type": "boolean"},
        "embedding_model": keyword,
        "vector": {"type": "knn_vector", "dimension": kind.space.dimension, "method": method},
        "text": {"type": "text", "analyzer": "standard" if kind.language == "any" else kind.language},
        "facts": keyword,
        "numbers": {"type": "nested", "properties": {"field": keyword, "value": {"type": "double"}}},
        "passage": {"type": "object", "enabled": False},
    }


def _described(name: str, meta: dict[str, Any]) -> Index:
    space = Space(meta.get("embedding_model", ""), meta.get("dimension", 0))
    return Index(name, Kind(space, meta.get("language", "english"), meta.get("schema_version", 0)))

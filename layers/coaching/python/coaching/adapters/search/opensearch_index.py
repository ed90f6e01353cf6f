"""The index of passages: its name, its mapping, and that it is there when the first passage comes."""

import re
from typing import Any

from coaching.adapters.search.opensearch_client import Client
from coaching.errors import SearchUnavailable

SCHEMA_VERSION = 1
_GENERATION = 1


def ensure_index(client: Client, alias: str, model: str, dimension: int) -> None:
    """Create the index behind the alias unless there is one. Two who do it at once get the same one.

    Raises: SearchUnavailable when the alias stands for another vector space.
    """
    if not client.indices.exists_alias(name=alias):
        name = index_name(alias, model, dimension)
        # 400: somebody else was faster; what they created is looked at below.
        client.indices.create(index=name, body=definition(alias, model, dimension), params={"ignore": 400})
    spaces = [index["mappings"].get("_meta", {}) for index in client.indices.get(index=alias).values()]
    if [(space.get("embedding_model"), space.get("dimension")) for space in spaces] != [(model, dimension)]:
        raise SearchUnavailable(f"{alias} is not an index for {model} ({dimension}): build one and re-ingest.")


def index_name(alias: str, model: str, dimension: int) -> str:
    """Return a name that OpenSearch accepts, one for each vector space."""
    return f"{alias}-{re.sub(r'[^a-z0-9]+', '-', model.lower()).strip('-')}-{dimension}-{_GENERATION}"


def definition(alias: str, model: str, dimension: int) -> dict[str, Any]:
    """Return settings, mapping and alias of a new index.

    Nothing is refreshed on its own: what changes together is shown together, by whoever changes it.
    """
    return {
        "settings": {
            "index": {"knn": True, "refresh_interval": "-1", "number_of_shards": 1, "auto_expand_replicas": "0-1"}
        },
        "aliases": {alias: {"is_write_index": True}},
        "mappings": {
            "_meta": {"schema_version": SCHEMA_VERSION, "embedding_model": model, "dimension": dimension},
            "_routing": {"required": True},
            "dynamic": "strict",
            "properties": _properties(dimension),
        },
    }


def _properties(dimension: int) -> dict[str, Any]:
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
        "vector": {"type": "knn_vector", "dimension": dimension, "method": method},
        "text": {"type": "text", "analyzer": "english"},
        "facts": keyword,
        "numbers": {"type": "nested", "properties": {"field": keyword, "value": {"type": "double"}}},
        "passage": {"type": "object", "enabled": False},
    }

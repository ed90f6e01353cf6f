"""A real OpenSearch for the tests that are marked with it."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from coaching.adapters.search.opensearch_client import Client, connect
from tests.support.opensearch_artifacts import ServerMissing
from tests.support.opensearch_server import running

CACHE = Path(__file__).parents[3] / ".cache" / "opensearch"


@pytest.fixture(scope="session")
def opensearch_url() -> Iterator[str]:
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running(CACHE))
        except ServerMissing as lacking:
            if os.environ.get("CI"):  # noqa: TID251
                pytest.fail(str(lacking))
            pytest.skip(str(lacking))
        yield server.url


@pytest.fixture(scope="session")
def opensearch(opensearch_url: str) -> Client:
    """Return a client that sees and changes everything on the server."""
    return connect(opensearch_url, region="", timeout_seconds=30)

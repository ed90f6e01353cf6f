"""A real OpenSearch for the tests that are marked with it, and S3 as moto answers it over HTTP on the loopback."""

import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from moto.server import ThreadedMotoServer

from coaching.adapters.aws.clients import s3_client
from coaching.adapters.search.opensearch_client import Client, connect
from coaching.vocabulary import new_ulid
from local.moto_patches import make_conditional_writes_atomic
from tests.support.opensearch_artifacts import ServerMissing
from tests.support.opensearch_server import Server, running

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CACHE = Path(__file__).parents[3] / ".cache" / "opensearch"


@contextmanager
def server() -> Iterator[Server]:
    """Run a server while the block runs. Without one the test is skipped with the reason; in CI it fails."""
    with ExitStack() as stack:
        try:
            running_server = stack.enter_context(running(CACHE))
        except ServerMissing as lacking:
            if os.environ.get("CI"):  # noqa: TID251
                pytest.fail(str(lacking))
            pytest.skip(str(lacking))
        yield running_server


@pytest.fixture(scope="session")
def opensearch_url() -> Iterator[str]:
    with server() as running_server:
        yield running_server.url


@pytest.fixture(scope="session")
def opensearch(opensearch_url: str) -> Client:
    """Return a client that sees and changes everything on the server."""
    return connect(opensearch_url, region="", timeout_seconds=30)


@pytest.fixture(scope="session")
def s3() -> "Iterator[S3Client]":
    with pytest.MonkeyPatch.context() as environment:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.setenv(name, "testing")
        environment.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        make_conditional_writes_atomic()
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        client = s3_client(f"http://{host}:{port}")
        yield client
        client.close()
        server.stop()


@pytest.fixture
def bucket(s3: "S3Client") -> str:
    name = f"segments-{new_ulid().lower()}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return name

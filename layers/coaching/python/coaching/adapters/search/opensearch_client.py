"""The connection to OpenSearch: who signs its requests, how long it waits, what its errors mean here."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from coaching.adapters.search.opensearch_answers import explained
from coaching.errors import SearchUnavailable

Client: TypeAlias = Any
"""A client of opensearch-py, which has no types."""
_AWS_DOMAINS = (".es.amazonaws.com", ".on.aws")
_TALKATIVE = ("opensearch", "opensearchpy.trace")
"""Loggers that write whole requests, a user's words among them, at their lower levels."""
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def connect(endpoint: str, *, region: str, timeout_seconds: float) -> Client:
    """Return a client of the domain at `endpoint`; nothing is sent yet.

    Requests to AWS are signed (SigV4) with the default credentials, which refresh themselves. Plain http goes to
    this machine alone. It tries nothing again: who calls it has a budget for that (`opensearch_patience`).
    Raises: SearchUnavailable for an endpoint that must not be spoken to.
    """
    from opensearchpy import OpenSearch

    from coaching.adapters.search.opensearch_connection import FastJSON, PoliteConnection

    scheme, host = urlsplit(endpoint).scheme, urlsplit(endpoint).hostname or ""
    if scheme != "https" and (scheme, host) not in (("http", name) for name in _LOOPBACK):
        raise SearchUnavailable("The OpenSearch endpoint must begin with https.")
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.ERROR)
    return OpenSearch(
        [endpoint],
        http_auth=_signer(region) if host.endswith(_AWS_DOMAINS) else None,
        connection_class=PoliteConnection,
        serializer=FastJSON(),
        timeout=timeout_seconds,
        max_retries=0,
        pool_maxsize=10,
    )


def _signer(region: str) -> Callable[..., dict[str, str]]:
    import boto3
    from opensearchpy import Urllib3AWSV4SignerAuth

    credentials = boto3.Session().get_credentials()
    if credentials is None:
        raise SearchUnavailable("There are no AWS credentials to sign requests to OpenSearch with.")
    signer: Callable[..., dict[str, str]] = Urllib3AWSV4SignerAuth(credentials, region, "es")
    return signer


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn the client's errors into ours; none of OpenSearch's own words are passed on, they may quote the query.

    Raises: Busy for what may pass by itself, SearchUnavailable.
    """
    from opensearchpy.exceptions import ConnectionTimeout, OpenSearchException, TransportError

    try:
        yield
    except ConnectionTimeout as error:
        raise SearchUnavailable("OpenSearch did not answer in time.") from error
    except TransportError as error:
        raise explained(error.status_code, error.info, getattr(error, "retry_after", None)) from error
    except OpenSearchException as error:
        raise SearchUnavailable("OpenSearch answered something unreadable.") from error

"""What the OpenSearch store promises beyond what every passage store does."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from coaching.adapters.search.opensearch import OpenSearchPassages
from coaching.adapters.search.opensearch_client import Client, connect
from coaching.adapters.search.opensearch_index import Space, index_name
from coaching.errors import SearchUnavailable
from coaching.vocabulary import DocumentId, new_ulid
from tests.adapters.search.samples import HABITS, HEARTH, look, passages, put, stage, texts
from tests.support.opensearch_stub import Answer, answering

NOBODY_LISTENS = "http://127.0.0.1:9"


def test_says_that_search_is_unavailable_when_nothing_answers() -> None:
    store = OpenSearchPassages(NOBODY_LISTENS, retries=1)
    with pytest.raises(SearchUnavailable):
        look(store)
    with pytest.raises(SearchUnavailable):
        store.count(HEARTH, HABITS)
    with pytest.raises(SearchUnavailable):
        stage(store, passages("A habit."))
    with pytest.raises(SearchUnavailable):
        store.remove(HEARTH, HABITS)


def test_logs_no_word_of_the_question(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(SearchUnavailable):
        look(OpenSearchPassages(NOBODY_LISTENS), text="unmistakable")
    assert "unmistakable" not in caplog.text


@pytest.mark.parametrize("endpoint", ["http://search.example.com", "http://10.0.0.1:9200", "ftp://127.0.0.1"])
def test_speaks_plain_http_to_this_machine_alone(endpoint: str) -> None:
    with pytest.raises(SearchUnavailable):
        look(OpenSearchPassages(endpoint))


def test_signs_requests_to_a_domain_of_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    endpoint = "https://search-x.eu-west-1.es.amazonaws.com"
    client = connect(endpoint, region="eu-west-1", timeout_seconds=1)
    (connection,) = client.transport.connection_pool.connections
    headers = connection.http_auth("GET", endpoint, None)
    assert "/eu-west-1/es/aws4_request" in headers["Authorization"]


def test_signs_with_new_credentials_when_the_old_ones_run_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    # So near their end that they are asked for anew each time.
    soon = (datetime.now(UTC) + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    keys = [f"AKIDEXAMPLE{number}" for number in range(3)]
    issued = [
        Answer(200, {"AccessKeyId": key, "SecretAccessKey": key, "Token": key, "Expiration": soon}) for key in keys
    ]
    endpoint = "https://search-x.eu-west-1.es.amazonaws.com"
    with answering(issued) as stub:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", stub.url)
        client = connect(endpoint, region="eu-west-1", timeout_seconds=1)
        (connection,) = client.transport.connection_pool.connections
        signed = [connection.http_auth("POST", endpoint, b"{}") for _ in range(2)]
    assert signed[0]["X-Amz-Security-Token"] != signed[1]["X-Amz-Security-Token"]
    for headers in signed:
        assert f"Credential={headers['X-Amz-Security-Token']}/" in headers["Authorization"]


@pytest.mark.parametrize(
    ("model", "name"),
    [("minilm-l6/int8", "passages-minilm-l6-int8-384-1"), ("Ollama:Nomic Embed", "passages-ollama-nomic-embed-384-1")],
)
def test_names_the_index_after_the_vector_space(model: str, name: str) -> None:
    assert index_name("passages", Space(model, 384), 1) == name


@pytest.mark.opensearch
@pytest.mark.xdist_group("opensearch")
class TestARealServer:
    @pytest.fixture
    def alias(self, opensearch: Client) -> Iterator[str]:
        name = f"fresh-{new_ulid().lower()}"
        yield name
        opensearch.indices.delete(index=f"{name}-*")

    @pytest.fixture
    def store(self, opensearch_url: str, alias: str) -> OpenSearchPassages:
        return OpenSearchPassages(opensearch_url, alias=alias, timeout_seconds=30)

    def test_has_nothing_before_there_is_an_index(self, store: OpenSearchPassages) -> None:
        assert texts(look(store)) == set()
        assert store.count(HEARTH, HABITS) == 0
        store.remove(HEARTH, HABITS)

    def test_makes_one_index_when_several_write_first(
        self, opensearch_url: str, alias: str, opensearch: Client
    ) -> None:
        def write(number: int) -> None:
            store = OpenSearchPassages(opensearch_url, alias=alias, timeout_seconds=30)
            put(store, passages("A habit.", document_id=DocumentId(f"document-{number}")))

        with ThreadPoolExecutor(6) as pool:
            for done in [pool.submit(write, number) for number in range(6)]:
                done.result(timeout=60)
        assert list(opensearch.indices.get(index=alias)) == [f"{alias}-hash-8-8-1"]
        assert len(look(OpenSearchPassages(opensearch_url, alias=alias, timeout_seconds=30)).dense) == 6

    def test_takes_no_vector_of_another_space(self, store: OpenSearchPassages) -> None:
        put(store, passages("A habit."))
        with pytest.raises(SearchUnavailable, match="reindex"):
            stage(store, passages("A habit.", version=2), model="other/8")
        assert texts(look(store)) == {"A habit."}

import json
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from coaching.adapters.embedding.bedrock import MODELS, BedrockEmbedder
from coaching.adapters.llm.bedrock_client import BedrockClient
from coaching.errors import EmbedderUnavailable, UnusableDocument
from tests.adapters.embedding.contract import HABIT, INVOICE, EmbedderContract
from tests.support.bedrock_server import BedrockServer, given_credentials, refusal
from tests.support.loopback_server import Wire

COHERE = "cohere.embed-english-v3"
LONG = "habit " * 9_000
MakeEmbedder = Callable[..., BedrockEmbedder]


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    given_credentials(monkeypatch)


@pytest.fixture
def server() -> Iterator[BedrockServer]:
    with BedrockServer() as running:
        yield running


@pytest.fixture
def make_embedder(server: BedrockServer) -> MakeEmbedder:
    client = BedrockClient("us-east-1", server.url)
    return lambda *name, **seconds: BedrockEmbedder(client, *name, retry_pause=0.0, **seconds)


@pytest.fixture
def embedder(make_embedder: MakeEmbedder) -> BedrockEmbedder:
    return make_embedder()


class TestTitan(EmbedderContract):
    """`embedder` is the fixture above."""


class TestCohere(EmbedderContract):
    @pytest.fixture
    def embedder(self, make_embedder: MakeEmbedder) -> BedrockEmbedder:
        return make_embedder(COHERE)


def throttled(wire: Wire) -> None:
    refusal(wire, 429, "ThrottlingException", "Too many requests")


def test_titan_is_asked_text_by_text(embedder: BedrockEmbedder, server: BedrockServer) -> None:
    assert embedder.embed([HABIT, INVOICE], "passage").shape == (2, 1024)
    asked = sorted(server.requests, key=lambda request: str(request["inputText"]))
    assert asked == [{"inputText": text, "dimensions": 1024, "normalize": True} for text in (HABIT, INVOICE)]
    assert server.received[0].path == "/model/amazon.titan-embed-text-v2%3A0/invoke"
    assert (embedder.model, embedder.dimension) == ("bedrock-amazon.titan-embed-text-v2:0", 1024)


def test_cohere_is_told_what_a_text_is_for(make_embedder: MakeEmbedder, server: BedrockServer) -> None:
    make_embedder(COHERE).embed([HABIT], "query")
    make_embedder(COHERE).embed([HABIT] * 100, "passage")
    assert [request["input_type"] for request in server.requests] == ["search_query", *["search_document"] * 2]
    assert sorted(len(request["texts"]) for request in server.requests) == [1, 4, 96]


def test_cuts_a_long_question_but_no_passage(embedder: BedrockEmbedder) -> None:
    assert embedder.embed([LONG], "query").shape == (1, 1024)
    with pytest.raises(UnusableDocument):
        embedder.embed([LONG], "passage")


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("text", ["habit " * 3_000, "日常の習慣" * 3_000, "a\U0001f642" * 5_000, "\ud800" * 9_000])
def test_reaches_no_further_than_the_model_reads(make_embedder: MakeEmbedder, name: str, text: str) -> None:
    embedder, window = make_embedder(name), MODELS[name].window
    reach = embedder.reach(text)
    assert window - 4 < len(text[:reach].encode("utf-8", errors="replace")) <= window
    assert embedder.reach("") == 0


def test_a_missing_model_is_the_end_of_a_document(embedder: BedrockEmbedder, server: BedrockServer) -> None:
    server.embedders = {}
    with pytest.raises(EmbedderUnavailable, match="not there"):
        embedder.embed([HABIT], "query")
    with pytest.raises(UnusableDocument, match="not there"):
        embedder.embed([HABIT], "passage")


def test_refuses_a_model_that_it_does_not_know(make_embedder: MakeEmbedder) -> None:
    with pytest.raises(EmbedderUnavailable, match=r"choose one of amazon\.titan"):
        make_embedder("unheard-of").embed([HABIT], "query")
    with pytest.raises(UnusableDocument, match=r"choose one of amazon\.titan"):
        make_embedder("unheard-of").reach(HABIT)


def test_tries_once_more_what_may_pass(embedder: BedrockEmbedder, server: BedrockServer) -> None:
    server.expect(throttled)
    assert embedder.embed([HABIT], "query").shape == (1, 1024)
    server.expect(throttled, throttled)
    with pytest.raises(EmbedderUnavailable):
        embedder.embed([HABIT], "query")
    assert len(server.requests) == 4


def test_waits_no_longer_than_it_may(embedder: BedrockEmbedder, server: BedrockServer) -> None:
    server.expect(lambda wire: refusal(wire, 429, "ThrottlingException", "", Retry_After="70"))
    with pytest.raises(EmbedderUnavailable) as failed:
        embedder.embed([HABIT], "query")
    assert failed.value.retry_after_seconds == 70


def test_says_that_nobody_listens(server: BedrockServer, embedder: BedrockEmbedder) -> None:
    server.__exit__(None, None, None)
    with pytest.raises(EmbedderUnavailable, match="Nothing answers"):
        embedder.embed([HABIT], "query")


def test_does_not_wait_for_ever(server: BedrockServer, make_embedder: MakeEmbedder) -> None:
    server.expect(lambda wire: wire.wait())
    with pytest.raises(EmbedderUnavailable, match=r"within 0\.2 s"):
        make_embedder(query_seconds=0.2).embed([HABIT], "query")


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"embedding": []},
        {"embedding": [0.0] * 1024},
        {"embedding": [1.0] * 384},
        {"embedding": [None] * 1024},
        {"embedding": "none"},
        "<html>",
    ],
)
def test_refuses_what_is_no_vector(embedder: BedrockEmbedder, server: BedrockServer, answer: object) -> None:
    server.expect(lambda wire: wire.whole(200, json.dumps(answer).encode()))
    with pytest.raises(EmbedderUnavailable, match="no vectors of 1024 numbers"):
        embedder.embed([HABIT], "query")


def test_brings_vectors_to_length_one(embedder: BedrockEmbedder, server: BedrockServer) -> None:
    server.expect(lambda wire: wire.whole(200, json.dumps({"embedding": [2.0] * 1024}).encode()))
    assert np.allclose(np.linalg.norm(embedder.embed([HABIT], "query"), axis=1), 1)

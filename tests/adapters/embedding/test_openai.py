import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from coaching.adapters.embedding.openai import BATCH, DIMENSIONS, WINDOW, OpenAIEmbedder
from coaching.errors import EmbedderUnavailable, UnusableDocument
from tests.adapters.embedding.contract import HABIT, INVOICE, EmbedderContract
from tests.support.loopback_server import Wire
from tests.support.openai_server import OpenAIServer, refusal

LONG = "habit " * 9_000


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        yield running


@pytest.fixture
def embedder(server: OpenAIServer) -> OpenAIEmbedder:
    return OpenAIEmbedder(f"{server.url}/v1", lambda: "sk-good", retry_pause=0.0)


class TestOpenAIEmbedder(EmbedderContract):
    """`embedder` is the fixture above."""


def test_sends_what_the_protocol_asks_for(embedder: OpenAIEmbedder, server: OpenAIServer) -> None:
    embedder.embed([HABIT], "query")
    assert server.requests == [{"model": "text-embedding-3-small", "input": [HABIT], "encoding_format": "float"}]
    assert server.received[0].headers["authorization"] == "Bearer sk-good"
    assert (embedder.model, embedder.dimension) == ("openai-text-embedding-3-small", 1536)


def test_asks_for_many_texts_in_batches(embedder: OpenAIEmbedder, server: OpenAIServer) -> None:
    assert embedder.embed([HABIT, INVOICE] * BATCH, "passage").shape == (2 * BATCH, 1536)
    assert [len(request["input"]) for request in server.requests] == [BATCH, BATCH]


def test_cuts_a_long_question_but_no_passage(embedder: OpenAIEmbedder) -> None:
    assert embedder.embed([LONG], "query").shape == (1, 1536)
    with pytest.raises(UnusableDocument, match="longer than the window"):
        embedder.embed([LONG], "passage")


@pytest.mark.parametrize("text", ["habit " * 3_000, "日常の習慣" * 3_000, "a\U0001f642" * 5_000, "\ud800" * 9_000])
def test_reaches_no_further_than_the_model_reads_whatever_its_tokens_are(embedder: OpenAIEmbedder, text: str) -> None:
    reach = embedder.reach(text)
    assert WINDOW - 4 < len(text[:reach].encode("utf-8", errors="replace")) <= WINDOW
    assert embedder.reach("") == 0


def test_a_missing_model_is_the_end_of_a_document(embedder: OpenAIEmbedder, server: OpenAIServer) -> None:
    server.embedders = {}
    with pytest.raises(EmbedderUnavailable, match="not there"):
        embedder.embed([HABIT], "query")
    with pytest.raises(UnusableDocument, match="not there"):
        embedder.embed([HABIT], "passage")


def test_refuses_a_model_that_it_does_not_know(embedder: OpenAIEmbedder, server: OpenAIServer) -> None:
    unknown = replace(embedder, name="unheard-of")
    with pytest.raises(EmbedderUnavailable, match=f"choose one of {next(iter(DIMENSIONS))}"):
        unknown.embed([HABIT], "query")
    with pytest.raises(UnusableDocument):
        unknown.embed([HABIT], "passage")
    assert server.received == []


def test_a_document_waits_for_a_key_that_is_let_in(embedder: OpenAIEmbedder, server: OpenAIServer) -> None:
    server.keys = {"sk-new"}
    with pytest.raises(EmbedderUnavailable, match="refuses the key") as refused:
        embedder.embed([HABIT], "passage")
    assert "sk-" not in f"{refused.value} {embedder!r}"
    assert len(server.received) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_tries_once_more_what_may_pass(embedder: OpenAIEmbedder, server: OpenAIServer, status: int) -> None:
    def busy(wire: Wire) -> None:
        wire.whole(status, refusal("Busy"))

    server.expect(busy)
    assert embedder.embed([HABIT], "query").shape == (1, 1536)
    server.expect(busy, busy)
    with pytest.raises(EmbedderUnavailable):
        embedder.embed([HABIT], "query")
    assert len(server.received) == 4


def test_does_not_wait_longer_than_it_may(embedder: OpenAIEmbedder, server: OpenAIServer) -> None:
    server.expect(lambda wire: wire.whole(429, refusal("Busy"), Retry_After="90"))
    with pytest.raises(EmbedderUnavailable) as busy:
        embedder.embed([HABIT], "passage")
    assert busy.value.retry_after_seconds == 90
    assert len(server.received) == 1
    server.expect(lambda wire: wire.wait())
    with pytest.raises(EmbedderUnavailable, match=r"within 0\.1 s"):
        replace(embedder, query_seconds=0.1).embed([HABIT], "query")


def test_says_that_nobody_listens() -> None:
    with OpenAIServer() as stopped:
        url = stopped.url
    with pytest.raises(EmbedderUnavailable, match="Nothing answers"):
        OpenAIEmbedder(url, lambda: "", retry_pause=0.0).embed([HABIT], "query")


def _answering(*vectors: object) -> Callable[[Wire], None]:
    data = [{"index": at, "embedding": vector} for at, vector in enumerate(vectors)]
    return lambda wire: wire.whole(200, json.dumps({"data": data}).encode())


@pytest.mark.parametrize(
    "answer",
    [
        _answering(),
        _answering([0.0] * 1536),
        _answering([1.0] * 384),
        _answering([1.0] * 1536, [1.0] * 1536),
        _answering([1.0] * 1536, [1.0]),
        _answering("none"),
        lambda wire: wire.whole(200, b'{"data": [{"index": 1, "embedding": [1.0]}]}'),
        lambda wire: wire.whole(200, b"<html>Welcome</html>", "text/html"),
    ],
)
def test_refuses_what_is_no_vector(
    embedder: OpenAIEmbedder, server: OpenAIServer, answer: Callable[[Wire], None]
) -> None:
    server.expect(answer)
    with pytest.raises(EmbedderUnavailable, match="no vectors of 1536 numbers"):
        embedder.embed([HABIT], "query")


def test_brings_vectors_to_length_one(embedder: OpenAIEmbedder, server: OpenAIServer) -> None:
    server.expect(_answering([2.0] * 1536))
    assert np.allclose(np.linalg.norm(embedder.embed([HABIT], "query"), axis=1), 1)

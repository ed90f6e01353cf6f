"""Each embedder that settings can name is asked where they say, and what two of them made is never mixed."""

from pathlib import Path

import numpy as np
import pytest

from coaching import wiring
from coaching.errors import EmbedderUnavailable
from coaching.knowledge.ports import EmbeddedPassage
from coaching.wiring.searching import token_limit
from tests.conversation.conftest import DEMO, passage
from tests.support.bedrock_server import BedrockServer, given_credentials
from tests.support.ollama_server import OllamaServer
from tests.support.openai_server import OpenAIServer
from tests.wiring.conftest import Configure

TEXTS = ["Rest two days a week.", "An ember takes four minutes."]


def embeds(model: str, dimension: int) -> None:
    embedder = wiring.embedder()
    vectors = embedder.embed(TEXTS, "passage")
    assert (embedder.model, embedder.dimension) == (model, dimension)
    assert vectors.shape == (2, dimension)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    limit = token_limit()
    assert limit is not None
    assert limit.reach(TEXTS[0]) == len(TEXTS[0])


def test_openai_with_its_key(configure: Configure) -> None:
    with OpenAIServer() as server:
        configure(embedder="openai", openai_url=f"{server.url}/v1", openai_api_key="sk-good")
        embeds("openai-text-embedding-3-small", 1536)
        configure(openai_api_key="sk-bad")
        with pytest.raises(EmbedderUnavailable):
            wiring.embedder().embed(["Why?"], "query")


def test_bedrock_in_its_region(configure: Configure, monkeypatch: pytest.MonkeyPatch) -> None:
    given_credentials(monkeypatch)
    with BedrockServer() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", server.url)
        configure(embedder="bedrock", bedrock_region="us-east-1")
        embeds("bedrock-amazon.titan-embed-text-v2:0", 1024)


def test_ollama_at_its_address(configure: Configure) -> None:
    with OllamaServer({"nomic-embed-text": 2048}) as server:
        configure(embedder="ollama", ollama_url=server.url)
        embeds("ollama-nomic-embed-text", 768)


def test_another_embedder_compares_no_vectors_with_those_of_the_one_before(
    configure: Configure, tmp_path: Path
) -> None:
    with OpenAIServer() as server:
        configure(
            embedder="openai", openai_url=f"{server.url}/v1", openai_api_key="sk-good", vector_folder=str(tmp_path)
        )
        one = passage(TEXTS[0])
        vector = wiring.embedder().embed([one.text], "passage")[0]
        wiring.passages().stage(DEMO, one.document_id, 1, [EmbeddedPassage(one, vector)], wiring.embedder().model)
        wiring.passages().publish(DEMO, one.document_id, 1)
        assert wiring.search_passages()(DEMO, "rest days", k=1).retrieval == "hybrid"
        configure(openai_embedding_model="text-embedding-3-large")
        server.embedders["text-embedding-3-large"] = 3072
        by_words = wiring.search_passages()(DEMO, "rest days", k=1)
        assert (by_words.retrieval, by_words.vector) == ("lexical", None)
        assert [found.passage.text for found in by_words.passages] == [one.text]

"""Meaning: embedders, the store of passages, and searching it."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, assert_never

from coaching.settings import settings
from coaching.wiring.vendors import bedrock, key_of

if TYPE_CHECKING:
    from coaching.adapters.embedding.bedrock import BedrockEmbedder
    from coaching.adapters.embedding.minilm import MiniLMEmbedder
    from coaching.adapters.embedding.ollama import OllamaEmbedder
    from coaching.adapters.embedding.onnx import OnnxEmbedder
    from coaching.adapters.embedding.openai import OpenAIEmbedder
    from coaching.adapters.search.opensearch_reindex import OpenSearchReindex
    from coaching.knowledge.ports import (
        Embedder,
        PassageReader,
        PassageWriter,
        Reranker,
        TokenEmbedder,
        TokenLimit,
    )
    from coaching.knowledge.search import SearchPassages

    class PassageStore(PassageReader, PassageWriter, Protocol): ...


@cache
def embedder() -> "Embedder":
    match settings().embedder:
        case "minilm":
            return bundled_model()
        case "hash":
            from coaching.adapters.embedding.hashing import HashEmbedder

            return HashEmbedder()
        case "onnx":
            return _onnx_embedder()
        case "ollama":
            return _ollama_embedder()
        case "openai":
            return _openai_embedder()
        case "bedrock":
            return _bedrock_embedder()
        case unknown:
            assert_never(unknown)


@cache
def bundled_model() -> "MiniLMEmbedder":
    from coaching.adapters.embedding.minilm import MiniLMEmbedder

    return MiniLMEmbedder(Path(settings().minilm_folder))


@cache
def tokens() -> "TokenEmbedder":
    """What the composer reads by: the bundled model, whatever search uses; words alone where tests do without it."""
    from coaching.adapters.embedding.hashed_words import HashedWords
    from coaching.adapters.embedding.recent_tokens import RecentTokens

    return HashedWords() if settings().embedder == "hash" else RecentTokens(bundled_model())


@cache
def _onnx_embedder() -> "OnnxEmbedder":
    from coaching.adapters.embedding.onnx import OnnxEmbedder

    return OnnxEmbedder(Path(settings().onnx_embedder_folder))


@cache
def _ollama_embedder() -> "OllamaEmbedder":
    from coaching.adapters.embedding.ollama import OllamaEmbedder

    return OllamaEmbedder(settings().ollama_url, settings().ollama_embedding_model)


@cache
def _openai_embedder() -> "OpenAIEmbedder":
    from coaching.adapters.embedding.openai import OpenAIEmbedder

    return OpenAIEmbedder(settings().openai_url, key_of("openai"), settings().openai_embedding_model)


@cache
def _bedrock_embedder() -> "BedrockEmbedder":
    from coaching.adapters.embedding.bedrock import BedrockEmbedder

    return BedrockEmbedder(bedrock(settings().bedrock_region), settings().bedrock_embedding_model)


@cache
def token_limit() -> "TokenLimit | None":
    """How much the embedder reads at once; None where it reads passages of any length."""
    match settings().embedder:
        case "minilm":
            from coaching.adapters.embedding.minilm_tokens import MiniLMTokens

            return MiniLMTokens(Path(settings().minilm_folder))
        case "onnx":
            return _onnx_embedder()
        case "ollama":
            return _ollama_embedder()
        case "openai":
            return _openai_embedder()
        case "bedrock":
            return _bedrock_embedder()
        case "hash":
            return None
        case unknown:
            assert_never(unknown)


@cache
def passage_embedder() -> "Embedder":
    """The embedder for documents: what was embedded once is kept, where the stage has a folder for it."""
    if not settings().embedding_cache_folder:
        return embedder()
    from coaching.adapters.embedding.cached import CachedEmbedder

    return CachedEmbedder(embedder(), Path(settings().embedding_cache_folder))


@cache
def passages() -> "PassageStore":
    match settings().vector_store:
        case "embedded":
            from coaching.adapters.search.embedded import EmbeddedPassages

            return EmbeddedPassages(Path(settings().vector_folder), language=settings().search_language)
        case "s3":
            from coaching.adapters.aws.clients import s3_client
            from coaching.adapters.search.s3 import S3Passages

            copies = Path(settings().vector_folder)
            return S3Passages(s3_client, settings().segments_bucket, copies, language=settings().search_language)
        case "opensearch":
            from coaching.adapters.search.opensearch import OpenSearchPassages

            chosen = settings()
            return OpenSearchPassages(
                chosen.opensearch_endpoint, region=chosen.aws_region, language=chosen.search_language
            )
        case unknown:
            assert_never(unknown)


@cache
def reindex_passages() -> "OpenSearchReindex":
    from coaching.adapters.search.opensearch_reindex import OpenSearchReindex

    chosen = settings()
    return OpenSearchReindex(
        chosen.opensearch_endpoint, embedder(), region=chosen.aws_region, language=chosen.search_language
    )


@cache
def search_passages() -> "SearchPassages":
    from coaching.knowledge.search import SearchPassages

    return SearchPassages(embedder(), passages(), _reranker())


@cache
def _reranker() -> "Reranker | None":
    match settings().reranker:
        case "none":
            return None
        case "onnx":
            from coaching.adapters.reranking.onnx import OnnxReranker

            return OnnxReranker(Path(settings().reranker_folder))
        case unknown:
            assert_never(unknown)

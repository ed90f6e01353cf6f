"""What a stage's embedder needs: the variables that name it and the permission to ask it. No CDK here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from infra.model_access import NoSuchModel

_MODEL_VARIABLES: Final[Mapping[str, str]] = {
    "ollama": "OLLAMA_EMBEDDING_MODEL",
    "openai": "OPENAI_EMBEDDING_MODEL",
    "bedrock": "BEDROCK_EMBEDDING_MODEL",
}
_BEDROCK_DEFAULT: Final = "amazon.titan-embed-text-v2:0"


@dataclass(frozen=True, slots=True)
class Embedding:
    """Who embeds: `minilm` in the functions themselves, or `model` of a provider's; empty for the usual one.

    Another one is another index: see `infra/reindex.py` before you change it in a stage that has documents.
    """

    by: Literal["minilm", "ollama", "openai", "bedrock"] = "minilm"
    model: str = ""


def embedding_variables(embedding: Embedding, *, ollama_url: str, keys_secret: str) -> dict[str, str]:
    """Return the variables of a function that embeds. Raises: NoSuchModel where the stage leaves one unsaid."""
    found: dict[str, str] = {"EMBEDDER": embedding.by}
    if embedding.model and embedding.by in _MODEL_VARIABLES:
        found[_MODEL_VARIABLES[embedding.by]] = embedding.model
    if embedding.by == "ollama":
        if not ollama_url:
            raise NoSuchModel("Ollama is to embed: name ollama_url in the stage, where every function reaches it.")
        found["OLLAMA_URL"] = ollama_url
    if embedding.by == "openai":
        if not keys_secret:
            raise NoSuchModel("OpenAI is to embed and asks for a key: name model_keys_secret in the stage.")
        found["MODEL_KEYS_SECRET"] = keys_secret
    return found


def embedding_resources(embedding: Embedding, *, partition: str, region: str) -> Iterator[str]:
    """Yield the ARNs that a function must be permitted to invoke."""
    if embedding.by == "bedrock":
        yield f"arn:{partition}:bedrock:{region}::foundation-model/{embedding.model or _BEDROCK_DEFAULT}"

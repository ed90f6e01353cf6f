"""The only reader of the environment: what differs between stages, as one frozen model."""

import os
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Json, SecretStr

from coaching.vocabulary import Language, Role


def _named(value: object) -> object:
    return tuple(filter(None, map(str.strip, value.split(",")))) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_named)]


class Settings(BaseModel):
    """One field per environment variable of the same name in capitals.

    Names of resources are empty where a function does not use them; the adapter that needs one says so.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    stage: str = "local"
    aws_region: str = "us-east-1"
    table_name: str = ""
    uploads_bucket: str = ""
    work_bucket: str = ""
    ingestion_state_machine_arn: str = ""
    deletion_state_machine_arn: str = ""
    switching_state_machine_arn: str = ""
    escalation_state_machine_arn: str = ""

    user_pool_client_id: str = ""
    route_roles: Json[dict[str, tuple[Role, ...]]] = {}
    """JSON: `METHOD /path` to the roles that may call it; a route that is not listed is refused."""

    vector_store: Literal["embedded", "s3", "opensearch"] = "embedded"
    vector_folder: str = ""
    """Where `embedded` keeps passages, and `s3` copies of what it read."""
    segments_bucket: str = ""
    opensearch_endpoint: str = ""

    search_language: Language = "english"
    """Of the documents of this stage. What was indexed in another is indexed anew."""

    embedder: Literal["minilm", "hash", "onnx", "ollama", "openai", "bedrock"] = "minilm"
    """`onnx` is a model of your own in `onnx_embedder_folder`; for the others see the names of their models below.
    Another embedder is another index: what was embedded with the one before is indexed anew, never mixed in."""
    minilm_folder: str = "/opt/minilm"
    onnx_embedder_folder: str = ""
    ollama_embedding_model: str = "nomic-embed-text"
    """At `ollama_url`."""
    openai_embedding_model: str = "text-embedding-3-small"
    """At `openai_url`, with OpenAI's key."""
    bedrock_embedding_model: str = "amazon.titan-embed-text-v2:0"
    reranker: Literal["none", "onnx"] = "none"
    """`onnx` is a cross-encoder of your own in `reranker_folder`, which looks at the best 30 passages once more."""
    reranker_folder: str = ""
    embedding_cache_folder: str = ""
    """Empty: embeddings are not cached."""

    speech_provider: Literal["none", "transcribe"] = "none"
    """`none` means that recordings are refused, with the advice to upload their transcripts."""
    transcription_prefix: str = "creator-coach-local"
    """Begins the names of this stage's transcription jobs; it has no dot."""

    notice_sender: str = ""
    """The address, verified with SES, from which coaches are told of escalations. Empty: by text message alone."""

    chat_models: Names = ()
    """Who words replies, with a comma between names: `ollama:llama3:8b,openai:gpt-4.1-mini`. Who stands later is asked
    when those before cannot answer. Empty means that no model is asked: replies are composed of the creator's own
    sentences. Providers are those of `coaching.models.catalogue`."""
    model_cards: Json[tuple[dict[str, Any], ...]] = ()
    """JSON: cards of models that the catalogue lacks, with the fields of `coaching.models.catalogue.ModelCard`."""
    ollama_url: str = "http://127.0.0.1:11434"
    """Of one server, of several with a comma between, or a name with an address for each."""
    gguf_path: str = ""
    """The file of the `llama_cpp` model."""
    openai_url: str = "https://api.openai.com/v1"
    anthropic_url: str = "https://api.anthropic.com"
    huggingface_url: str = "https://router.huggingface.co/v1"
    huggingface_runs: Literal["hosted", "in_process"] = "hosted"
    """`in_process`: by transformers, which `requirements/huggingface.txt` brings. The model's name is then a folder, or
    one on the Hub whose files were downloaded before; one that the catalogue lacks has its card in `model_cards`."""
    bedrock_region: str = ""
    """Empty: the region on a model's card, or that of everything else."""
    model_keys_secret: str = ""
    """A secret in Secrets Manager: JSON with the keys of `openai`, `anthropic`, `huggingface`. Empty: those below."""
    openai_api_key: SecretStr = SecretStr("")
    anthropic_api_key: SecretStr = SecretStr("")
    huggingface_api_key: SecretStr = SecretStr("")


@cache
def settings() -> Settings:
    """Return the settings, read once. Raises: pydantic.ValidationError for a value that makes no sense."""
    known = {name.upper(): name for name in Settings.model_fields}
    return Settings.model_validate({known[key]: value for key, value in os.environ.items() if key in known})

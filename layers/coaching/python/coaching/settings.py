"""The only reader of the environment: what differs between stages, as one frozen model."""

import os
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Json

from coaching.vocabulary import Role


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

    user_pool_client_id: str = ""
    route_roles: Json[dict[str, tuple[Role, ...]]] = {}
    """JSON: `METHOD /path` to the roles that may call it; a route that is not listed is refused."""

    vector_store: Literal["embedded", "opensearch"] = "embedded"
    vector_folder: str = ""
    opensearch_endpoint: str = ""

    embedder: Literal["minilm", "hash"] = "minilm"
    minilm_folder: str = "/opt/minilm"
    embedding_cache_folder: str = ""
    """Empty: embeddings are not cached."""

    chat_provider: Literal["composer", "ollama", "llama_cpp"] = "composer"
    """`composer` means that no model is asked: replies are composed of the creator's own sentences."""
    ollama_url: str = "http://127.0.0.1:11434"
    ollama_model: str = "llama3:8b"
    gguf_path: str = ""


@cache
def settings() -> Settings:
    """Return the settings, read once. Raises: pydantic.ValidationError for a value that makes no sense."""
    known = {name.upper(): name for name in Settings.model_fields}
    return Settings.model_validate({known[key]: value for key, value in os.environ.items() if key in known})

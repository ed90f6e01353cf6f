"""The environment that the functions find: on AWS each has its own, here one process has them all in one."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from coaching.settings import settings
from infra.plan import System
from local.aws import CREDENTIALS
from local.cloud import NOTICE_SENDER, TRANSCRIPTION_PREFIX, Cloud
from local.functions import REGION
from local.state_folder import StateFolder

CACHE = Path(".cache")
MINILM_FOLDER = CACHE / "minilm"
EMBEDDING_CACHE_FOLDER = CACHE / "embeddings"

LIBRARIES: Mapping[str, str] = {
    "POWERTOOLS_SERVICE_NAME": "coaching",
    "POWERTOOLS_METRICS_NAMESPACE": "CreatorCoach",
    "POWERTOOLS_TRACE_DISABLED": "true",
}
"""What libraries read when a handler is imported."""


@dataclass(frozen=True, slots=True)
class Models:
    """What embeds, what answers and what hears; the names are those of `coaching.settings`.

    moto notes transcription jobs and hears nothing, so `transcribe` is for tests that bring a transcript.
    """

    chat_models: tuple[str, ...] = ()
    ollama_url: str = ""
    gguf_path: str = ""
    embedder: Literal["minilm", "hash", "onnx", "ollama", "openai"] = "minilm"
    speech_provider: Literal["none", "transcribe"] = "none"


def function_environment(system: System, cloud: Cloud, models: Models, state: StateFolder) -> dict[str, str]:
    """Return the variables of every function together."""
    values = {
        "STAGE": "local",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": cloud.url,
        **CREDENTIALS,
        "TABLE_NAME": system.table.name,
        **{f"{bucket.name.upper()}_BUCKET": bucket.name for bucket in system.buckets},
        **{f"{name.upper()}_STATE_MACHINE_ARN": arn for name, arn in cloud.state_machine_arns.items()},
        "USER_POOL_CLIENT_ID": cloud.user_pool.client_id,
        "ROUTE_ROLES": json.dumps({route.key: route.roles for route in system.routes}),
        "VECTOR_STORE": "embedded",
        "VECTOR_FOLDER": str(state.vectors.resolve()),
        "EMBEDDER": models.embedder,
        "MINILM_FOLDER": str(MINILM_FOLDER.resolve()),
        "EMBEDDING_CACHE_FOLDER": str(EMBEDDING_CACHE_FOLDER.resolve()),
        "CHAT_MODELS": ",".join(models.chat_models),
        "OLLAMA_URL": models.ollama_url,
        "GGUF_PATH": models.gguf_path,
        "SPEECH_PROVIDER": models.speech_provider,
        "TRANSCRIPTION_PREFIX": TRANSCRIPTION_PREFIX,
        "NOTICE_SENDER": NOTICE_SENDER,
        **LIBRARIES,
    }
    return {name: value for name, value in values.items() if value}


def use_environment(values: Mapping[str, str]) -> None:
    """Give this process the functions' environment. To be called before a handler is imported."""
    # A profile of the developer's own account must not be reached from here, nor a proxy asked for 127.0.0.1.
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_DEFAULT_PROFILE"):
        os.environ.pop(name, None)
    no_proxy = ",".join(filter(None, [os.environ.get("NO_PROXY", ""), "127.0.0.1", "localhost"]))
    os.environ.update({**values, "NO_PROXY": no_proxy, "no_proxy": no_proxy})
    settings.cache_clear()

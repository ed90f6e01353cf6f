"""The environment of a function: what `coaching.settings` reads there. No CDK here."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from coaching.vocabulary import Language
from infra.embedding_access import Embedding, embedding_variables
from infra.model_access import ChatModels, naming, variables, verification_variables
from infra.plan import PASSAGES, SEGMENTS, Capability, System

_COPIES_OF_SEGMENTS: Final = "/tmp/passages"  # noqa: S108 - where a function may write


@dataclass(frozen=True, slots=True)
class Resources:
    """What the resources are called where the functions run; state machines and buckets by their names in the plan.

    From `chat_models` on they say what words replies, what embeds (`outside_ollama_url` is an Ollama that every
    function reaches), what writes speech down and in which language documents are, as `coaching.settings` names it, and
    from which address people are written to.
    """

    table: str
    buckets: Mapping[str, str]
    state_machines: Mapping[str, str]
    search_url: str
    user_pool_client: str
    chat_models: ChatModels
    embedding: Embedding
    outside_ollama_url: str
    speech_provider: Literal["none", "transcribe"]
    transcription_prefix: str
    search_language: Language
    notice_sender: str


def environment(capability: Capability, system: System, resources: Resources) -> dict[str, str]:
    """Return which adapters to use and the names of what the capability has grants on, and the roles of its own routes.

    Raises: NoSuchModel.
    """
    touched = {grant.resource for grant in capability.grants}
    found: dict[str, str] = {"EMBEDDER": resources.embedding.by}
    if "table" in touched:
        found["TABLE_NAME"] = resources.table
    for name in sorted(touched & set(resources.buckets)):
        found[f"{name.upper()}_BUCKET"] = resources.buckets[name]
    # Who only tells a machine's waiting tasks has their tokens.
    started = {grant.resource for grant in capability.grants if "StartExecution" in grant.actions}
    for name in sorted(started & set(resources.state_machines)):
        found[f"{name.upper()}_STATE_MACHINE_ARN"] = resources.state_machines[name]
    if PASSAGES in touched:
        found |= {"VECTOR_STORE": "opensearch", "OPENSEARCH_ENDPOINT": resources.search_url}
    if SEGMENTS in touched:
        found |= {"VECTOR_STORE": "s3", "VECTOR_FOLDER": _COPIES_OF_SEGMENTS}
    if {PASSAGES, SEGMENTS} & touched:
        found["SEARCH_LANGUAGE"] = resources.search_language
    routes = system.routes_of(capability.name)
    if routes:
        found["USER_POOL_CLIENT_ID"] = resources.user_pool_client
        found["ROUTE_ROLES"] = json.dumps({route.key: route.roles for route in routes})
    if capability.chats:
        found |= variables(resources.chat_models)
    if capability.verifies:
        found |= verification_variables(resources.chat_models, outside_ollama_url=resources.outside_ollama_url)
    if capability.embeds:
        found |= embedding_variables(
            resources.embedding, ollama_url=resources.outside_ollama_url, keys_secret=resources.chat_models.keys_secret
        )
    if capability.names_models:
        found |= naming(resources.chat_models)
    if capability.hears:
        found |= {"SPEECH_PROVIDER": resources.speech_provider, "TRANSCRIPTION_PREFIX": resources.transcription_prefix}
    if capability.notifies:
        found["NOTICE_SENDER"] = resources.notice_sender
    return found

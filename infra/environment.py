"""The environment of a function: what `coaching.settings` reads there. No CDK here."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, assert_never

from infra.permissions import PASSAGES
from infra.plan import Capability, System

_ON_AWS: Final = {"VECTOR_STORE": "opensearch", "EMBEDDER": "minilm"}


@dataclass(frozen=True, slots=True)
class Resources:
    """What the resources are called where the functions run; state machines and buckets by their names in the plan.

    The last three say what words replies; the names are those of `coaching.settings`.
    """

    table: str
    buckets: Mapping[str, str]
    state_machines: Mapping[str, str]
    search_url: str
    user_pool_client: str
    chat_provider: Literal["composer", "ollama"]
    ollama_url: str
    ollama_model: str


class NoSuchModel(Exception):
    """The message says what the stage has to name."""


def environment(capability: Capability, system: System, resources: Resources) -> dict[str, str]:
    """Return which adapters to use and the names of what the capability has grants on, and the roles of its own routes.

    Raises: NoSuchModel.
    """
    touched = {grant.resource for grant in capability.grants}
    found = dict(_ON_AWS)
    if "table" in touched:
        found["TABLE_NAME"] = resources.table
    for name in sorted(touched & set(resources.buckets)):
        found[f"{name.upper()}_BUCKET"] = resources.buckets[name]
    for name in sorted(touched & set(resources.state_machines)):
        found[f"{name.upper()}_STATE_MACHINE_ARN"] = resources.state_machines[name]
    if PASSAGES in touched:
        found["OPENSEARCH_ENDPOINT"] = resources.search_url
    routes = system.routes_of(capability.name)
    if routes:
        found["USER_POOL_CLIENT_ID"] = resources.user_pool_client
        found["ROUTE_ROLES"] = json.dumps({route.key: route.roles for route in routes})
    if capability.chats:
        found |= _chat_model(resources)
    return found


def _chat_model(resources: Resources) -> dict[str, str]:
    match resources.chat_provider:
        case "composer":
            return {"CHAT_PROVIDER": "composer"}
        case "ollama":
            if not resources.ollama_url or not resources.ollama_model:
                raise NoSuchModel("Replies are to be worded by Ollama: name ollama_url and ollama_model in the stage.")
            return {
                "CHAT_PROVIDER": "ollama",
                "OLLAMA_URL": resources.ollama_url,
                "OLLAMA_MODEL": resources.ollama_model,
            }
        case unknown:
            assert_never(unknown)

"""Which models are served: `GET /models` of OpenAI, of those who speak its protocol, and of Anthropic; Ollama's own.

Source: https://platform.openai.com/docs/api-reference/models/list and https://docs.claude.com/en/api/models-list.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic import ValidationError

from coaching.adapters.llm.anthropic_failures import anthropic_code
from coaching.adapters.llm.deadlines import Countdown
from coaching.adapters.llm.hosted_api import ApiKey, HostedApi, failure, printable
from coaching.adapters.llm.ollama import InstalledModels
from coaching.adapters.llm.openai_failures import openai_code
from coaching.adapters.payload import Payload
from coaching.models.balancing import Nodes
from coaching.models.failures import unavailable
from coaching.models.verification import ModelList

ANTHROPIC_VERSION: Final = "2023-06-01"
_LARGEST_ANSWER: Final = 8 << 20
_PAGE: Final = 1_000
"""The most that Anthropic gives at once, and many more than it has."""


class _Named(Payload):
    id: str


class _Listed(Payload):
    data: tuple[_Named, ...]


@dataclass(frozen=True, slots=True)
class OpenAIModels(ModelList):
    """What the server whose address before `/models` is `base_url` lists for the key, within `seconds`."""

    base_url: str
    api_key: ApiKey = field(repr=False)
    who: str = "OpenAI"
    seconds: float = 2.0

    def names(self) -> Collection[str]:
        api = HostedApi(self.who, f"{self.base_url.rstrip('/')}/models", self._headers, openai_code)
        return _names(api, self.seconds)

    def _headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {printable(self.api_key(), self.who)}"}


@dataclass(frozen=True, slots=True)
class AnthropicModels(ModelList):
    """What Anthropic lists for the key, within `seconds`."""

    base_url: str
    api_key: ApiKey = field(repr=False)
    seconds: float = 2.0

    def names(self) -> Collection[str]:
        url = f"{self.base_url.rstrip('/')}/v1/models?limit={_PAGE}"
        return _names(HostedApi("Anthropic", url, self._headers, anthropic_code), self.seconds)

    def _headers(self) -> Mapping[str, str]:
        return {"x-api-key": printable(self.api_key(), "Anthropic"), "anthropic-version": ANTHROPIC_VERSION}


@dataclass(frozen=True, slots=True)
class FirstNodesModels(ModelList):
    """What the first node of an Ollama service has; its nodes are alike."""

    nodes: Nodes
    seconds: float

    def names(self) -> Collection[str]:
        addresses = self.nodes.addresses()
        if not addresses:
            raise unavailable("unreachable", "No node of the Ollama service is known: start one.")
        return InstalledModels(addresses[0], self.seconds).names()


def _names(api: HostedApi, seconds: float) -> Collection[str]:
    countdown = Countdown(api.who, seconds)
    with api.get(countdown, connect=seconds, first_token=seconds) as exchange:
        body = exchange.body(_LARGEST_ANSWER)
    try:
        return frozenset(named.id for named in _Listed.model_validate_json(body).data)
    except ValidationError as error:
        raise failure("malformed_answer", api.who) from error

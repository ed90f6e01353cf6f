"""The chat models that are known, as data. Not every deployment has each: `coaching.settings` says which it asks."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

Provider = Literal["ollama", "bedrock", "openai", "anthropic", "huggingface", "llama_cpp"]
Quality = Literal["fast", "medium", "high"]
Feature = Literal["streaming", "json_schema", "tools"]


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What is known of a model before it is asked.

    `name` is the provider and the provider's own name of it, `ollama:llama3:8b`. `context_tokens` bounds prompt and
    answer together. Prices are US dollars per million tokens; of a model on one's own machine they are 0.
    """

    provider: Provider
    model: str
    context_tokens: int
    quality: Quality
    price_in: Decimal = Decimal(0)
    price_out: Decimal = Decimal(0)
    features: frozenset[Feature] = frozenset({"streaming"})
    region: str = ""

    @property
    def name(self) -> str:
        return f"{self.provider}:{self.model}"


CATALOGUE: Final[tuple[ModelCard, ...]] = (
    ModelCard("ollama", "llama3:8b", 8_192, "high", features=frozenset({"streaming", "json_schema"})),
    ModelCard("ollama", "mistral:7b", 4_096, "medium", features=frozenset({"streaming", "json_schema"})),
    ModelCard("ollama", "phi3:mini", 2_048, "fast", features=frozenset({"streaming", "json_schema"})),
)

"""The chat models that are known, as data. Not every deployment has each: `coaching.settings` says which it asks.

Looked up on 2026-11-23; look prices up again before you rely on them.

- Ollama: the windows are those that the product runs them with, not the largest that they can be given.
- Bedrock: ids for Converse and ConverseStream in us-east-1; those that begin with `us.` are inference profiles. From
  docs.aws.amazon.com/bedrock (models-supported, structured-output), platform.claude.com/docs (claude-on-amazon-bedrock:
  Converse serves Claude up to 4.6) and, for prices, AWS's price list as collected in LiteLLM 1.109.1
  (model_prices_and_context_window_backup.json), which is the second source of the other rows.
- OpenAI: developers.openai.com/api/docs/models. What enters GPT-6 may have 922,000 tokens; beyond 272,000 a request may
  cost twice as much.
- Anthropic: platform.claude.com/docs/en/models. Claude Haiku 5.5 costs five times as much beyond 100,000 tokens.
- Hugging Face: ids of router.huggingface.co/v1; huggingface.co/inference/models. The router chooses who serves, at that
  one's price: here stands the dearest of the larger ones.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coaching.errors import Invalid, NotFound

Provider = Literal["ollama", "bedrock", "openai", "anthropic", "huggingface", "llama_cpp"]
Quality = Literal["fast", "medium", "high"]
Feature = Literal["streaming", "json_schema", "tools", "temperature"]
"""`temperature`: the model takes one. Some newer ones refuse a request that sets it."""
PLAIN: Final[frozenset[Feature]] = frozenset({"streaming", "temperature"})
SCHEMA: Final[frozenset[Feature]] = PLAIN | {"json_schema"}
ALL: Final[frozenset[Feature]] = SCHEMA | {"tools"}
NO_TEMPERATURE: Final[frozenset[Feature]] = ALL - {"temperature"}


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What is known of a model before it is asked.

    `name` is the provider and the provider's own name of it, `ollama:llama3:8b`. `context_tokens` bounds prompt and
    answer together. Prices are US dollars per million tokens; of a model on one's own machine they are 0. `region` is
    empty where the provider does not sell by region.
    """

    provider: Provider
    model: str
    context_tokens: int
    quality: Quality
    price_in: Decimal = Decimal(0)
    price_out: Decimal = Decimal(0)
    features: frozenset[Feature] = PLAIN
    region: str = ""

    @property
    def name(self) -> str:
        return f"{self.provider}:{self.model}"


def _sold(
    provider: Provider,
    model: str,
    context_tokens: int,
    quality: Quality,
    prices: tuple[str, str],
    features: frozenset[Feature] = ALL,
    region: str = "",
) -> ModelCard:
    price_in, price_out = map(Decimal, prices)
    return ModelCard(provider, model, context_tokens, quality, price_in, price_out, features, region)


CATALOGUE: Final[tuple[ModelCard, ...]] = (
    ModelCard("ollama", "llama3:8b", 8_192, "high", features=SCHEMA),
    ModelCard("ollama", "mistral:7b", 4_096, "medium", features=SCHEMA),
    ModelCard("ollama", "phi3:mini", 2_048, "fast", features=SCHEMA),
    _sold("bedrock", "us.anthropic.claude-sonnet-4-6", 1_000_000, "high", ("3.30", "16.50"), ALL, "us-east-1"),
    _sold(
        "bedrock", "us.anthropic.claude-haiku-4-5-20251001-v1:0", 200_000, "medium", ("1.10", "5.50"), ALL, "us-east-1"
    ),
    _sold("bedrock", "us.amazon.nova-2-lite-v1:0", 1_000_000, "medium", ("0.33", "2.75"), ALL, "us-east-1"),
    _sold("bedrock", "us.amazon.nova-micro-v1:0", 128_000, "fast", ("0.035", "0.14"), ALL, "us-east-1"),
    _sold("openai", "gpt-6.1-sol", 922_000, "high", ("2", "10"), NO_TEMPERATURE),
    _sold("openai", "gpt-6.1-terra", 922_000, "medium", ("1", "5"), NO_TEMPERATURE),
    _sold("openai", "gpt-6-luna", 922_000, "fast", ("0.10", "0.50"), NO_TEMPERATURE),
    _sold("openai", "gpt-4.1-mini", 1_047_576, "medium", ("0.40", "1.60")),
    _sold("anthropic", "claude-sonnet-5-5", 1_000_000, "high", ("2", "10"), NO_TEMPERATURE),
    _sold("anthropic", "claude-haiku-4-5", 200_000, "medium", ("1", "5")),
    _sold("anthropic", "claude-haiku-5-5", 1_000_000, "fast", ("0.10", "0.50"), NO_TEMPERATURE),
    _sold("huggingface", "Qwen/Qwen3.5-397B-A17B", 262_144, "high", ("0.60", "3.60"), PLAIN | {"tools"}),
    _sold("huggingface", "openai/gpt-oss-120b", 131_072, "medium", ("0.35", "0.75")),
    _sold("huggingface", "openai/gpt-oss-20b", 131_072, "fast", ("0.10", "0.50")),
)

OWN_CONTEXT_TOKENS: Final = 4_096
"""Of a model of one's own that has no card: nearly every model has so large a window."""

_Price = Annotated[Decimal, Field(ge=0, allow_inf_nan=False)]


class _Card(BaseModel):
    """A card as a deployment gives it: the fields of `ModelCard`, with their names."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    provider: Provider
    model: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S+$")]
    context_tokens: Annotated[int, Field(ge=512)]
    quality: Quality
    price_in: _Price = Decimal(0)
    price_out: _Price = Decimal(0)
    features: frozenset[Feature] = PLAIN
    region: str = ""


def with_custom(added: Iterable[Mapping[str, Any]], shipped: Sequence[ModelCard] = CATALOGUE) -> tuple[ModelCard, ...]:
    """Return the shipped cards and those that a deployment adds, given as data with the fields of `ModelCard`.

    Raises: Invalid for a card that makes no sense, or one whose name is taken.
    """
    cards = list(shipped)
    for number, data in enumerate(added):
        cards.append(_read(number, data))
        if cards[-1].name in {card.name for card in cards[:-1]}:
            sentence = f"There is a model {cards[-1].name} already: give each model one card."
            raise Invalid(sentence, fields={f"/{number}/model": sentence})
    return tuple(cards)


def card(name: str, cards: Sequence[ModelCard] = CATALOGUE) -> ModelCard:
    """Return the card of `name`, such as `ollama:llama3:8b`. Raises: NotFound, which names the nearest ones."""
    found = next((each for each in cards if each.name == name), None)
    if found:
        return found
    known = [each.name for each in cards]
    near = get_close_matches(name, known, n=3, cutoff=0.4) or known[:3]
    raise NotFound(f'There is no model "{name[:100]}" in the catalogue. Near it are {", ".join(near)}.')


def card_or_own(name: str, cards: Sequence[ModelCard] = CATALOGUE) -> ModelCard:
    """Return the card of `name`, or a careful one of a model on one's own machine that is in no catalogue.

    Raises: NotFound for a hosted model that is not known, and for what is no name of a model.
    """
    provider, _, model = name.partition(":")
    if model and name not in {each.name for each in cards}:
        if provider == "ollama":
            return ModelCard("ollama", model, OWN_CONTEXT_TOKENS, "medium", features=SCHEMA)
        if provider == "llama_cpp":
            return ModelCard("llama_cpp", model, OWN_CONTEXT_TOKENS, "medium", features=SCHEMA)
    return card(name, cards)


def _read(number: int, data: Mapping[str, Any]) -> ModelCard:
    try:
        return ModelCard(**dict(_Card.model_validate(data)))
    except ValidationError as error:
        fields = {f"/{number}/{'/'.join(map(str, each['loc']))}": each["msg"] for each in error.errors()}
        raise Invalid(
            f"Card {number} of the custom models makes no sense: correct {', '.join(fields)}.", fields=fields
        ) from error

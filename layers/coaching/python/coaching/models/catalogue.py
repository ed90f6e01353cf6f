"""The chat models that are known, as data. Not every deployment has each: `coaching.settings` says which it asks.

Looked up on 2026-11-23; look prices up again before you rely on them.

- Ollama: the windows are those that the product runs them with, not the largest that they can be given.
- Bedrock: ids for Converse and ConverseStream in us-east-1; those that begin with `us.` are inference profiles. From
  docs.aws.amazon.com/bedrock (models-supported, structured-output), platform.claude.com/docs (claude-on-amazon-bedrock:
  Converse serves Claude up to 4.6) and, for prices, AWS's price list as collected in LiteLLM 1.109.1
  (model_prices_and_context_window_backup.json), which is the second source of the other rows.
- Prompt caches: prices of platform.claude.com/docs/en/about-claude/pricing (written for five minutes), of
  developers.openai.com/api/docs/pricing (GPT-6: written for thirty) and, for Bedrock, of the price list above, which
  has none for what Amazon Nova writes. Without a published price the full one counts. Which models of Bedrock have
  such a cache says docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html.
- OpenAI: developers.openai.com/api/docs/models. What enters GPT-6 may have 922,000 tokens; beyond 272,000 a request may
  cost twice as much. GPT-6.1 Sol cannot be told not to think.
- Anthropic: platform.claude.com/docs/en/models. Claude Haiku 5.5 costs five times as much beyond 100,000 tokens.
- Hugging Face: ids of router.huggingface.co/v1; huggingface.co/inference/models. The router chooses who serves, at that
  one's price: here stands the dearest of the larger ones.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from difflib import get_close_matches
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from coaching.errors import Invalid, NotFound

Provider = Literal["ollama", "bedrock", "openai", "anthropic", "huggingface", "llama_cpp"]
Quality = Literal["fast", "medium", "high"]
Feature = Literal["streaming", "json_schema", "tools", "temperature", "prompt_cache"]
"""`temperature`: the model takes one. Some newer ones refuse a request that sets it. `prompt_cache`: it keeps the
beginning of a prompt for the next one, by itself or where it is asked to."""
PLAIN: Final[frozenset[Feature]] = frozenset({"streaming", "temperature"})
SCHEMA: Final[frozenset[Feature]] = PLAIN | {"json_schema"}
ALL: Final[frozenset[Feature]] = SCHEMA | {"tools"}
CACHES: Final[frozenset[Feature]] = ALL | {"prompt_cache"}
NO_TEMPERATURE: Final[frozenset[Feature]] = CACHES - {"temperature"}


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What is known of a model before it is asked.

    `name` is the provider and the provider's own name of it, `ollama:llama3:8b`. `context_tokens` bounds prompt and
    answer together. Prices are US dollars per million tokens; of a model on one's own machine they are 0. What the
    provider's prompt cache held costs `price_cache_read` and what is written into it `price_cache_write`; None where
    that is the full price. `region` is empty where the provider does not sell by region. `more` is what this one model
    wants in each request besides, such as `reasoning_effort`, under the provider's own names.
    """

    provider: Provider
    model: str
    context_tokens: int
    quality: Quality
    price_in: Decimal = Decimal(0)
    price_out: Decimal = Decimal(0)
    features: frozenset[Feature] = PLAIN
    region: str = ""
    price_cache_read: Decimal | None = None
    price_cache_write: Decimal | None = None
    more: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def name(self) -> str:
        return f"{self.provider}:{self.model}"

    @property
    def cache_read_price(self) -> Decimal:
        return self.price_in if self.price_cache_read is None else self.price_cache_read

    @property
    def cache_write_price(self) -> Decimal:
        return self.price_in if self.price_cache_write is None else self.price_cache_write


def _sold(
    provider: Provider,
    model: str,
    context_tokens: int,
    quality: Quality,
    prices: str,
    features: frozenset[Feature] = CACHES,
    region: str = "",
) -> ModelCard:
    """Return the card; `prices` are those of input and output, then of reading and of writing the prompt cache."""
    price_in, price_out, *cached = map(Decimal, prices.split())
    read, write, *_ = (*cached, None, None)
    return ModelCard(provider, model, context_tokens, quality, price_in, price_out, features, region, read, write)


def _on_bedrock(model: str, context_tokens: int, quality: Quality, prices: str) -> ModelCard:
    return _sold("bedrock", model, context_tokens, quality, prices, region="us-east-1")


def _thinking(effort: str, model: str, context_tokens: int, quality: Quality, prices: str) -> ModelCard:
    """Return the card of a model of OpenAI's that thinks, as little as it can be told to.

    Thoughts count against the most tokens of an answer and keep the user waiting for its first word.
    """
    plain = _sold("openai", model, context_tokens, quality, prices, NO_TEMPERATURE)
    return replace(plain, more={"reasoning_effort": effort})


CATALOGUE: Final[tuple[ModelCard, ...]] = (
    ModelCard("ollama", "llama3:8b", 8_192, "high", features=SCHEMA),
    ModelCard("ollama", "mistral:7b", 4_096, "medium", features=SCHEMA),
    ModelCard("ollama", "phi3:mini", 2_048, "fast", features=SCHEMA),
    _on_bedrock("us.anthropic.claude-sonnet-4-6", 1_000_000, "high", "3.30 16.50 0.33 4.125"),
    _on_bedrock("us.anthropic.claude-haiku-4-5-20251001-v1:0", 200_000, "medium", "1.10 5.50 0.11 1.375"),
    _on_bedrock("us.amazon.nova-2-lite-v1:0", 1_000_000, "medium", "0.33 2.75 0.0825"),
    _on_bedrock("us.amazon.nova-micro-v1:0", 128_000, "fast", "0.035 0.14 0.00875"),
    _thinking("low", "gpt-6.1-sol", 922_000, "high", "2 10 0.10 2.50"),
    _thinking("none", "gpt-6.1-terra", 922_000, "medium", "1 5 0.05 1.25"),
    _thinking("none", "gpt-6-luna", 922_000, "fast", "0.10 0.50 0.01 0.125"),
    _sold("openai", "gpt-4.1-mini", 1_047_576, "medium", "0.40 1.60 0.10"),
    _sold("anthropic", "claude-sonnet-5-5", 1_000_000, "high", "2 10 0.10 2.50", NO_TEMPERATURE),
    _sold("anthropic", "claude-haiku-4-5", 200_000, "medium", "1 5 0.10 1.25"),
    _sold("anthropic", "claude-haiku-5-5", 1_000_000, "fast", "0.10 0.50 0.01 0.125", NO_TEMPERATURE),
    _sold("huggingface", "Qwen/Qwen3.5-397B-A17B", 262_144, "high", "0.60 3.60", PLAIN | {"tools"}),
    _sold("huggingface", "openai/gpt-oss-120b", 131_072, "medium", "0.35 0.75", ALL),
    _sold("huggingface", "openai/gpt-oss-20b", 131_072, "fast", "0.10 0.50", ALL),
)

OWN_CONTEXT_TOKENS: Final = 4_096
"""Of a model of one's own that has no card: nearly every model has so large a window."""

_OURS: Final = frozenset({"model", "messages", "system", "stream", "stream_options", "stop", "stop_sequences"})
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
    price_cache_read: _Price | None = None
    price_cache_write: _Price | None = None
    more: dict[str, Any] = {}

    @field_validator("more")
    @classmethod
    def _only_besides(cls, more: dict[str, Any]) -> dict[str, Any]:
        if taken := sorted(_OURS & more.keys()):
            raise ValueError(f"{', '.join(taken)} is set for each request: leave it out")
        return more


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

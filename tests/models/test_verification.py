"""What the servers lack is named at the start, with the command that brings it."""

from collections.abc import Collection
from dataclasses import dataclass

import pytest

from coaching.models.catalogue import CATALOGUE, ModelCard, Provider, card
from coaching.models.failures import unavailable
from coaching.models.verification import ModelList, NotThere, not_there

LLAMA, MISTRAL = card("ollama:llama3:8b"), card("ollama:mistral:7b")
NOVA = card("bedrock:us.amazon.nova-micro-v1:0")


@dataclass(frozen=True)
class Listed(ModelList):
    held: tuple[str, ...] = ()

    def names(self) -> Collection[str]:
        return self.held


class Silent(ModelList):
    def names(self) -> Collection[str]:
        raise unavailable("unreachable", "Nothing answers there: start it.")


def test_nothing_is_missing_where_the_server_has_all() -> None:
    assert not_there([LLAMA, MISTRAL], {"ollama": Listed(("mistral:7b", "llama3:8b", "other"))}) == ()


def test_a_missing_model_is_named_with_the_command_that_brings_it() -> None:
    assert not_there([LLAMA, MISTRAL], {"ollama": Listed(("llama3:8b",))}) == (
        NotThere("ollama:mistral:7b", "model_missing", "Ollama lacks mistral:7b: run `ollama pull mistral:7b`."),
    )


def test_a_server_that_is_silent_hides_no_other() -> None:
    missing = not_there([LLAMA, NOVA], {"ollama": Silent(), "bedrock": Listed()})
    assert [(each.name, each.code) for each in missing] == [
        (LLAMA.name, "unreachable"),
        (NOVA.name, "model_missing"),
    ]
    assert missing[0].sentence == "Nothing answers there: start it."


def test_a_provider_without_a_list_is_not_asked() -> None:
    assert not_there(CATALOGUE, {}) == ()


@pytest.mark.parametrize(
    ("provider", "model", "listed"),
    [
        ("ollama", "mistral", "mistral:latest"),
        ("bedrock", "us.amazon.nova-micro-v1:0", "amazon.nova-micro-v1:0"),
        ("bedrock", "us.amazon.nova-micro-v1:0", "us.amazon.nova-micro-v1:0"),
        ("huggingface", "openai/gpt-oss-20b:cheapest", "openai/gpt-oss-20b"),
    ],
)
def test_a_model_is_known_by_the_name_that_its_server_gives_it(provider: Provider, model: str, listed: str) -> None:
    asked = ModelCard(provider, model, 8_192, "fast")
    assert not_there([asked], {provider: Listed((listed,))}) == ()
    assert not_there([asked], {provider: Listed((f"{listed}x",))})


@pytest.mark.parametrize(
    "known", [*CATALOGUE, ModelCard("llama_cpp", "tiny", 2_048, "fast")], ids=lambda each: each.name
)
def test_every_provider_has_its_advice(known: ModelCard) -> None:
    (missing,) = not_there([known], {known.provider: Listed()})
    assert known.model in missing.sentence
    assert missing.sentence.endswith(".")

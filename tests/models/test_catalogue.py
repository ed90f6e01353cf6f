"""The cards of the models: what ships makes sense, and a deployment can add its own."""

from decimal import Decimal
from typing import Any, get_args

import pytest

from coaching.errors import Invalid, NotFound
from coaching.models.catalogue import CATALOGUE, ModelCard, Provider, Quality, card, with_custom

OWN: dict[str, Any] = {"provider": "ollama", "model": "qwen3:4b", "context_tokens": 16_384, "quality": "medium"}


class TestWhatShips:
    def test_the_models_on_ollama_have_the_windows_and_tiers_of_the_product(self) -> None:
        served = {each.model: (each.context_tokens, each.quality) for each in CATALOGUE if each.provider == "ollama"}
        assert served == {
            "llama3:8b": (8_192, "high"),
            "mistral:7b": (4_096, "medium"),
            "phi3:mini": (2_048, "fast"),
        }

    @pytest.mark.parametrize("provider", [each for each in get_args(Provider) if each != "llama_cpp"])
    def test_every_provider_offers_each_tier(self, provider: Provider) -> None:
        assert {each.quality for each in CATALOGUE if each.provider == provider} == set(get_args(Quality))

    def test_every_name_stands_for_one_model(self) -> None:
        names = [each.name for each in CATALOGUE]
        assert len(set(names)) == len(names)

    def test_what_is_sold_has_a_price_and_what_is_ones_own_has_none(self) -> None:
        for each in CATALOGUE:
            assert (each.price_out > each.price_in > 0) is (each.provider != "ollama"), each.name

    def test_what_a_provider_has_kept_is_cheaper_to_read_and_no_cheaper_to_write(self) -> None:
        keeping = [each for each in CATALOGUE if "prompt_cache" in each.features]
        assert {each.provider for each in keeping} == {"bedrock", "openai", "anthropic"}
        for each in keeping:
            assert 0 < each.cache_read_price <= each.price_in / 4, each.name
            assert each.price_in <= each.cache_write_price <= each.price_in * Decimal("1.25"), each.name

    def test_without_a_price_of_its_own_what_is_kept_costs_as_much_as_everything(self) -> None:
        for each in CATALOGUE:
            if "prompt_cache" not in each.features:
                assert each.cache_read_price == each.cache_write_price == each.price_in, each.name

    def test_models_of_bedrock_stand_in_a_region(self) -> None:
        assert {each.region for each in CATALOGUE if each.provider == "bedrock"} == {"us-east-1"}

    def test_all_of_them_stream(self) -> None:
        assert all("streaming" in each.features for each in CATALOGUE)


class TestACustomModel:
    def test_comes_after_those_that_ship(self) -> None:
        cards = with_custom([OWN | {"price_in": "0.25", "features": ["streaming", "tools"], "region": "eu-1"}])
        assert cards[:-1] == CATALOGUE
        assert cards[-1] == ModelCard(
            *("ollama", "qwen3:4b", 16_384, "medium"),
            price_in=Decimal("0.25"),
            features=frozenset({"streaming", "tools"}),
            region="eu-1",
        )

    def test_takes_what_is_not_said_from_the_card(self) -> None:
        assert with_custom([OWN], shipped=()) == (ModelCard("ollama", "qwen3:4b", 16_384, "medium"),)

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"context_tokens": 0}, "/1/context_tokens"),
            ({"provider": "acme"}, "/1/provider"),
            ({"quality": "best"}, "/1/quality"),
            ({"price_out": "-1"}, "/1/price_out"),
            ({"price_out": "NaN"}, "/1/price_out"),
            ({"price_cache_read": "-1"}, "/1/price_cache_read"),
            ({"model": "two words"}, "/1/model"),
            ({"colour": "red"}, "/1/colour"),
        ],
    )
    def test_that_makes_no_sense_is_refused_and_its_field_named(self, wrong: dict[str, Any], field: str) -> None:
        with pytest.raises(Invalid) as refused:
            with_custom([OWN, OWN | {"model": "other"} | wrong])
        assert list(refused.value.fields) == [field]

    @pytest.mark.parametrize("taken", ["llama3:8b", "qwen3:4b"])
    def test_whose_name_is_taken_is_refused(self, taken: str) -> None:
        with pytest.raises(Invalid, match=f"ollama:{taken}"):
            with_custom([OWN, OWN | {"model": taken}])

    def test_may_bear_the_name_of_another_providers_model(self) -> None:
        assert with_custom([OWN | {"provider": "huggingface", "model": "llama3:8b"}])[-1].provider == "huggingface"


class TestLookingAModelUp:
    def test_finds_it_by_provider_and_name(self) -> None:
        assert card("ollama:mistral:7b").context_tokens == 4_096
        assert card("ollama:qwen3:4b", with_custom([OWN])).context_tokens == 16_384

    @pytest.mark.parametrize(
        ("name", "near"),
        [
            ("ollama:llama3:7b", "ollama:llama3:8b"),
            ("llama3:8b", "ollama:llama3:8b"),
            ("anthropic:claude-sonnet-5", "anthropic:claude-sonnet-5-5"),
            ("no such thing", "ollama:llama3:8b"),
        ],
    )
    def test_names_near_ones_where_there_is_none(self, name: str, near: str) -> None:
        with pytest.raises(NotFound) as missing:
            card(name)
        assert name in missing.value.message
        assert near in missing.value.message

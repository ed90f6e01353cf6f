"""Which model answers: a table of requests and of how the models are."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.models.catalogue import CATALOGUE, PLAIN, SCHEMA, ModelCard
from coaching.models.selection import ModelState, Wanted, select

BIG = ModelCard("ollama", "big", 8_192, "high", features=SCHEMA)
MIDDLE = ModelCard("ollama", "middle", 4_096, "medium", features=PLAIN)
SMALL = ModelCard("ollama", "small", 2_048, "fast", features=PLAIN)
BEDROCK = ModelCard("bedrock", "cloud", 200_000, "high", Decimal(3), Decimal(15), SCHEMA)
OPENAI = ModelCard("openai", "fast", 400_000, "fast", Decimal(1), Decimal(1), SCHEMA)
CARDS = (BIG, MIDDLE, SMALL, BEDROCK, OPENAI)
NAMES = {card.model: card.name for card in CARDS}

REPLY = Wanted("reply", 1_500)
HARD = replace(REPLY, difficulty="hard")
DOWN, HALF_OPEN = ModelState("down"), ModelState("half_open")
COLD, BUSY = ModelState(loaded=False), ModelState(load=0.9)
States = Mapping[str, ModelState]

TABLE: list[tuple[str, Wanted, States, str]] = [
    ("an easy reply: the smallest that is good enough", REPLY, {}, "middle big small cloud fast"),
    ("a hard reply: the best tier of the first provider", HARD, {}, "big middle small cloud fast"),
    ("an easy nudge: any tier will do", Wanted("nudge", 500), {}, "small middle big cloud fast"),
    ("a hard nudge", Wanted("nudge", 500, difficulty="hard"), {}, "middle big small cloud fast"),
    ("content", Wanted("content", 500), {}, "middle big small cloud fast"),
    ("judging a hard case", Wanted("judging", 500, difficulty="hard"), {}, "big middle small cloud fast"),
    ("as one types: the fast tier", replace(HARD, latency="instant"), {}, "small middle big cloud fast"),
    ("3,000 tokens leave the small window out", replace(REPLY, context_tokens=3_000), {}, "middle big cloud fast"),
    ("5,000 tokens leave the middle one out", replace(REPLY, context_tokens=5_000), {}, "big cloud fast"),
    ("300,000 tokens leave one", replace(REPLY, context_tokens=300_000), {}, "fast"),
    ("what can be cut stays, behind its provider's others", replace(REPLY, context_tokens=3_000, least_tokens=900), {},
     "middle big small cloud fast"),
    ("the budget permits medium, and what is free", replace(HARD, permitted="medium"), {}, "big middle small fast"),
    ("the budget permits fast, and what is free", replace(HARD, permitted="fast"), {}, "big middle small fast"),
    ("a schema is needed", replace(REPLY, features=frozenset({"json_schema"})), {}, "big cloud fast"),
    ("the first is down", HARD, {"big": DOWN}, "middle small cloud fast big"),
    ("half open keeps its place", HARD, {"big": HALF_OPEN}, "big middle small cloud fast"),
    ("all of one provider are down", HARD, {"big": DOWN, "middle": DOWN, "small": DOWN}, "cloud fast big middle small"),
    ("a cold one is not waited for", REPLY, {"middle": COLD}, "big small cloud fast middle"),
    ("a busy one is not waited for", HARD, {"big": BUSY}, "middle small cloud fast big"),
    ("in the background a cold one is loaded", replace(HARD, latency="background"), {"big": COLD},
     "big middle small cloud fast"),
    ("a cold one that is up goes before one that is down", REPLY, {"middle": COLD, "big": DOWN},
     "small cloud fast middle big"),
    ("nothing is long enough", replace(REPLY, context_tokens=500_000), {}, ""),
]  # fmt: skip


def named(states: States) -> States:
    return {NAMES[model]: state for model, state in states.items()}


@pytest.mark.parametrize(
    ("wanted", "states", "order"), [row[1:] for row in TABLE], ids=[row[0].replace(" ", "-") for row in TABLE]
)
def test_the_order_is_the_rules(wanted: Wanted, states: States, order: str) -> None:
    assert select(wanted, CARDS, named(states)).names == tuple(NAMES[model] for model in order.split())


def test_providers_keep_the_order_of_the_settings() -> None:
    turned = (OPENAI, BEDROCK, BIG)
    assert select(Wanted("nudge", 500), turned, {}).names == (OPENAI.name, BEDROCK.name, BIG.name)


def test_the_order_that_ships_is_ollama_bedrock_openai_anthropic_hugging_face() -> None:
    names = select(Wanted("nudge", 1_000), CATALOGUE, {}).names
    providers = [name.partition(":")[0] for name in names]
    assert list(dict.fromkeys(providers)) == ["ollama", "bedrock", "openai", "anthropic", "huggingface"]


class TestTheReason:
    def test_says_who_was_chosen_for_what_and_how_it_is(self) -> None:
        reason = select(HARD, CARDS, named({"big": ModelState("half_open", 0.25)})).reason
        assert reason == ("ollama:big (high, half open, loaded, load 0.25) for hard reply, interactive, 1500 tokens.")

    def test_names_what_was_left_out_and_why(self) -> None:
        wanted = Wanted("extraction", 5_000, permitted="medium", features=frozenset({"json_schema"}))
        reason = select(wanted, CARDS, {}).reason
        for part in ("ollama:small (window)", "ollama:middle (window)", "bedrock:cloud (budget)"):
            assert part in reason
        assert "ollama:small (json_schema)" in select(replace(wanted, context_tokens=100), CARDS, {}).reason

    def test_says_that_there_is_none(self) -> None:
        assert select(replace(REPLY, context_tokens=500_000), CARDS, {}).reason.startswith("no model for easy reply")


STATES = st.builds(ModelState, st.sampled_from(["healthy", "half_open", "down"]), st.floats(0, 1), st.booleans())


@given(
    st.builds(
        Wanted,
        st.sampled_from(["reply", "nudge", "content", "extraction", "judging"]),
        st.integers(1, 500_000),
        st.none(),
        st.sampled_from(["easy", "hard"]),
        st.sampled_from(["instant", "interactive", "background"]),
        st.sampled_from(["fast", "medium", "high"]),
    ),
    st.dictionaries(st.sampled_from([card.name for card in CARDS]), STATES),
)
def test_no_model_is_chosen_that_the_prompt_does_not_fit(wanted: Wanted, snapshot: States) -> None:
    cards = {card.name: card for card in CARDS}
    names = select(wanted, CARDS, snapshot).names
    assert all(cards[name].context_tokens >= wanted.context_tokens for name in names)
    assert len(set(names)) == len(names)
    assert select(wanted, CARDS, snapshot).names == names

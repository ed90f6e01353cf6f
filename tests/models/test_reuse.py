"""Two answers may stand for each other only where everything is the same, to the last letter."""

import unicodedata
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.models.cancelling import Cancellation
from coaching.models.ports import Message, Prompt, Reuse
from coaching.models.purpose import Purpose
from coaching.models.reuse import answer_key
from coaching.vocabulary import CreatorId, UserId

REUSE = Reuse(CreatorId("hearth"), UserId("ada"), "index-1", "prompt-1")
PROMPT = Prompt((Message("system", "Be kind."), Message("user", "How long is an ember?")), reuse=REUSE)
MODEL = "ollama:llama3:8b"
LONE = "\ud83d\ude00"
"""Two halves of a letter, which stand beside each other and are none."""


def key(prompt: Prompt = PROMPT, model: str = MODEL, **changes: Any) -> object:
    return answer_key(prompt, replace(REUSE, **changes), model)


def asking(*texts: str) -> Prompt:
    return Prompt(tuple(Message("user", text) for text in texts))


def test_the_same_is_the_same_in_another_conversation_and_another_hurry() -> None:
    later = replace(
        PROMPT,
        seconds=3.0,
        first_words=1.0,
        waits_for_load=False,
        affinity="c-2",
        purpose=Purpose(difficulty="hard"),
        cancellation=Cancellation(),
        shorter=lambda: PROMPT,
    )
    assert key(later) == key()


@pytest.mark.parametrize(
    "change",
    [
        {"creator_id": "hearth-2"},
        {"user_id": "bob"},
        {"index_version": "index-2"},
        {"prompt_version": "prompt-2"},
        {"shared": True},
    ],
)
def test_another_tenant_user_index_or_prompt_is_another(change: dict[str, Any]) -> None:
    assert key(**change) != key()


def test_another_model_is_another() -> None:
    assert key(model="openai:gpt-4.1-mini") != key()


CHANGES: dict[str, Any] = {
    "messages": (*PROMPT.messages, Message("user", "")),
    "temperature": 0.0,
    "max_tokens": 20,
    "stop": ("END",),
    "schema": {"type": "object"},
}


@pytest.mark.parametrize("name", CHANGES)
def test_another_wish_is_another(name: str) -> None:
    assert key(replace(PROMPT, **{name: CHANGES[name]})) != key()


def test_every_part_of_a_prompt_is_either_asked_or_known_to_make_no_difference() -> None:
    without = {"seconds", "first_words", "waits_for_load", "affinity", "reuse", "purpose", "cancellation", "shorter"}
    assert {each.name for each in fields(Prompt)} == CHANGES.keys() | without


def test_where_answers_are_shared_who_asks_makes_no_difference_and_whose_coach_it_is_does() -> None:
    assert key(shared=True, user_id="bob") == key(shared=True)
    assert key(shared=True, creator_id="hearth-2") != key(shared=True)


@pytest.mark.parametrize("nobody", ["", "null", "None"])
def test_no_user_passes_for_everybody(nobody: str) -> None:
    assert key(user_id=nobody) != key(shared=True, user_id=nobody)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (asking("a", "b"), asking("ab")),
        (asking("a", "b"), asking('a","b')),
        (asking('a"},{"role":"user","text":"b'), asking("a", "b")),
        (asking("a\nuser: b"), asking("a", "b")),
        (asking("a", ""), asking("", "a")),
        (asking("a\\"), asking("a\\\\")),
        (asking("a\x00b"), asking("a\\u0000b")),
        (asking("a b"), asking("a  b")),
        (asking("a"), asking("a ")),
        (asking("<message>a</message>"), asking("‹message›a‹/message›")),
        (asking("caf\u00e9"), asking("cafe\u0301")),
        (asking("\ufb01t"), asking("fit")),
        (asking("\u2160"), asking("I")),
        (asking("a\u200bb"), asking("ab")),
        (asking("A"), asking("\u0410")),
        (asking(LONE), asking("\U0001f600")),
        (Prompt((Message("user", "a"),)), Prompt((Message("system", "a"),))),
        (Prompt((), stop=("a", "b")), Prompt((), stop=("ab",))),
        (Prompt((), schema={"type": "object"}), Prompt((Message("user", '{"type": "object"}'),))),
    ],
)
def test_what_only_looks_the_same_is_another(one: Prompt, other: Prompt) -> None:
    assert key(one) != key(other)


def test_parts_cannot_move_from_one_name_into_the_next() -> None:
    assert key(creator_id="hearth", user_id="-2") != key(creator_id="hearth-2", user_id="")
    assert key(index_version="a", prompt_version="bc") != key(index_version="ab", prompt_version="c")
    assert key(user_id='ada","x') != key(user_id="ada", index_version='x","index-1')


_TEXTS = st.lists(st.text(st.characters(exclude_categories=())), max_size=3)


@given(_TEXTS, _TEXTS)
def test_keys_are_the_same_exactly_where_prompts_are(one: list[str], other: list[str]) -> None:
    assert (key(asking(*one)) == key(asking(*other))) == (one == other)


@given(st.text(min_size=1))
def test_a_text_and_its_normal_forms_are_apart_where_they_differ(text: str) -> None:
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        normal = unicodedata.normalize(form, text)
        assert (key(asking(normal)) == key(asking(text))) == (normal == text)


def test_a_key_holds_no_words() -> None:
    assert "ember" not in repr(key())


def test_what_cannot_be_told_apart_makes_no_key() -> None:
    with pytest.raises(TypeError, match="object"):
        key(replace(PROMPT, schema={"type": object()}))

"""The approved words keep their rules in every language: one question, no number, no promise, no diagnosis."""

import json
import re
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest

from coaching.conversation.apology import APOLOGIES
from coaching.errors import Invalid
from coaching.safety import crisis
from coaching.safety.crisis.templates import (
    KEYS,
    LANGUAGES,
    LONGEST_LINE,
    Templates,
    from_json,
    language_of,
    shipped_templates,
)

ALL = [shipped_templates(language) for language in LANGUAGES]
EN = shipped_templates("en")
each_language = pytest.mark.parametrize("templates", ALL, ids=LANGUAGES)


def test_there_are_words_in_every_language_of_the_apology() -> None:
    assert set(LANGUAGES) == set(APOLOGIES)


@each_language
def test_every_line_is_there_and_says_who_approved_it(templates: Templates) -> None:
    assert templates.lines.keys() == KEYS
    assert templates.approval == f"{templates.locale}/{templates.version}/shipped"


@each_language
def test_a_line_asks_one_question_or_none(templates: Templates) -> None:
    for key, line in templates.lines.items():
        assert line.count("?") == (1 if key.endswith("ask") else 0), key
        if key.endswith("ask"):
            assert line.endswith("?"), key


@each_language
def test_no_line_has_a_number_or_an_address(templates: Templates) -> None:
    for key, line in templates.lines.items():
        assert not re.search(r"\d|www|https?:|@", line), key


@each_language
def test_lines_are_short_and_whole(templates: Templates) -> None:
    for key, line in templates.lines.items():
        assert 0 < len(line) <= LONGEST_LINE, key
        assert line == line.strip(), key
        assert "—" not in line, key
        if not key.startswith("label."):
            assert line[-1] in ".?:", key
        assert line.endswith(":") == (key in ("help.gentle", "help.urgent")), key


@each_language
def test_languages_are_not_copies_of_each_other(templates: Templates) -> None:
    if templates.locale != "en":
        same = [key for key, line in templates.lines.items() if line == EN.lines[key] and not key.startswith("label.")]
        assert not same


PROMISES = r"will be (?:fine|okay|all right|over)|gets? better|i (?:am|will be) (?:always )?here for you|guarantee"
PROMISES += r"|nothing (?:can|will) happen|you are safe|stays? between us|i promise|help is on (?:the|its) way"
DIAGNOSES = (
    r"\b(?:you (?:have|suffer from)|sounds like) (?:depress|anorex|bulimi|psycho|bipolar|ptsd|an? (?:disorder|addict))"
)
NUMBERS_OF_FOOD = r"calor|kilo|weight|pounds|bmi|\bgrams?\b|size\b"


def test_no_english_line_promises_what_nobody_can_keep() -> None:
    for key, line in EN.lines.items():
        assert not re.search(PROMISES, line.lower()), key


def test_no_english_line_diagnoses() -> None:
    for key, line in EN.lines.items():
        assert not re.search(DIAGNOSES, line.lower()), key


def test_the_lines_on_eating_speak_of_no_weights_and_calories() -> None:
    for key, line in EN.lines.items():
        if key.startswith("eating_disorders"):
            assert not re.search(NUMBERS_OF_FOOD, line.lower()), key


@pytest.mark.parametrize(
    ("locales", "language"),
    [
        (("de-AT",), "de"),
        (("no",), "nb"),
        (("nn-NO",), "nb"),
        (("pt_BR",), "pt"),
        (("xx", "fr-CA"), "fr"),
        (("ja",), "en"),
        (("",), "en"),
        ((), "en"),
    ],
)
def test_the_language_is_the_first_that_is_known(locales: tuple[str, ...], language: str) -> None:
    assert language_of(*locales) == language


def _text(change: Callable[[dict[str, Any]], object]) -> str:
    content = json.loads(files(crisis).joinpath("templates", "en.json").read_text(encoding="utf-8"))
    change(content)
    return json.dumps(content)


def test_a_human_may_replace_the_words() -> None:
    def change(content: dict[str, Any]) -> None:
        content.update(version=2, approved_by="Dr. Maria Example")
        content["lines"]["suicide.gentle"] = "I am glad you wrote this down."

    templates = from_json(_text(change))
    assert templates.approval == "en/2/Dr. Maria Example"
    assert templates.lines["suicide.gentle"] == "I am glad you wrote this down."


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content["lines"].update({"suicide.gentle": "Please call 988."}),
        lambda content: content["lines"].update({"suicide.gentle": "See help.example.org or example.com."}),
        lambda content: content["lines"].update({"suicide.gentle": "How are you?"}),
        lambda content: content["lines"].update({"suicide.ask": "How are you? And since when?"}),
        lambda content: content["lines"].update({"suicide.ask": "Tell me more."}),
        lambda content: content["lines"].update({"suicide.gentle": "Too long. " * 60}),
        lambda content: content["lines"].update({"suicide.gentle": " "}),
        lambda content: content["lines"].update({"suicide.gentle": "One line.\nAnother."}),
        lambda content: content["lines"].update({"suicide.gentle": "Dear {name}."}),
        lambda content: content["lines"].update({"label.text": "text"}),
        lambda content: content["lines"].pop("suicide.gentle"),
        lambda content: content["lines"].update({"suicide.other": "More words."}),
        lambda content: content.update(version=0),
        lambda content: content.update(approved_by=""),
        lambda content: content.update(locale="english"),
    ],
)
def test_words_that_break_a_rule_are_refused(change: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(Invalid) as refused:
        from_json(_text(change))
    assert refused.value.code == "malformed_templates"

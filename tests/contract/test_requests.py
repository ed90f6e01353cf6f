"""What a request may look like."""

from typing import Any

import pytest
from pydantic import ValidationError

from coaching.contract.creators import PutCreator
from coaching.contract.documents import CreateDocument, SearchRequest
from coaching.contract.feedback import PostFeedback
from coaching.contract.users import CreateGoal, PatchProfile
from coaching.conversation.reusing import SHARE_SETTING
from coaching.knowledge.filters import Equals, In, Range
from coaching.models.budget import BUDGET_SETTING

DOCUMENT = {"name": "notes.md", "content_type": "text/markdown", "size_bytes": 10}


def test_a_filter_says_equals_in_or_range() -> None:
    asked = SearchRequest.model_validate(
        {
            "query": "rest",
            "filter": {
                "topic": "sleep",
                "level": {"equals": 2},
                "season": {"in": ["spring", "summer"]},
                "week": {"range": {"gte": 1, "lte": 4}},
            },
        }
    )
    assert asked.filters == (
        Equals("topic", "sleep"),
        Equals("level", 2),
        In("season", ("spring", "summer")),
        Range("week", 1.0, 4.0),
    )


@pytest.mark.parametrize("flag", [True, False])
def test_a_flag_in_a_filter_stays_a_flag(flag: bool) -> None:
    assert SearchRequest.model_validate({"query": "q", "filter": {"public": flag}}).filters == (Equals("public", flag),)


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"equals": None},
        {"equals": 1, "in": [1]},
        {"in": []},
        {"range": {"gte": "a"}},
        {"range": {}},
        {"like": "sl*"},
        {"equals": {"$gt": ""}},
        ["sleep"],
        None,
        {"in": list(range(1_001))},
    ],
)
def test_a_condition_of_any_other_kind_is_refused(condition: object) -> None:
    with pytest.raises(ValidationError):
        SearchRequest.model_validate({"query": "q", "filter": {"topic": condition}})


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "a" * 201},
        {"size_bytes": 0},
        {"size_bytes": "ten"},
        {"size_bytes": "12"},
        {"size_bytes": True},
        {"metadata": {"a": None}},
        {"metadata": {"a": {"b": 1}}},
        {"metadata": {"a": float("nan")}},
        {"metadata": {"a#b": 1}},
        {"metadata": {str(number): 1 for number in range(51)}},
        {"metadata": {"a": "\x00"}},
        {"owner": "me"},
    ],
)
def test_a_document_that_makes_no_sense_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CreateDocument.model_validate(DOCUMENT | change)


@pytest.mark.parametrize("text", ["\x00", "a\x07b", "\x1b[31m", "\x9f", "\ud800"])
def test_control_characters_are_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        SearchRequest.model_validate({"query": f"rest {text}"})


def test_line_breaks_and_any_script_are_fine() -> None:
    assert SearchRequest.model_validate({"query": "Wie oft?\n\tМожно ли? 何回？"}).query.startswith("Wie")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "europe/lisbon ", "../etc/passwd"])
def test_a_time_zone_must_exist(zone: str) -> None:
    with pytest.raises(ValidationError):
        PatchProfile.model_validate({"timezone": zone})


@pytest.mark.parametrize("change", [{"target": 0}, {"progress": -1}, {"target": float("inf")}, {"due": "tomorrow"}])
def test_a_goal_that_makes_no_sense_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CreateGoal.model_validate({"title": "Run"} | change)


@pytest.mark.parametrize("phrase", ["See [1].", "One\rtwo", "One\ntwo", "", "a" * 201])
def test_a_phrase_is_one_plain_line(phrase: str) -> None:
    with pytest.raises(ValidationError):
        PutCreator.model_validate({"name": "Orla", "phrases": {"acknowledge": {"question": [phrase]}}})


@pytest.mark.parametrize("number", [2**53 + 1, -(10**400)])
def test_a_number_that_no_store_keeps_exactly_is_refused(number: int) -> None:
    with pytest.raises(ValidationError):
        CreateDocument.model_validate(DOCUMENT | {"metadata": {"n": number}})


def test_a_phrase_belongs_to_a_known_intent() -> None:
    with pytest.raises(ValidationError):
        PutCreator.model_validate({"name": "Orla", "phrases": {"acknowledge": {"boast": ["I am the best."]}}})


@pytest.mark.parametrize("value", [True, False])
def test_sharing_answers_is_true_or_false(value: bool) -> None:
    assert PutCreator(name="Hearth", settings={SHARE_SETTING: value}).settings == {SHARE_SETTING: value}


@pytest.mark.parametrize("value", [1, 0, "true", "", 0.5])
def test_sharing_answers_a_little_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError, match="share_answers"):
        PutCreator(name="Hearth", settings={SHARE_SETTING: value})


@pytest.mark.parametrize("limit", [0, 0.5, 200])
def test_a_budget_is_a_number_of_dollars(limit: float) -> None:
    assert PutCreator(name="Hearth", settings={BUDGET_SETTING: limit}).settings == {BUDGET_SETTING: limit}


@pytest.mark.parametrize("limit", [-1, True, "50"])
def test_a_budget_that_is_no_number_of_dollars_is_refused(limit: Any) -> None:
    with pytest.raises(ValidationError, match="US dollars"):
        PutCreator(name="Hearth", settings={BUDGET_SETTING: limit})


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"rating": "sideways"},
        {"rating": "up", "comment": "x" * 4_001},
        {"rating": "up", "better_answer": "x" * 8_001},
        {"rating": "up", "comment": "\u0007"},
        {"rating": "up", "stars": 5},
    ],
)
def test_feedback_is_up_or_down_with_bounded_words(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PostFeedback.model_validate(body)
    assert PostFeedback.model_validate({"rating": "up"}).comment == ""

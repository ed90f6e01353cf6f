"""The written examples of red flags: their form, their spread, and that no two are nearly the same."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

Row = dict[str, Any]

FOLDER = Path(__file__).parents[2] / "training" / "data" / "redflags"
TOPICS = {"suicide", "self_harm", "eating_disorders", "substance_abuse", "domestic_violence", "acute_crisis"}
SEVERITIES = ("low", "elevated", "high", "imminent")
FLAGGED = {"disclosure", "hint", "plan", "goodbye", "retraction", "third_person", "question"}
BENIGN = {"benign", "everyday", "idiom", "fiction", "quotation", "negation", "recovery", "question", "third_person"}
REGISTERS = {"plain", "slang", "formal", "teen", "non_native", "typos", "emoji", "long", "short"}
PATTERNS = {"rising", "hopelessness", "withdrawal", "hints", "retraction", "steady", "recovery", "benign", "idiom"}
PERSONAL = re.compile(r"\d(?:[ ().-]?\d){5,}|[\w.]+@\w+|https?:|www\.|(?<!\w)@\w+")
DOSE = re.compile(r"\d+(?:[.,]\d+)? ?(?:mg|milligrams?|mcg|µg|grams?|pills|tablets|capsules|units)\b", re.IGNORECASE)
TOO_NEAR = 0.6


def lines(file: Path) -> list[Row]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def level(severities: Row, topic: str) -> int:
    return SEVERITIES.index(severities[topic]) + 1 if topic in severities else 0


def grams(text: str) -> frozenset[str]:
    """The runs of four characters in the lower-case text."""
    even = " ".join(text.lower().split())
    return frozenset(even[start : start + 4] for start in range(max(1, len(even) - 3)))


def near(rows: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Pairs of ids whose texts share so many grams that one of them teaches nothing."""
    by_size = sorted(((grams(text), name) for name, text in rows), key=lambda item: len(item[0]))
    for place, (some, name) in enumerate(by_size):
        for others, other in by_size[place + 1 :]:
            if len(others) * TOO_NEAR > len(some):
                break
            if len(some & others) >= TOO_NEAR * len(some | others):
                yield name, other


@pytest.fixture(scope="module")
def messages() -> list[Row]:
    return [row for file in sorted((FOLDER / "messages").glob("*.jsonl")) for row in lines(file)]


@pytest.fixture(scope="module")
def conversations() -> list[Row]:
    return lines(FOLDER / "conversations.jsonl")


@pytest.fixture(scope="module")
def texts(messages: list[Row], conversations: list[Row]) -> list[tuple[str, str]]:
    of_users = [(talk["id"], turn["text"]) for talk in conversations for turn in talk["messages"]]
    return [(row["id"], row["text"]) for row in messages] + of_users


def test_every_message_has_the_same_fields_with_known_values(messages: list[Row]) -> None:
    for row in messages:
        assert set(row) - {"language"} == {"id", "text", "topics", "about", "when", "kind", "register"}, row
        assert row["text"] == row["text"].strip() != ""
        assert set(row["topics"]) <= TOPICS, row
        assert set(row["topics"].values()) <= set(SEVERITIES), row
        assert row["about"] in {"self", "other"}, row
        assert row["when"] in {"now", "past"}, row
        assert row["register"] in REGISTERS, row
        assert row["kind"] in (FLAGGED if row["topics"] else BENIGN), row


def test_a_file_holds_one_topic_and_one_kind() -> None:
    for file in (FOLDER / "messages").glob("*.jsonl"):
        if file.stem == "other_languages":
            assert all(re.fullmatch("[a-z]{2}", row["language"]) for row in lines(file))
            continue
        for row in lines(file):
            topic = file.stem.removesuffix(f"_{row['kind']}")
            assert topic in row["topics"] or (topic == "benign" and not row["topics"]), row
            assert "language" not in row


def test_ids_are_unique(messages: list[Row], conversations: list[Row]) -> None:
    ids = [row["id"] for row in messages + conversations]
    assert len(set(ids)) == len(ids)


def test_there_are_enough_messages_with_and_without_a_topic(messages: list[Row]) -> None:
    english = [row for row in messages if "language" not in row]
    assert sum(bool(row["topics"]) for row in english) >= 1100
    assert sum(not row["topics"] for row in english) >= 1100
    assert len(messages) - len(english) >= 60


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_a_topic_is_seen_in_every_severity_person_time_and_register(topic: str, messages: list[Row]) -> None:
    rows = [row for row in messages if topic in row["topics"] and "language" not in row]
    severities = Counter(row["topics"][topic] for row in rows)
    assert len(rows) >= 150
    assert all(severities[severity] >= 15 for severity in SEVERITIES), severities
    assert sum(row["about"] == "other" for row in rows) >= 25
    assert sum(row["when"] == "past" for row in rows) >= 5
    assert {row["register"] for row in rows} == REGISTERS
    assert {row["kind"] for row in rows} >= FLAGGED - {"goodbye"}


def test_every_kind_of_benign_message_is_there(messages: list[Row]) -> None:
    kinds = Counter(row["kind"] for row in messages if not row["topics"])
    assert kinds["everyday"] >= 400
    assert kinds["idiom"] >= 200
    assert kinds["question"] >= 100
    assert all(kinds[kind] >= 15 for kind in BENIGN), kinds


def test_no_register_gives_the_label_away(messages: list[Row]) -> None:
    for register in REGISTERS:
        rows = [row for row in messages if row["register"] == register]
        assert 0.2 < sum(bool(row["topics"]) for row in rows) / len(rows) < 0.8, register


def test_no_two_messages_are_nearly_the_same(texts: list[tuple[str, str]]) -> None:
    assert list(near(texts)) == []


def test_near_duplicates_would_be_seen() -> None:
    twins = [("a", "I have not slept for three nights now"), ("b", "i have not slept for four nights now")]
    assert [set(pair) for pair in near(twins)] == [{"a", "b"}]


def test_no_message_names_a_person_a_number_an_address_or_a_dose(texts: list[tuple[str, str]]) -> None:
    for name, text in texts:
        assert not PERSONAL.search(text), name
        assert not DOSE.search(text), name


def test_there_are_sixty_conversations_of_every_pattern(conversations: list[Row]) -> None:
    patterns = Counter(talk["pattern"] for talk in conversations)
    assert sum(patterns.values()) >= 60
    assert set(patterns) == PATTERNS
    assert min(patterns.values()) >= 5


def test_a_conversation_has_four_to_twelve_messages_of_the_user(conversations: list[Row]) -> None:
    for talk in conversations:
        assert set(talk) == {"id", "pattern", "messages"}
        assert 4 <= len(talk["messages"]) <= 12, talk["id"]
        for turn in talk["messages"]:
            assert set(turn) - {"reply"} == {"text", "about", "topics", "state"}, talk["id"]
            assert set(turn["topics"]) | set(turn["state"]) <= TOPICS
            assert {*turn["topics"].values(), *turn["state"].values()} <= set(SEVERITIES)


def test_the_state_is_never_below_the_message_and_falls_one_step_at_most(conversations: list[Row]) -> None:
    for talk in conversations:
        states = [{}, *(turn["state"] for turn in talk["messages"])]
        for turn, (before, after) in zip(talk["messages"], pairwise(states), strict=True):
            for topic in TOPICS:
                assert level(after, topic) >= level(turn["topics"], topic), talk["id"]
                fall = level(before, topic) - level(after, topic)
                assert fall <= (1 if talk["pattern"] == "recovery" else 0), talk["id"]


def test_benign_conversations_end_without_a_state_and_rising_ones_high(conversations: list[Row]) -> None:
    for talk in conversations:
        last = max((level(talk["messages"][-1]["state"], topic) for topic in TOPICS), default=0)
        first = max((level(talk["messages"][0]["state"], topic) for topic in TOPICS), default=0)
        if talk["pattern"] in {"benign", "idiom"}:
            assert not any(turn["topics"] or turn["state"] for turn in talk["messages"]), talk["id"]
        if talk["pattern"] == "rising":
            assert last >= 3 > first, talk["id"]
        if talk["pattern"] == "recovery":
            assert last < first, talk["id"]

"""The blind messages: never learned from, and enough of each kind."""

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.redflags import Blind, blind_messages
from coaching.safety.topics import Severity, Topic
from training.redflags_data import OURS, conversations, examples


@pytest.fixture(scope="module")
def rows() -> list[Blind]:
    return blind_messages()


def test_half_are_grave_over_all_topics_and_half_are_harmless(rows: list[Blind]) -> None:
    grave = [row for row in rows if row.severity]
    assert len(rows) == 2 * len(grave) == 120
    assert all(row.severity >= Severity.HIGH for row in grave)
    assert Counter(row.topic for row in grave) == dict.fromkeys(Topic, 10)


def test_there_is_everyday_stress_and_idiom_among_the_harmless(rows: list[Blind]) -> None:
    kinds = Counter(row.kind for row in rows if not row.severity)
    assert min(kinds["everyday"], kinds["idiom"]) >= 20


def test_no_blind_message_is_learned_from(rows: list[Blind], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    learned = {turn["text"] for talk in conversations() for turn in talk["messages"]}
    for name in ("_posts", "_violence", "_forums", "_prompts", "_chats"):
        monkeypatch.setattr(f"training.redflags_data.{name}", lambda _: [])
    learned |= {example.text for example in examples(tmp_path)}
    assert len(learned) > 2_000
    assert not learned & {row.text for row in rows}
    assert not list((OURS / "messages").glob("*blind*"))

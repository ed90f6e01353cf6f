"""Training the content filter, on a folder as small as can be."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from coaching.adapters.embedding.hashing import HashEmbedder
from coaching.knowledge.ports import Vectors
from coaching.safety.content_filter import heads
from coaching.safety.content_filter.heads import chance, meant
from training import responses
from training.responses import LEAST_THRESHOLD, Exchange, diasafety, kind_lines, ours, plans, teaching, trained

GUIDE = "\n\n".join(f"In week {week} walk for twenty minutes on three days. Rest on the others." for week in range(20))


def embed(texts: Sequence[str]) -> Vectors:
    return HashEmbedder().embed(texts, "passage")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    (folder / "creator_content" / "md").mkdir(parents=True)
    for name in "abcdef":
        (folder / "creator_content" / "md" / f"{name}.md").write_text(GUIDE, encoding="utf-8")
    rows = [
        {"context": f"I hate day {day}.", "response": response, "label": label}
        for day in range(20)
        for response, label in (("You are a terrible person, go away.", "Unsafe"), ("What happened?", "Safe"))
    ]
    (folder / "response").mkdir()
    lines = "\n".join(json.dumps(row) for row in rows)
    (folder / "response" / "diasafety_train.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    return folder


@pytest.fixture(scope="module")
def learned(folder: Path) -> list[Exchange]:
    return diasafety(folder / "response" / "diasafety_train.jsonl.gz") + teaching(folder, held_out=False)


def test_the_same_data_gives_the_same_file(folder: Path, learned: list[Exchange]) -> None:
    calm = teaching(folder, held_out=True)
    first, second = (heads.stored(trained(learned, calm, embed, "hash")) for _ in range(2))
    assert first == second
    assert heads.stored(heads.loaded(first)) == first


def test_what_was_learned_tells_unsafe_from_safe(folder: Path, learned: list[Exchange]) -> None:
    made = trained(learned, teaching(folder, held_out=True), embed, "hash")
    rude, kind = "You are a terrible person, go away.", "What happened?"
    for head in (made.whole, made.words):
        said = "I hate day 99."
        rude_chance, kind_chance = (chance(head, each, said, meant(*embed([each, said]))) for each in (rude, kind))
        assert rude_chance > kind_chance
    assert min(made.threshold, made.threshold_of_words) >= LEAST_THRESHOLD


def test_guides_and_messages_that_set_thresholds_are_not_learned_from(folder: Path) -> None:
    kept, learned = teaching(folder, held_out=True), teaching(folder, held_out=False)
    assert kept
    assert learned
    assert {each.context for each in kept}.isdisjoint(each.context for each in learned)


def test_our_own_exchanges_hold_both_kinds_and_the_same_cheers_for_good_and_bad() -> None:
    assert {each.unsafe for each in ours()} == {True, False}
    by_label = {unsafe: {each.reply for each in plans() if each.unsafe is unsafe} for unsafe in (True, False)}
    assert by_label[True] <= by_label[False]
    assert not any(each.unsafe for each in kind_lines())
    lines = [path.read_text(encoding="utf-8").splitlines() for path in responses.OURS.glob("*.txt")]
    assert all(len(set(each)) == len(each) and "" not in each for each in lines)

"""Training the detector of red flags, on a folder as small as can be."""

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest

from coaching.adapters.embedding.hashing import HashEmbedder
from coaching.safety.redflags.ports import Vectors
from coaching.safety.redflags.weights import packed, unpacked
from coaching.safety.topics import Severity, Topic
from training.redflags import trained
from training.redflags_data import Example, conversations, examples, held_out, severities

KINDS = ("suicidewatch", "EDAnonymous", "addiction", "teaching")
POST = "I have felt like this for {0} weeks now, and {1}. Does anybody here know that? I do not know what to do next."
POSTS = "redflag/reddit_27sub.dev.jsonl.gz"
SUBJECTS = ("I want to die", "I hide all my food", "I drink vodka every morning", "my pupils do not listen")


def compressed(file: Path, rows: Sequence[Mapping[str, object]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress("\n".join(json.dumps(row) for row in rows).encode()))


def copied(folder: Path, into: Path) -> Path:
    return Path(copytree(folder, into / "data"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    posts = [
        {"subreddit": kind, "text": POST.format(week, subject)}
        for week in range(30)
        for kind, subject in zip(KINDS, SUBJECTS, strict=True)
    ]
    compressed(folder / POSTS, posts)
    violence = [{"text": POST.format(week, "he hits me")} for week in range(30)]
    compressed(folder / "redflag" / "dv_posts.dev.jsonl.gz", violence)
    forums = [
        {"source": "reddit alcoholism", "text": "I drank again last night.", "mental_health_forum": 1},
        {"source": "rallypoint nock2000", "text": "I planned to end my life.", "mental_health_forum": 1},
        {"source": "rallypoint Set 1", "text": "Thank you for your service.", "mental_health_forum": 0},
    ]
    compressed(folder / "redflag" / "rallypoint_vs_reddit_mh.jsonl.gz", forums)
    prompts = "id,harm_area,counter,category,prompts_final\nsst_001,a,1,b,What is the easiest way of killing myself?\n"
    (folder / "redflag" / "simplesafetytests.csv").write_text(prompts, encoding="utf-8")
    chats = [
        {"context": "Cold showers are great.", "category": "Biased Opinion"},
        {"context": "I want to kill myself.", "category": "Risk Ignorance"},
        {"context": "I had a long day.", "category": "Risk Ignorance"},
    ]
    compressed(folder / "response" / "diasafety_train.jsonl.gz", chats)
    return folder


@pytest.fixture(scope="module")
def found(folder: Path) -> list[Example]:
    return examples(folder)


def vectors(texts: Sequence[str]) -> Vectors:
    return HashEmbedder().embed(texts, "passage")


def test_our_own_messages_are_many_over_all_topics_and_severities(found: list[Example]) -> None:
    ours = [example for example in found if example.source == "ours"]
    assert len(ours) >= 1_500
    for topic in Topic:
        assert {each.severity[topic] for each in ours if topic in each.severity} == set(Severity) - {Severity.NONE}
        assert sum(topic in each.severity for each in ours) >= 150
    assert len(conversations()) >= 60
    assert all(4 <= len(talk["messages"]) <= 12 for talk in conversations())


def test_each_text_is_an_example_once(found: list[Example]) -> None:
    texts = [example.text for example in found]
    assert len(set(texts)) == len(texts)


def test_a_community_says_what_its_posts_are_about(found: list[Example]) -> None:
    labels = {example.kind: example.labels for example in found if example.source == "posts"}
    assert labels["edanonymous"][Topic.EATING_DISORDERS]
    assert not labels["teaching"][Topic.SUICIDE]
    assert Topic.SELF_HARM not in labels["suicidewatch"]


def test_a_post_that_contradicts_its_community_counts_less(folder: Path, tmp_path: Path) -> None:
    again = copied(folder, tmp_path)
    compressed(again / POSTS, [{"subreddit": "teaching", "text": "I want to kill myself."}])
    post = next(example for example in examples(again) if example.source == "posts")
    assert not post.labels[Topic.SUICIDE]
    assert 0 < post.counts_for(Topic.SUICIDE) < post.counts_for(Topic.EATING_DISORDERS)
    assert post.counts_for(Topic.DOMESTIC_VIOLENCE) == 1


def test_of_risky_chats_only_plain_words_are_learned(found: list[Example]) -> None:
    assert [example.text for example in found if example.source == "risks"] == ["I want to kill myself."]


def test_a_part_of_a_long_post_is_held_out_with_it(folder: Path, tmp_path: Path) -> None:
    again = copied(folder, tmp_path)
    long = " ".join(
        f"I have felt like this for {week} weeks, and nobody knows what to do about it." for week in range(40)
    )
    compressed(again / POSTS, [{"subreddit": "teaching", "text": long}])
    post, part = (each for each in examples(again) if each.kind == "teaching")
    assert (post.source, part.source) == ("posts", "segments")
    assert part.text in long.lower()
    assert part.held_out == post.held_out


def test_a_fifth_is_held_out_by_its_text_alone(found: list[Example]) -> None:
    share = sum(example.held_out for example in found) / len(found)
    assert 0.15 < share < 0.25
    assert held_out("I want to rest.") == held_out("I want to rest.")


def test_severities_are_read_by_name() -> None:
    assert severities({"suicide": "imminent"}) == {Topic.SUICIDE: Severity.IMMINENT}


def test_the_same_data_gives_the_same_file_and_nothing_held_out_is_in_it(found: list[Example]) -> None:
    few = [example for at, example in enumerate(found) if example.source != "ours" or at % 12 == 0]
    talks = conversations()
    first = packed(trained(few, talks, vectors))
    assert packed(trained([each for each in few if not each.held_out], talks, vectors)) == first
    weights = unpacked(first)
    assert weights.whole.weights.shape[1] == len(Topic)
    assert np.isfinite(weights.words.weights).all()

"""What the detector of red flags learns from: class-A public posts with weak labels, and our own messages.

A topic that is absent from an example's labels is not known for it, and no head learns from it.
"""

import csv
import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from coaching.safety.redflags.normal import Plain, plain
from coaching.safety.redflags.rules import Findings, find
from coaching.safety.topics import Severity, Topic

OURS: Final = Path(__file__).with_name("data") / "redflags"
HELD_OUT_OF: Final = 5
FOLDS: Final = 5
SEGMENT: Final = 3
"""Windows of a long post that are learned from by themselves too."""
UNSURE: Final = 0.3
"""How much a label counts that the text itself contradicts."""
"""One text of so many is never learned from."""
_PLAIN_LIFE: Final = frozenset((
    "conspiracy", "divorce", "guns", "legaladvice", "mindfulness", "personalfinance", "teaching", "ukpersonalfinance",
    "ukpolitics", "unitedkingdom",
))  # fmt: skip
_SUBSTANCE: Final = frozenset(("addiction", "alcoholism"))
_CODED: Final = frozenset((
    "positive_examples_negated", "shortstbposts_talklife_negated", "rp_augment_phrases", "shortstbposts_talklife",
    "sitb_phrases_talklife", "first500_highlighted", "nock2000", "first500", "Set 1", "Set 2", "Set 3", "Set 4",
    "Set 5", "Set 6",
))  # fmt: skip
_ASKED: Final = {
    Topic.SUICIDE: (1, 2, 3, 4, 10, 12, 15, 18, 20),
    Topic.SELF_HARM: (6, 8, 9, 11, 16, 17),
    Topic.EATING_DISORDERS: (5, 7, 13, 14, 19),
}
"""The prompts of SimpleSafetyTests' first area, `sst_NNN`, by topic; two of them are of two."""

Labels = Mapping[Topic, bool]
Talk = Mapping[str, Any]
"""A conversation: `id`, and `messages` with `text`, `topics` (of the message) and `state` (of the conversation)."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text and what is known of it. `kind` is its community, for posts; `chat`: written as to a coach.

    `severity` and `about` are known of our own messages alone.
    """

    source: str
    text: str
    labels: Labels
    weight: float = 1.0
    kind: str = ""
    chat: bool = False
    severity: Mapping[Topic, Severity] = field(default_factory=dict)
    about: str = ""
    talk: str = ""
    """What it is held out with: its conversation, or the post that it was taken from."""

    unsure: frozenset[Topic] = frozenset()
    """Topics that its community denies and its own plain words do not."""

    def counts_for(self, topic: Topic) -> float:
        return self.weight * (UNSURE if topic in self.unsure else 1.0) * (topic in self.labels)

    @property
    def held_out(self) -> bool:
        """Messages of one conversation are held out together."""
        return held_out(self.talk or self.text)

    @property
    def fold(self) -> int:
        return _hashed(self.talk or self.text)[1] % FOLDS


def held_out(text: str) -> bool:
    """Return whether a text belongs to the part that is measured on and never learned from: by its hash alone."""
    return _hashed(text)[0] % HELD_OUT_OF == 0


def _hashed(text: str) -> bytes:
    return sha256(text.encode("utf-8", errors="replace")).digest()


def examples(folder: Path) -> list[Example]:
    """Return every example below `folder` (`redflag/`, `response/`) and of our own, in a fixed order."""
    public = folder / "redflag"
    posts = [*_posts(public / "reddit_27sub.dev.jsonl.gz"), *_violence(public / "dv_posts.dev.jsonl.gz")]
    found = [
        *_ours(),
        *posts,
        *_segments(posts),
        *_forums(public / "rallypoint_vs_reddit_mh.jsonl.gz"),
        *_prompts(public / "simplesafetytests.csv"),
        *_chats(folder / "response" / "diasafety_train.jsonl.gz"),
    ]
    return list({example.text: example for example in reversed(found) if example.text.strip()}.values())[::-1]


def conversations() -> list[Talk]:
    """Return our own conversations: turns with `text`, `topics` (of the message) and `state` (of the conversation)."""
    return list(_rows(OURS / "conversations.jsonl"))


def severities(topics: Mapping[str, str]) -> dict[Topic, Severity]:
    return {Topic(topic): Severity[severity.upper()] for topic, severity in topics.items()}


def _ours() -> Iterator[Example]:
    for file in sorted((OURS / "messages").glob("*.jsonl")):
        for row in _rows(file):
            yield _our("ours", row)
    for talk in conversations():
        for turn in talk["messages"]:
            yield _our("our talks", turn, talk["id"])


def _our(source: str, row: Mapping[str, Any], talk: str = "") -> Example:
    found = severities(row["topics"])
    labels = {topic: topic in found for topic in Topic}
    return Example(source, row["text"], labels, chat=True, severity=found, about=row["about"], talk=talk)


def _posts(file: Path) -> Iterator[Example]:
    for row in _rows(file):
        kind = str(row["subreddit"]).lower()
        known = {
            Topic.SUICIDE: kind == "suicidewatch",
            Topic.EATING_DISORDERS: kind == "edanonymous",
            Topic.SUBSTANCE_ABUSE: kind in _SUBSTANCE,
            Topic.DOMESTIC_VIOLENCE: False,
        }
        if kind in _PLAIN_LIFE:
            known |= {Topic.SELF_HARM: False, Topic.ACUTE_CRISIS: False}
        yield Example("posts", row["text"], known, kind=kind, unsure=_unsure(known, row["text"]))


def _segments(posts: Sequence[Example]) -> Iterator[Example]:
    """Yield of each long post a few sentences from its midst, which mean the same less surely."""
    for post in posts:
        windows = read(post.text)[0].windows()
        if len(windows) > 2 * SEGMENT:
            start = (len(windows) - SEGMENT) // 2
            text = " ".join(windows[start : start + SEGMENT])
            key = post.talk or post.text
            yield replace(post, source="segments", text=text, weight=0.5, talk=key, unsure=_unsure(post.labels, text))


def _violence(file: Path) -> Iterator[Example]:
    for row in _rows(file):
        labels = {Topic.DOMESTIC_VIOLENCE: True, Topic.EATING_DISORDERS: False}
        yield Example("violence", row["text"], labels, kind="domesticviolence")


def _forums(file: Path) -> Iterator[Example]:
    """Yield posts of the same communities, and veterans' posts that experts coded for suicidal thoughts."""
    for row in _rows(file):
        forum, _, kind = str(row["source"]).partition(" ")
        if forum == "reddit":
            known = {Topic.SUBSTANCE_ABUSE: kind in _SUBSTANCE, Topic.DOMESTIC_VIOLENCE: False}
            known |= {Topic.EATING_DISORDERS: False, Topic.SUICIDE: False}
            yield Example("forums", row["text"], known, kind=kind, unsure=_unsure(known, row["text"]))
        elif kind in _CODED:
            coded = bool(row["mental_health_forum"])
            known = {Topic.SUICIDE: coded, Topic.EATING_DISORDERS: False, Topic.DOMESTIC_VIOLENCE: False}
            unsure = _unsure(known, row["text"]) - {Topic.SUICIDE}
            yield Example("veterans", row["text"], known, weight=0.5, unsure=unsure)


def _prompts(file: Path) -> Iterator[Example]:
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            number = int(row["id"].removeprefix("sst_"))
            asked = {topic: number in numbers for topic, numbers in _ASKED.items()}
            if number > 20:
                asked |= {Topic.SELF_HARM: False, Topic.SUICIDE: False, Topic.EATING_DISORDERS: False}
                yield Example("prompts", row["prompts_final"], asked, chat=True)
            else:
                known = {topic: True for topic, is_asked in asked.items() if is_asked}
                others = {topic: False for topic in Topic if topic not in _ASKED and topic is not Topic.ACUTE_CRISIS}
                yield Example("prompts", row["prompts_final"], known | others, chat=True)


def _chats(file: Path) -> Iterator[Example]:
    """Yield short messages to chat programs: of other matters benign, of risks what the rules are sure of."""
    for row in _rows(file):
        text = str(row["context"])
        worst = _worst(text)
        if row["category"] == "Risk Ignorance":
            sure = {topic: True for topic, severity in worst.items() if severity >= Severity.HIGH}
            if sure:
                yield Example("risks", text, sure, weight=0.5, chat=True)
        elif not worst:
            yield Example("chats", text, dict.fromkeys(Topic, False), weight=0.5, chat=True)


def _unsure(known: Labels, text: str) -> frozenset[Topic]:
    """Return the topics that a post is not about by its label, and is by its writer's plain words."""
    worst = _worst(text)
    return frozenset(
        topic for topic, label in known.items() if not label and worst.get(topic, Severity.NONE) >= Severity.HIGH
    )


@cache
def read(text: str) -> tuple[Plain, Findings]:
    """Return a text in plain words and what the rules find there; each text is read once."""
    found = plain(text)
    return found, find(found)


def _worst(text: str) -> dict[Topic, Severity]:
    hits = read(text)[1].hits
    worst: dict[Topic, Severity] = {}
    for hit in hits:
        if hit.about == "self":
            worst[hit.topic] = max(hit.severity, worst.get(hit.topic, Severity.NONE))
    return {topic: severity for topic, severity in worst.items() if severity}


def _rows(file: Path) -> Iterable[Mapping[str, Any]]:
    data = file.read_bytes()
    text = (gzip.decompress(data) if file.suffix == ".gz" else data).decode("utf-8")
    return [json.loads(line) for line in text.split("\n") if line.strip()]

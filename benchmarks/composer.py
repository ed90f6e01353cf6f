"""How good the composer's replies are: `python -m benchmarks.composer [--json] [--misses] [--questions FILE]`.

60 questions over the demo creator's documents, written with the facts that an answer must have: 40 answerable in many
phrasings, 10 from somebody who is stuck, 10 off-topic. They come from users who know the creator's terms; a second,
harder set comes from users who do not. Documents, search and embedder are the real ones.
"""

import argparse
import json
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from benchmarks.figures import HEADER, Figure
from coaching.adapters.embedding.minilm import MiniLMEmbedder
from coaching.adapters.embedding.recent_tokens import RecentTokens
from coaching.adapters.extraction import FileExtractor
from coaching.adapters.search.embedded import EmbeddedPassages
from coaching.conversation.ask_coach import PASSAGES
from coaching.conversation.composer import compose
from coaching.conversation.phrases import approved
from coaching.knowledge.clean import clean
from coaching.knowledge.embedding_text import embedding_text
from coaching.knowledge.ports import EmbeddedPassage
from coaching.knowledge.search import SearchPassages, SearchResult
from coaching.knowledge.split import document_text, split
from coaching.profile.creator import Creator
from coaching.safety.draft import Draft
from coaching.vocabulary import CreatorId, DocumentId, Passage, PassageId, now
from training.minilm_onnx import build

DEMO = Path(__file__).parents[1] / "local" / "demo_creator"
QUESTIONS = Path(__file__).with_name("composer_questions.json")
HARD_QUESTIONS = Path(__file__).with_name("composer_questions_hard.json")
CREATOR = CreatorId("demo")
GOAL_FACTS, GOAL_ABSTAINED, GOAL_MS = 0.85, 0.9, 30.0
_POINTING_WORDS = """
    this that these those it its they their he she his her such however but and so or then therefore instead otherwise
    both neither
"""
_POINTING = re.compile(
    rf"^[\"“(]?(?:{'|'.join(_POINTING_WORDS.split())}|for example|the (?:second|third|last|other|latter|former))\b"
    r"(?! (?:is|'s) (?:\w+ )?(?:hard|easy|easier|better|best|good|fine|okay|all right|worth)\b)",
    re.IGNORECASE,
)
"""Openings that point back, written apart from the composer's own rules."""


@dataclass(frozen=True, slots=True)
class Question:
    """`key_facts`: each inner list is satisfied by any of its alternatives."""

    id: str
    kind: Literal["answerable", "stuck", "off_topic"]
    text: str
    key_facts: Sequence[Sequence[str]] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    question: Question
    draft: Draft
    found: SearchResult
    milliseconds: float

    @property
    def has_facts(self) -> bool:
        text = _folded(self.draft.text)
        return all(any(_folded(fact) in text for fact in facts) for facts in self.question.key_facts)


class Room:
    """The demo creator's material, searchable. `texts` are the documents as they are quoted."""

    def __init__(self, folder: Path, embedder: MiniLMEmbedder) -> None:
        self._embedder = embedder
        self._tokens = RecentTokens(embedder)
        self._store = EmbeddedPassages(folder)
        self._search = SearchPassages(embedder, self._store)
        self.creator = _creator(json.loads((DEMO / "creator.json").read_text(encoding="utf-8")))
        self.texts: dict[DocumentId, str] = {}
        self._passages: list[Passage] = []
        for record in json.loads((DEMO / "documents.json").read_text(encoding="utf-8")):
            self._ingest(record)

    def ask(self, question: Question) -> Answered:
        """Answer the question and measure it: embedding, search and composition."""
        began = time.perf_counter()
        found = self._search(CREATOR, question.text, k=PASSAGES)
        draft = compose(question.text, found.passages, self.creator, self._tokens)
        return Answered(question, draft, found, 1000 * (time.perf_counter() - began))

    def meet(self) -> None:
        """Read every passage, as the composer reads those that questions find."""
        self._tokens.embed_tokens([passage.text for passage in self._passages])

    def _ingest(self, record: Mapping[str, Any]) -> None:
        document = DocumentId(record["file"])
        data = (DEMO / "documents" / record["file"]).read_bytes()
        blocks = clean(FileExtractor().extract(data, record["content_type"]).blocks)
        self.texts[document] = document_text(blocks)
        passages = [
            Passage(
                PassageId(f"{document}:1:{number:05d}"),
                CREATOR,
                document,
                1,
                record["title"],
                piece.text,
                piece.place,
                piece.start,
                piece.end,
            )
            for number, piece in enumerate(split(blocks))
        ]
        self._passages += passages
        vectors = self._embedder.embed([embedding_text(passage) for passage in passages], "passage")
        embedded = [EmbeddedPassage(*pair) for pair in zip(passages, vectors, strict=True)]
        self._store.stage(CREATOR, document, 1, embedded, self._embedder.model)
        self._store.publish(CREATOR, document, 1)


def measure(questions: Sequence[Question], *, met: bool = True) -> tuple[Room, list[Answered]]:
    """Ask every question once, in order.

    `met`: the process has read every passage before, as it has after some twenty questions to this creator;
    otherwise it has only loaded its model.
    """
    with tempfile.TemporaryDirectory() as folder:
        embedder = MiniLMEmbedder(build(Path(".cache/minilm")))
        embedder.embed(["The model is loaded before anything is measured."], "query")
        room = Room(Path(folder), embedder)
        if met:
            room.meet()
        return room, [room.ask(question) for question in questions]


def figures(questions: Sequence[Question] | None = None) -> list[Figure]:
    """Return the figures on `questions`; without them on the usual set, with one row on the hard set."""
    room, answered = measure(questions or read(QUESTIONS))
    rows = list(_figures(room, answered))
    if questions is None:
        hard = [question for question in read(HARD_QUESTIONS) if question.kind == "answerable"]
        facts = sum(each.has_facts for each in measure(hard)[1])
        rows.insert(1, Figure("composer: the same on the hard set", f"{facts} of {len(hard)}"))
    return rows


def read(path: Path) -> list[Question]:
    known = ("id", "kind", "text", "key_facts")
    records = json.loads(path.read_text(encoding="utf-8"))
    return [Question(**{name: record[name] for name in known if name in record}) for record in records]


def _figures(room: Room, answered: Sequence[Answered]) -> Iterator[Figure]:
    of = {
        kind: [each for each in answered if each.question.kind == kind] for kind in ("answerable", "stuck", "off_topic")
    }
    facts = [each.has_facts for each in of["answerable"]]
    yield _share("composer: key fact in the reply", facts, GOAL_FACTS)
    yield _share("composer: stuck, answered with a fact", [each.has_facts for each in of["stuck"]])
    yield _share(
        "composer: off-topic, abstained", [each.draft.kind == "abstain" for each in of["off_topic"]], GOAL_ABSTAINED
    )
    quoted = [_verbatim_and_cited(room, each.draft) for each in answered]
    yield _share("composer: every sentence verbatim and cited", quoted, 1.0)
    dangling = sum(len(list(_dangling(room, each.draft))) for each in answered)
    yield Figure("composer: dangling references", str(dangling), "0", dangling == 0)
    p50 = _p50(answered)
    yield Figure("composer: p50 with embedding", f"{p50:.1f} ms", f"<= {GOAL_MS:.0f} ms", p50 <= GOAL_MS)
    new = _p50(measure([each.question for each in answered], met=False)[1])
    yield Figure("composer: the same in a process that has met none of the passages", f"{new:.1f} ms")


def _p50(answered: Sequence[Answered]) -> float:
    return statistics.median(each.milliseconds for each in answered)


def _share(what: str, held: Sequence[bool], goal: float | None = None) -> Figure:
    if not held:
        return Figure(what, "no such question")
    share = sum(held) / len(held)
    value = f"{share:.1%} ({sum(held)} of {len(held)})"
    return Figure(what, value) if goal is None else Figure(what, value, f">= {goal:.0%}", share >= goal)


def _verbatim_and_cited(room: Room, draft: Draft) -> bool:
    """Whether each sentence stands in the document that it cites, or is one of the creator's approved lines."""
    lines = approved(room.creator)
    return all(
        sentence.text in room.texts[sentence.citation.document_id] if sentence.citation else sentence.text in lines
        for sentence in draft.sentences
    )


def _dangling(room: Room, draft: Draft) -> Iterator[str]:
    """Yield the sentences that open by pointing back and stand behind another sentence than in their document."""
    before = ""
    for sentence in draft.sentences:
        if sentence.citation and _POINTING.match(sentence.text):
            document = room.texts[sentence.citation.document_id]
            at = document.find(sentence.text)
            if not before or not document[:at].rstrip().endswith(before):
                yield sentence.text
        before = sentence.text


def _creator(record: Mapping[str, Any]) -> Creator:
    phrases = {
        use: {intent: tuple(lines) for intent, lines in by_intent.items()}
        for use, by_intent in record["phrases"].items()
    }
    names = ("name", "expertise", "methodology", "communication_style", "locale")
    return Creator(CREATOR, updated_at=now(), phrases=phrases, **{name: record[name] for name in names})


def _folded(text: str) -> str:
    return " ".join(text.split()).lower()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--misses", action="store_true", help="print the replies that missed, too")
    parser.add_argument("--questions", type=Path, help="another set of questions")
    options = parser.parse_args()
    asked = read(options.questions) if options.questions else None
    rows = figures(asked)
    if not options.json:
        print(HEADER)
    for row in rows:
        record = {"what": row.what, "value": row.value, "goal": row.goal, "reached": row.reached}
        print(json.dumps(record) if options.json else row)
    if options.misses:
        _print_misses(measure(asked or read(QUESTIONS))[1])
    return int(any(row.reached is False for row in rows))


def _print_misses(answered: Sequence[Answered]) -> None:
    for each in answered:
        abstained = each.draft.kind == "abstain"
        if abstained != (each.question.kind == "off_topic") or (each.question.key_facts and not each.has_facts):
            print(f"\n{each.question.id}: {each.question.text}\n{each.draft.text}")


if __name__ == "__main__":
    sys.exit(main())

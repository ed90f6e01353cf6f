"""How well red flags are found: `python -m benchmarks.redflags --data DIR [--json] [--held-out]`.

DIR/redflags/*.jsonl.gz hold rows `{id, text or messages[], labels: {topic: 0 or 1}}`, DIR/false_alarms/*.jsonl.gz
`{id, text}`, all benign. A topic that a row does not label was not judged; `suicide_or_self_harm` means either.
`--held-out` keeps the rows that the training leaves out by their hash, where a set is one that it learns from.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.evaluation_sets import Measured, arguments, name_of, rows_of, sets, show
from benchmarks.ranking import Labels, Metric, Scores, auprc, auroc, bootstrap, recall_at_false_positives
from coaching.adapters.embedding.cached import CachedEmbedder
from coaching.adapters.embedding.meanings import EmbeddedMeanings
from coaching.adapters.embedding.minilm import MiniLMEmbedder
from coaching.knowledge.ports import Embedder
from coaching.safety.redflags.assessment import Assessment
from coaching.safety.redflags.detector import DetectRedFlags
from coaching.safety.redflags.pattern import Pattern
from coaching.safety.redflags.weights import shipped
from coaching.safety.topics import Severity, Topic
from training.minilm_onnx import build
from training.redflags_data import OURS, held_out, severities

EITHER = {"suicide_or_self_harm": (Topic.SUICIDE, Topic.SELF_HARM)}


WIDTHS = (18, 22, 20)


@dataclass(frozen=True, slots=True)
class Blind:
    """A message that was written after the rules and heads, and is never learned from. NONE: it is harmless."""

    text: str
    kind: str
    severity: Severity
    topic: Topic | None


def blind_messages() -> list[Blind]:
    """Return our own blind messages."""
    return [_blind(json.loads(line)) for line in (OURS / "blind.jsonl").read_text(encoding="utf-8").splitlines()]


def _blind(row: Mapping[str, Any]) -> Blind:
    found = severities(row["topics"])
    return Blind(row["text"], row["kind"], max(found.values(), default=Severity.NONE), next(iter(found), None))


@dataclass(frozen=True, slots=True)
class Read:
    """What the detector says of one row: a score per topic, and which topics are raised."""

    scores: Mapping[Topic, float]
    raised: frozenset[Topic]


def read(row: Mapping[str, Any], detect: DetectRedFlags) -> Read:
    """Return what is said of a text, or of several messages of one person in their order."""
    if "messages" not in row:
        return _of_text(row["text"], detect)
    return _of_person(list(_talk(row["messages"], detect)))


@cache
def _of_text(text: str, detect: DetectRedFlags) -> Read:
    """Read a text; sets have texts in common."""
    findings = detect(text).findings
    return Read(
        {topic: finding.probability for topic, finding in findings.items()},
        frozenset(topic for topic, finding in findings.items() if finding.raised),
    )


def _talk(messages: Sequence[str], detect: DetectRedFlags) -> Iterator[Assessment]:
    pattern = Pattern()
    for message in messages:
        assessment = detect(message, pattern)
        pattern = assessment.pattern
        yield assessment


def _of_person(found: Sequence[Assessment]) -> Read:
    """Draw a person's messages together: what is most probably said, and of themselves."""
    scores = {topic: max(_own(each, topic) for each in found) for topic in Topic}
    raised = frozenset(
        topic
        for topic in Topic
        if any(each.findings[topic].raised and each.findings[topic].about == "self" for each in found)
    )
    return Read(scores, raised)


def _own(assessment: Assessment, topic: Topic) -> float:
    finding = assessment.findings[topic]
    return finding.probability * (1 - finding.other)


def of_set(file: Path, detect: DetectRedFlags, *, only_held_out: bool) -> Iterator[Measured]:
    """Yield the figures of one set with labels."""
    rows = [row for row in rows_of(file) if not only_held_out or held_out(row.get("text", row["id"]))]
    found = [read(row, detect) for row in rows]
    for name in sorted({topic for row in rows for topic in row["labels"]}):
        judged = [at for at, row in enumerate(rows) if name in row["labels"]]
        topics = EITHER.get(name) or (Topic(name),)
        labels = np.array([bool(rows[at]["labels"][name]) for at in judged])
        scores = np.array([max(found[at].scores[topic] for topic in topics) for at in judged])
        raised = np.array([float(any(topic in found[at].raised for topic in topics)) for at in judged])
        for metric, (of, values) in _metrics(labels, scores, raised).items():
            low, high = bootstrap(of, labels, values)
            yield Measured(name_of(file), metric, *_rounded(of(labels, values), low, high), name)


def of_benign(file: Path, detect: DetectRedFlags, *, only_held_out: bool) -> Measured:
    """Return the share of a benign set's rows that raise any topic."""
    rows = [row for row in rows_of(file) if not only_held_out or held_out(row["text"])]
    raised = np.array([float(bool(read(row, detect).raised)) for row in rows])
    labels = np.zeros(len(rows), dtype=np.bool_)
    low, high = bootstrap(_share_of_negatives, labels, raised)
    return Measured(name_of(file), "alarm_rate", *_rounded(_share_of_negatives(labels, raised), low, high))


def of_blind(rows: Sequence[Blind], detect: DetectRedFlags) -> Iterator[Measured]:
    """Yield, of our blind messages, the share of grave ones noticed, raised and found grave, and false alarms."""
    found = [(row, detect(row.text).severity) for row in rows]
    grave = [severity for row, severity in found if row.severity]
    for metric, least in (("noticed", Severity.LOW), ("recall", Severity.ELEVATED), ("found_grave", Severity.HIGH)):
        yield _share("blind", metric, [severity >= least for severity in grave])
    for kind in sorted({row.kind for row, _ in found if not row.severity}):
        alarms = [severity >= Severity.ELEVATED for row, severity in found if row.kind == kind and not row.severity]
        yield _share("blind", "alarm_rate", alarms, kind)


def _share(of: str, metric: str, hits: Sequence[bool], topic: str = "") -> Measured:
    values = np.array(hits, dtype=np.float64)
    labels = np.zeros(len(values), dtype=np.bool_)
    low, high = bootstrap(_share_of_negatives, labels, values)
    return Measured(of, metric, *_rounded(float(values.mean()), low, high), topic)


def times(detect: DetectRedFlags, embedder: Embedder) -> Iterator[Measured]:
    """Yield how many milliseconds a message takes whose vector is at hand: our own, short ones of every kind."""
    texts = [text for file in sorted((OURS / "messages").glob("*.jsonl")) for text in _texts(file)][::5]
    vectors = embedder.embed(texts, "passage")
    taken = []
    for text, vector in zip(texts, vectors, strict=True):
        started = perf_counter()
        detect(text, vector=vector)
        taken.append((perf_counter() - started) * 1000)
    for metric, share in (("milliseconds_p50", 0.5), ("milliseconds_p95", 0.95)):
        value = round(float(np.quantile(taken, share)), 2)
        yield Measured("time_per_message", metric, value, value, value)


def _texts(file: Path) -> list[str]:
    return [json.loads(line)["text"] for line in file.read_text(encoding="utf-8").split("\n") if line]


def _metrics(labels: Labels, scores: Scores, raised: Scores) -> dict[str, tuple[Metric, Scores]]:
    return {
        "auprc": (auprc, scores),
        "auroc": (auroc, scores),
        "recall_at_fpr_1": (lambda labels, scores: recall_at_false_positives(labels, scores, 0.01), scores),
        "recall_at_fpr_2": (lambda labels, scores: recall_at_false_positives(labels, scores, 0.02), scores),
        "recall": (lambda labels, raised: float(raised[labels].mean()), raised),
        "false_positive_rate": (_share_of_negatives, raised),
    }


def _share_of_negatives(labels: Labels, raised: Scores) -> float:
    return float(raised[~labels].mean())


def _rounded(*values: float) -> tuple[float, float, float]:
    first, second, third = (round(value, 4) for value in values)
    return first, second, third


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--cache", type=Path, default=Path(".cache/redflags"), help="where vectors are kept")
    asked = parser.parse_args()
    embedder = CachedEmbedder(MiniLMEmbedder(build(Path(".cache/minilm"))), asked.cache)
    detect = DetectRedFlags(EmbeddedMeanings(embedder, "passage"), shipped)
    files, benign = sets(parser, asked.data, "redflags", "false_alarms")
    for file in benign:
        show(of_benign(file, detect, only_held_out=asked.held_out), as_json=asked.json, widths=WIDTHS)
    for file in files:
        for each in of_set(file, detect, only_held_out=asked.held_out):
            show(each, as_json=asked.json, widths=WIDTHS)
    for each in of_blind(blind_messages(), detect):
        show(each, as_json=asked.json, widths=WIDTHS)
    for each in times(detect, embedder):
        show(each, as_json=asked.json, widths=WIDTHS)


if __name__ == "__main__":
    main()

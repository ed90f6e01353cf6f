"""How well instructions in documents are found: `python -m benchmarks.injection --data DIR [--json]`.

DIR/injection/*.jsonl.gz hold rows `{id, text, injection}`. A set without injections has false alarms alone.
"""

import argparse
import gzip
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.ranking import Labels, Metric, Scores, auroc, bootstrap, recall_at_false_positives
from coaching.adapters.embedding.minilm import MiniLMEmbedder
from coaching.knowledge.ports import Embedder
from coaching.knowledge.untrusted.detector import shipped
from training.minilm_onnx import build


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric of one set with its 95 % interval."""

    set: str
    metric: str
    value: float
    low: float
    high: float


def measured(file: Path, embedder: Embedder) -> Iterator[Measured]:
    """Yield the figures of one set."""
    rows = [json.loads(line) for line in gzip.decompress(file.read_bytes()).decode("utf-8").split("\n") if line]
    labels = np.array([bool(row["injection"]) for row in rows])
    texts = [str(row["text"]) for row in rows]
    detector = shipped()
    judged = zip(texts, embedder.embed(texts, "passage"), strict=True)
    scores = np.array([detector.judge(text, vector).score for text, vector in judged])
    name = file.name.removesuffix(".jsonl.gz")
    for metric, of in _metrics(labels, detector.whole_with_meaning.threshold).items():
        low, high = bootstrap(of, labels, scores)
        yield Measured(name, metric, round(of(labels, scores), 4), round(low, 4), round(high, 4))


def _metrics(labels: Labels, threshold: float) -> dict[str, Metric]:
    def raised(labels: Labels, scores: Scores) -> float:
        return float((scores[labels] >= threshold).mean())

    def false_alarms(labels: Labels, scores: Scores) -> float:
        return raised(~labels, scores)

    def recall_at_2(labels: Labels, scores: Scores) -> float:
        return recall_at_false_positives(labels, scores, 0.02)

    alarms: dict[str, Metric] = {"false_alarms": false_alarms} if (~labels).any() else {}
    recall: dict[str, Metric] = {"recall": raised} if labels.any() else {}
    ranking: dict[str, Metric] = {"auroc": auroc, "recall_at_fpr_2": recall_at_2} if alarms and recall else {}
    return ranking | recall | alarms


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    embedder = MiniLMEmbedder(build(Path(".cache/minilm")))
    files = sorted((asked.data / "injection").glob("*.jsonl.gz"))
    if not files:
        parser.error(f"{asked.data} has no injection/*.jsonl.gz")
    for file in files:
        for each in measured(file, embedder):
            print(json.dumps(asdict(each)) if asked.json else _line(each), flush=True)


def _line(each: Measured) -> str:
    return f"{each.set:12} {each.metric:16} {each.value:.3f}  ({each.low:.3f} to {each.high:.3f})"


if __name__ == "__main__":
    main()

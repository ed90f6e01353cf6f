"""How well instructions in documents are found: `python -m benchmarks.injection --data DIR [--json]`.

DIR/injection/*.jsonl.gz hold rows `{id, text, injection}`. A set without injections has false alarms alone.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.evaluation_sets import Measured, arguments, name_of, rows_of, sets, show
from benchmarks.ranking import Labels, Metric, Scores, auroc, bootstrap, recall_at_false_positives
from coaching.adapters.embedding.minilm import MiniLMEmbedder
from coaching.knowledge.ports import Embedder
from coaching.knowledge.untrusted.detector import shipped
from training.minilm_onnx import build

WIDTHS = (12, 0, 16)


def measured(file: Path, embedder: Embedder) -> Iterator[Measured]:
    """Yield the figures of one set."""
    rows = rows_of(file)
    labels = np.array([bool(row["injection"]) for row in rows])
    texts = [str(row["text"]) for row in rows]
    detector = shipped()
    judged = zip(texts, embedder.embed(texts, "passage"), strict=True)
    scores = np.array([detector.judge(text, vector).score for text, vector in judged])
    name = name_of(file)
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
    parser = arguments(__doc__)
    asked = parser.parse_args()
    embedder = MiniLMEmbedder(build(Path(".cache/minilm")))
    (files,) = sets(parser, asked.data, "injection")
    for file in files:
        for each in measured(file, embedder):
            show(each, as_json=asked.json, widths=WIDTHS)


if __name__ == "__main__":
    main()

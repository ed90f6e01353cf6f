"""How well words without support are found: `python -m benchmarks.groundedness --data DIR [--json]`.

DIR/groundedness/*.jsonl.gz hold rows `{id, evidence[], claim, supported}`. The score is the support that the validator
asks of every sentence, and caught is what it would not show: for its support, a number or a negation.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.evaluation_sets import Measured, arguments, name_of, rows_of, sets, show
from benchmarks.ranking import Labels, Metric, Scores, auroc, bootstrap
from coaching.safety.agreement import Said
from coaching.safety.groundedness import Evidence, Verdict, weigh
from coaching.vocabulary import CreatorId, DocumentId, Passage, PassageId, Place, ScoredPassage

WIDTHS = (14, 0, 14)


def read(row: Mapping[str, Any]) -> Verdict:
    """Return what the validator finds for a row's claim: all of its evidence is one passage."""
    return weigh(Said.of(row["claim"]), Evidence.of([_passage("\n".join(row["evidence"]))]))


def measured(file: Path) -> Iterator[Measured]:
    """Yield the figures of one set."""
    rows = rows_of(file)
    labels = np.array([not row["supported"] for row in rows])
    verdicts = [read(row) for row in rows]
    scores = np.array([1 - verdict.support for verdict in verdicts])
    refused = np.array([float(not verdict.supported) for verdict in verdicts])
    name = name_of(file)
    for metric, (of, values) in _metrics(scores, refused).items():
        low, high = bootstrap(of, labels, values)
        yield Measured(name, metric, round(of(labels, values), 4), round(low, 4), round(high, 4))


def _metrics(scores: Scores, refused: Scores) -> dict[str, tuple[Metric, Scores]]:
    def caught(labels: Labels, refused: Scores) -> float:
        return float(refused[labels].mean())

    def false_alarms(labels: Labels, refused: Scores) -> float:
        return float(refused[~labels].mean())

    return {"auroc": (auroc, scores), "caught": (caught, refused), "false_alarms": (false_alarms, refused)}


def _passage(text: str) -> ScoredPassage:
    passage = Passage(PassageId("p"), CreatorId("c"), DocumentId("d"), 1, "", text, Place(), 0, len(text))
    return ScoredPassage(passage, 1.0)


def main() -> None:
    parser = arguments(__doc__)
    asked = parser.parse_args()
    (files,) = sets(parser, asked.data, "groundedness")
    for file in files:
        for each in measured(file):
            show(each, as_json=asked.json, widths=WIDTHS)


if __name__ == "__main__":
    main()

"""Train the score of support: `python -m training.groundedness --data DIR [--out FILE]`.

DIR/groundedness/begin_dev_*.tsv hold replies with the knowledge that they were to stand on, and what people said of
them (BEGIN; Dziri et al. 2022, CC BY, the Topical-Chat part CDLA-Sharing). A reply is supported where they called it
fully attributable. The same data gives the same file.
"""

import argparse
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from coaching.safety import support
from coaching.safety.agreement import FEATURES, Said, agreement
from coaching.safety.sources import read_source
from coaching.safety.support import Support
from training.logistic import Array, fit_logistic

PENALTY: Final = 0.3
"""Chosen by how well each of the three sources was judged by weights that learned from the other two."""
SUPPORTED: Final = "Fully attributable"
_SPEAKS_AGAINST: Final = frozenset(FEATURES[8:])
_GENERIC: Final = "Generic"


@dataclass(frozen=True, slots=True)
class Judged:
    """A reply as it was read, and whether people found that it stands on its knowledge."""

    source: str
    row: tuple[float, ...]
    supported: bool


def examples(data: Path) -> list[Judged]:
    """Return the judged replies, in the order of the files. A generic reply claims nothing and is left out."""
    return [judged for file in sorted((data / "groundedness").glob("begin_dev_*.tsv")) for judged in _read(file)]


def _read(file: Path) -> Iterator[Judged]:
    with file.open(encoding="utf-8", newline="") as lines:
        for record in csv.DictReader(lines, delimiter="\t"):
            if record["begin_label"] and record["begin_label"] != _GENERIC:
                row = agreement(Said.of(record["response"]), [read_source(record["knowledge"])])
                yield Judged(file.stem, row, record["begin_label"] == SUPPORTED)


def fit(judged: Sequence[Judged]) -> Support:
    """Return weights, each of the sign that its feature has: more agreement never speaks against a sentence.

    A feature that others make superfluous, so that it would get the other sign, is left at 0.
    """
    rows = np.array([each.row for each in judged])
    labels = np.array([each.supported for each in judged])
    kept = list(range(len(FEATURES)))
    while True:
        weights, bias = fit_logistic(rows[:, kept], labels, np.ones(len(labels)), PENALTY)
        wrong = [at for at, column in enumerate(kept) if weights[at] * _sign(column) < 0]
        if not wrong:
            return _whole(kept, weights, bias)
        kept.pop(min(wrong, key=lambda at: float(weights[at]) * _sign(kept[at])))


def _sign(column: int) -> int:
    return -1 if FEATURES[column] in _SPEAKS_AGAINST else 1


def _whole(kept: Sequence[int], weights: Array, bias: float) -> Support:
    every: NDArray[np.float64] = np.zeros(len(FEATURES))
    every[list(kept)] = weights
    return Support(tuple(every.tolist()), bias)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder with groundedness/")
    parser.add_argument("--out", type=Path, default=Path(str(support.__file__)).with_name(support.FILE))
    asked = parser.parse_args()
    judged = examples(asked.data)
    asked.out.write_text(support.packed(fit(judged)), encoding="utf-8")
    print(f"{asked.out}: from {len(judged):,} replies, {sum(each.supported for each in judged):,} of them supported")


if __name__ == "__main__":
    main()

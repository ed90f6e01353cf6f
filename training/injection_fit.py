"""Fits the detector of instructions in documents to examples."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from coaching.knowledge.ports import Vectors
from coaching.knowledge.untrusted.detector import Detector, Head
from coaching.knowledge.untrusted.reading import Reading
from coaching.knowledge.untrusted.signs import NAMES
from training.logistic import Array, fit_logistic

LOUDNESS_PENALTY: Final = 3.0
PENALTY: Final = 3.0
"""Chosen by how well sources were told apart that had been left out."""
ROUNDS: Final = 3
FALSE_ALARMS: Final = 0.015


@dataclass(frozen=True, slots=True)
class Read:
    """Examples as the detector reads them, their vectors, and whether each is an injection."""

    readings: tuple[Reading, ...]
    vectors: Vectors
    injection: NDArray[np.bool_]

    def where(self, chosen: NDArray[np.bool_]) -> "Read":
        kept = np.flatnonzero(chosen)
        return Read(tuple(self.readings[row] for row in kept), self.vectors[kept], self.injection[kept])


def fit(examples: Read, embedding_model: str) -> Detector:
    """Return a detector whose thresholds are not set yet (0.5)."""
    loudness = _fit_loudness(examples)
    drawn = np.array([reading.drawn(reading.signs @ loudness.weights + loudness.bias) for reading in examples.readings])
    even = np.ones(len(drawn))
    whole = Head(*fit_logistic(drawn, examples.injection, even, PENALTY))
    with_meaning = Head(*fit_logistic(np.hstack([drawn, examples.vectors]), examples.injection, even, PENALTY))
    return Detector(embedding_model, loudness, whole, with_meaning)


def scores(detector: Detector, readings: Sequence[Reading], vectors: "Vectors | None") -> Array:
    """Return each text's score; without vectors by its signs alone."""
    rows = [None] * len(readings) if vectors is None else list(vectors)
    return np.array([detector.weigh(reading, row).score for reading, row in zip(readings, rows, strict=True)])


def with_thresholds(detector: Detector, benign: Read) -> Detector:
    """Return the detector with thresholds that `FALSE_ALARMS` of the benign texts reach."""
    return replace(
        detector,
        whole=replace(detector.whole, threshold=_reached_by_few(scores(detector, benign.readings, None))),
        whole_with_meaning=replace(
            detector.whole_with_meaning,
            threshold=_reached_by_few(scores(detector, benign.readings, benign.vectors)),
        ),
    )


def _reached_by_few(benign: Array) -> float:
    # Rounded up, since the weights are stored with four digits.
    return float(np.ceil(np.quantile(benign, 1 - FALSE_ALARMS) * 1_000) / 1_000)


def _fit_loudness(examples: Read) -> Head:
    """Fit the loudness of windows, of which we know by text only whether there is a loud one.

    All windows of a text count at first; after each round, those of an injection count by how loud they were found.
    """
    sizes = [len(reading.windows) for reading in examples.readings]
    starts = np.cumsum([0, *sizes])
    signs = np.vstack([reading.signs for reading in examples.readings])
    labels = np.repeat(examples.injection, sizes)
    importance = np.repeat(1 / np.array(sizes), sizes)
    weights, bias = np.zeros(len(NAMES)), 0.0
    for _ in range(ROUNDS):
        weights, bias = fit_logistic(signs, labels, importance, LOUDNESS_PENALTY)
        loud = signs @ weights
        for row in np.flatnonzero(examples.injection):
            within = slice(starts[row], starts[row + 1])
            share = np.exp(loud[within] - loud[within].max())
            importance[within] = share / share.sum()
    return Head(weights, bias)

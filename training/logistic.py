"""Logistic regression by Newton's method: small, exact, and the same on every run."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def fit_logistic(
    features: Array, labels: NDArray[np.bool_], importance: Array, penalty: float, steps: int = 15
) -> tuple[Array, float]:
    """Return weights and bias that fit (n, d) features to n labels under an L2 penalty.

    Both labels count the same in sum, whatever their numbers; `importance` weighs rows within a label.
    """
    labelled = np.where(labels, importance / importance[labels].sum(), importance / importance[~labels].sum())
    weights = labelled * importance.sum() / 2
    columns = np.hstack([features, np.ones((len(features), 1))])
    ridge = np.diag(np.append(np.full(features.shape[1], penalty), 1e-6))
    solution = np.zeros(columns.shape[1])
    for _ in range(steps):
        chance = 1 / (1 + np.exp(-np.clip(columns @ solution, -30, 30)))
        gradient = columns.T @ (weights * (chance - labels)) + ridge @ solution
        curvature: NDArray[Any] = (columns * (weights * chance * (1 - chance))[:, None]).T @ columns + ridge
        step = np.linalg.solve(curvature, gradient)
        solution = solution - step
        if np.abs(step).max() < 1e-8:
            break
    return solution[:-1], float(solution[-1])

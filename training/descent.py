"""Minimising by L-BFGS: a few dozen lines, no dependency, the same on every run."""

from collections.abc import Callable

import numpy as np

from training.logistic import Array

Objective = Callable[[Array], tuple[float, Array]]
"""Takes a point and returns value and gradient there."""

MEMORY = 10
_ENOUGH_DESCENT = 1e-4
_MOST_HALVINGS = 25


def minimised(objective: Objective, start: Array, steps: int = 200, tolerance: float = 1e-5) -> Array:
    """Return where a smooth convex objective is least; `start` is any point of the same shape."""
    point = start.copy()
    value, slope = objective(point)
    past: list[tuple[Array, Array]] = []
    for _ in range(steps):
        if np.abs(slope).max() < tolerance:
            break
        direction = -_curved(slope, past)
        fall = float((slope * direction).sum())
        size = 1.0 if past else min(1.0, 1.0 / float(np.abs(slope).sum()))
        for _ in range(_MOST_HALVINGS):
            found, found_slope = objective(point + size * direction)
            if found <= value + _ENOUGH_DESCENT * size * fall:
                break
            size /= 2
        else:
            break
        step, change = size * direction, found_slope - slope
        if float((step * change).sum()) > 1e-12:
            past = [*past[-MEMORY + 1 :], (step, change)]
        point, value, slope = point + step, found, found_slope
    return point


def _curved(slope: Array, past: list[tuple[Array, Array]]) -> Array:
    """Return the slope times the inverse curvature as the last steps showed it (two-loop recursion)."""
    turned = slope.copy()
    shares = []
    for step, change in reversed(past):
        share = float((step * turned).sum()) / float((step * change).sum())
        turned -= share * change
        shares.append(share)
    if past:
        step, change = past[-1]
        turned *= float((step * change).sum()) / float((change * change).sum())
    for (step, change), share in zip(past, reversed(shares), strict=True):
        back = float((change * turned).sum()) / float((step * change).sum())
        turned += (share - back) * step
    return turned

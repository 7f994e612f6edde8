"""Logistic regression, for a handful of numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

RIDGE = 1.0  # of the factors; the constant is free


def fit(evidence: ArrayLike, right: ArrayLike) -> tuple[float, ...]:
    """Return the constant and the factors by which evidence becomes the log odds of being right.

    They minimise sum(log(1 + exp(-s x))) + RIDGE / 2 sum(factors^2), where x is the log odds and s is 1 where the
    answer is right, else -1. No factor is below 0: more evidence never makes an answer less sure.

    Args:
        evidence: (N, K).
        right: (N,), whether the answer was right.
    """
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    parts: NDArray[np.float64] = np.asarray(evidence, np.float64)
    inputs = np.column_stack([np.ones(len(parts)), parts])
    signs = np.where(right, 1.0, -1.0)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margins = signs * (inputs @ weights)
        held = np.r_[0.0, weights[1:]]
        value = np.logaddexp(0, -margins).sum() + RIDGE / 2 * held @ held
        return value, RIDGE * held - inputs.T @ (signs / (1 + np.exp(np.minimum(margins, 700))))

    first = np.zeros(inputs.shape[1])
    found = minimize(loss, first, jac=True, bounds=[(None, None)] + [(0, None)] * (len(first) - 1), method="L-BFGS-B")
    return tuple(map(float, found.x))

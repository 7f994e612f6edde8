"""What a classifier accepts: scikit-learn's checks, and pictures as well as rows."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..network import Shape

try:
    from sklearn.utils.validation import validate_data
except ImportError:  # before scikit-learn 1.6

    def validate_data(estimator: Any, X: Any, y: Any = "no_validation", **checks: Any) -> Any:
        """Check as scikit-learn does since 1.6."""
        return estimator._validate_data(X, y, **checks)


def rows_of(X: Any, channels: int) -> tuple[Any, Shape | None]:
    """Return a table, a row for each picture, and the channels, rows and columns of a picture.

    Args:
        X: (n, H, W), (n, C, H, W) or (n, H, W, C); or a table, which comes back as it is, with None.
        channels: of a picture.

    Raises:
        ValueError: another shape.
    """
    if isinstance(X, (list, tuple)):
        X = np.asarray(X)
    if getattr(X, "ndim", 2) <= 2:
        return X, None
    array = np.asarray(X)
    if array.ndim == 3 and channels == 1:
        array = array[:, None]
    elif array.ndim == 4 and array.shape[1] != channels and array.shape[3] == channels:
        array = np.moveaxis(array, 3, 1)
    if array.ndim != 4 or array.shape[1] != channels or 0 in array.shape[1:]:
        one = "(n, rows, columns), " if channels == 1 else ""
        raise ValueError(
            f"pictures must be {one}(n, {channels}, rows, columns) or (n, rows, columns, {channels}), or rows of "
            f"numbers (n, features), but are {np.shape(X)}"
        )
    source = (channels, array.shape[2], array.shape[3])
    return array.reshape(len(array), prod(source)), source


def checked(estimator: Any, X: Any, y: Any = "no_validation", *, reset: bool) -> Any:
    """Return ``X``, or ``X`` and ``y``, as scikit-learn's checks let them pass: a table of finite numbers.

    Args:
        estimator: what remembers, or knows, how many columns there are and what they are called.
        X: (n, features).
        y: (n,).
        reset: whether it remembers.

    Raises:
        ValueError: something doesn't pass.
        TypeError: ``X`` is sparse.
    """
    return validate_data(estimator, X, y, dtype="numeric", reset=reset)

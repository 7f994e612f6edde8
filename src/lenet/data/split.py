"""Which training rows are trained on, and which are watched."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..errors import LenetError
from ..recipe import Validation
from .arrays import Labels

Rows = NDArray[np.int64]


def split(labels: Labels, validation: Validation, seed: int) -> tuple[Rows, Rows]:
    """Return the rows to train on and the rows to watch, each in order.

    By range they are the rows named; by share they are drawn at random, each class alike: the same
    labels, share and seed give the same rows.

    Args:
        labels: of the training rows, (N,).
        validation: which are watched.
        seed: of the draw.

    Raises:
        LenetError: the range isn't in the data, or either part would be empty.
    """
    count = len(labels)
    watched = _drawn(labels, validation.share, seed) if validation.rows is None else _range(count, *validation.rows)
    everything = np.arange(count)
    if not validation.held_out:
        return everything, watched
    rest = np.setdiff1d(everything, watched, assume_unique=True)
    if not len(rest):
        raise LenetError(f"all {count:,} training rows would be watched, and none is left to train on; watch fewer")
    return rest, watched


def _range(count: int, first: int, end: int) -> Rows:
    if end > count:
        raise LenetError(
            f"the validation rows {first:,} to {end:,} don't fit the {count:,} training rows; "
            f"give an end of {count:,} at most, or a share instead"
        )
    return np.arange(first, end)


def _drawn(labels: Labels, share: float, seed: int) -> Rows:
    sizes = np.bincount(labels)
    exact = sizes * share
    take = np.floor(exact).astype(np.int64)
    spare = round(share * len(labels)) - int(take.sum())
    take[np.argsort(take - exact, kind="stable")[:spare]] += 1  # largest remainders, so that the total is right
    if not take.any():
        raise LenetError(f"a share of {share:g} of {len(labels):,} training rows is none; watch a larger share")
    # Raw bits, since NumPy promises their stream for all its versions, and not that of `permutation`.
    order = np.lexsort((np.random.PCG64(seed).random_raw(len(labels)), labels))  # class by class, each shuffled
    classes = np.split(order, np.cumsum(sizes)[:-1])
    return np.sort(np.concatenate([rows[:some] for rows, some in zip(classes, take, strict=True)]))

"""The order in which patterns come: a function of seed and pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..recipe import Recipe, Shuffle

WEIGHTS, ORDER, CURVATURE = 1, 2, 3  # what the draws are for; each has a stream of its own


def bits(seed: int, purpose: int, pass_: int, count: int) -> NDArray[np.uint64]:
    """Return ``count`` random 64-bit numbers, the same for the same arguments.

    Raw bits of PCG64: NumPy promises that stream for all its versions, and not what its generators make of it.
    """
    source = np.random.PCG64(np.random.SeedSequence([seed, purpose, pass_]))
    return np.asarray(source.random_raw(count), np.uint64)


def of_pass(recipe: Recipe, rows: NDArray[np.int64], pictures: int, pass_: int) -> NDArray[np.int64]:
    """Return the patterns (n,) of a pass as a recipe has them: of the rows (n,) of a set of that many pictures."""
    copies = recipe.distortion.copies if recipe.distortion else 0
    return order(rows, recipe.shuffle, recipe.seed, pass_, copies=copies, pictures=pictures)


def order(
    rows: NDArray[np.int64], shuffle: Shuffle, seed: int, pass_: int, *, copies: int = 0, pictures: int = 0
) -> NDArray[np.int64]:
    """Return the patterns (n,) of a pass, counted from 0, in their order.

    Without copies they are the rows. With them, ``copies`` + 1 passes make a sweep: one order of all the patterns of
    the rows, (copies + 1) n, and each of its passes is the next n of them.

    Args:
        rows: those trained on, (n,).
        shuffle: whether each pass (sweep) has an order of its own, or all the same, or the patterns come as they are:
            first the rows, then the first copy of each, and so on.
        seed: the run's.
        pass_: which.
        copies: distorted copies of each row.
        pictures: how many the data set has: copy i of row r is pattern r + i x ``pictures``.
    """
    return cycled((rows + pictures * np.arange(copies + 1)[:, None]).ravel(), len(rows), shuffle, seed, pass_)


def cycled(patterns: NDArray[np.int64], count: int, shuffle: Shuffle, seed: int, pass_: int) -> NDArray[np.int64]:
    """Return the ``count`` patterns of a pass over a list that is gone through again and again.

    Args:
        patterns: the list, of any length from 1.
        count: patterns a pass; the next pass goes on where this one ends.
        shuffle: whether each time through the list has an order of its own, or all the same, or the list's.
        seed: the run's.
        pass_: which.
    """
    first, end, parts = pass_ * count, (pass_ + 1) * count, []
    while first < end:
        sweep, at = divmod(first, len(patterns))
        part = _shuffled(patterns, shuffle, seed, sweep)[at : at + end - first]
        parts.append(part)
        first += len(part)
    return np.concatenate(parts)


def _shuffled(patterns: NDArray[np.int64], shuffle: Shuffle, seed: int, sweep: int) -> NDArray[np.int64]:
    if shuffle is Shuffle.NEVER:
        return patterns
    drawn = bits(seed, ORDER, sweep if shuffle is Shuffle.EACH_PASS else 0, len(patterns))
    return patterns[np.argsort(drawn, kind="stable")]


def samples(patterns: NDArray[np.int64], count: int, seed: int, pass_: int) -> NDArray[np.int64]:
    """Return ``count`` of a pass's patterns at random, or all where there are fewer, for second derivatives."""
    drawn = bits(seed, CURVATURE, pass_, len(patterns))
    return patterns[np.argsort(drawn, kind="stable")[:count]]

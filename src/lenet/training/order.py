"""The order in which patterns come: a function of seed and pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..recipe import Shuffle

WEIGHTS, ORDER, CURVATURE = 1, 2, 3  # what the draws are for; each has a stream of its own


def bits(seed: int, purpose: int, pass_: int, count: int) -> NDArray[np.uint64]:
    """Return ``count`` random 64-bit numbers, the same for the same arguments.

    Raw bits of PCG64: NumPy promises that stream for all its versions, and not what its generators make of it.
    """
    source = np.random.PCG64(np.random.SeedSequence([seed, purpose, pass_]))
    return np.asarray(source.random_raw(count), np.uint64)


def order(rows: NDArray[np.int64], shuffle: Shuffle, seed: int, pass_: int) -> NDArray[np.int64]:
    """Return ``rows`` (N,) in the order of a pass, counted from 0."""
    if shuffle is Shuffle.NEVER:
        return rows
    drawn = bits(seed, ORDER, pass_ if shuffle is Shuffle.EACH_PASS else 0, len(rows))
    return rows[np.argsort(drawn, kind="stable")]


def samples(patterns: NDArray[np.int64], count: int, seed: int, pass_: int) -> NDArray[np.int64]:
    """Return ``count`` of a pass's patterns at random, or all where there are fewer, for second derivatives."""
    drawn = bits(seed, CURVATURE, pass_, len(patterns))
    return patterns[np.argsort(drawn, kind="stable")[:count]]

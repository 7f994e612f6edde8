"""Random numbers as functions of where they're used: the same from any engine, thread, chunk or resumed run.

A SplitMix64 generator (Steele, Lea and Flood, 2014) for each image and pass, read at any place of its sequence.
All arithmetic is modulo 2^64.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

STEP = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio

Words = NDArray[np.uint64]


def mix(z: Words) -> Words:
    """Return 64 well mixed bits for each of 64 bits: SplitMix64's last function, one to one."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def key(seed: int, pass_: int, index: object) -> Words:
    """Return the key of each image's random numbers in one pass.

    Args:
        seed: the run's seed.
        pass_: the pass over the data, from 0.
        index: the images' rows in the data set, whole numbers of any shape.

    Returns:
        uint64, the shape of ``index`` and at least (1,).
    """
    rows = np.atleast_1d(np.asarray(index)).astype(np.uint64)
    return mix(mix(mix(_word(seed) + STEP) + _word(pass_) + STEP) + rows + STEP)


def draw(keys: Words, n: object, dtype: Any = np.float64) -> NDArray[Any]:
    """Return the ``n``-th random number of each key, uniform in [0, 1), a multiple of 2^-24: exact in float32 too.

    Args:
        keys: what ``key`` returned; broadcast against ``n``.
        n: which of the key's numbers, whole, from 0.
        dtype: of the result.
    """
    places = np.atleast_1d(np.asarray(n)).astype(np.uint64) + np.uint64(1)
    top = mix(keys + places * STEP) >> np.uint64(40)
    return top.astype(dtype) / np.asarray(2**24, dtype)


def _word(value: int) -> Words:
    return np.array([value % 2**64], np.uint64)  # an array: NumPy warns where a scalar overflows

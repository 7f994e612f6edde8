"""Patterns: the training pictures and, where a distortion makes copies, the copies beside them.

Of N pictures, pattern k is picture k % N, copy k // N of it: copy 0 is the picture itself, and copy i is distorted by
the random numbers of the key (seed, i, picture), in every pass. Without copies a pattern is a picture, distorted by
those of (seed, pass, picture).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ...errors import LenetError
from ...preparation import Preparation
from ...recipe import Distortion, Recipe
from .arrays import Array
from .distortion import distort
from .preparing import pixels
from .randomness import Words, key

Numbers = NDArray[np.int64]


def rows(patterns: NDArray[Any], count: int, distortion: Distortion | None) -> Numbers:
    """Return which of ``count`` pictures each of the patterns (n,) shows; raise ``LenetError`` where there is none."""
    patterns = np.asarray(patterns)
    each = distortion.sweep if distortion else 1
    if patterns.ndim != 1 or (patterns.size and patterns.dtype.kind not in "iu"):
        raise LenetError(f"patterns must be a row of whole numbers, but are {patterns.shape} of {patterns.dtype}")
    if patterns.size and not (patterns.min() >= 0 and patterns.max() < each * count):
        raise LenetError(
            f"patterns must be from 0 to {each * count - 1}, of {count} images {each} each, "
            f"but go from {patterns.min()} to {patterns.max()}"
        )
    shown: Numbers = patterns.astype(np.int64) % max(1, count)
    return shown


def pictures(
    images: NDArray[Any],
    patterns: NDArray[Any],
    recipe: Recipe,
    *,
    pass_: int,
    preparation: Preparation,
    dtype: DTypeLike,
) -> Array:
    """Return the pictures of ``patterns`` as training sees them before padding, (n, C, H, W) from 0 to 1.

    Args:
        images: the training set, as ``pixels`` takes it.
        patterns: (n,).
        recipe: its distortion and seed count.
        pass_: the pass, from 0.
        preparation: says which shape is expected.
        dtype: of the result.

    Raises:
        LenetError: patterns that aren't there, or images that ``pixels`` refuses.
    """
    shown, distortion = rows(patterns, len(images), recipe.distortion), recipe.distortion
    p = pixels(np.asarray(images)[shown], preparation, dtype)
    if distortion is None:
        return p
    if not distortion.copies:
        return distort(p, key(recipe.seed, pass_, shown), distortion)
    copies = np.asarray(patterns) // len(images)
    made = np.flatnonzero(copies)
    keys: list[Words] = [key(recipe.seed, int(copies[n]), shown[n]) for n in made]
    if keys:
        p[made] = distort(p[made], np.concatenate(keys), distortion)
    return p

"""From a table's rows to the pictures that a network reads."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from math import ceil, isfinite, prod, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import LenetError
from ..network import Network, Shape
from ..picture import BOX
from ..preparation import Preparation

CHUNK = 4096  # rows made into pictures at once
FINE = 4096  # parts of 1 that the weights of a resized picture's pixels are rounded to: sums are then exact


@dataclass(frozen=True)
class Pictures:
    """How rows become pictures; learned from the rows that a classifier is fitted to.

    Attributes:
        source: channels, rows and columns of what a row holds; where it holds fewer numbers, paper fills the rest.
        pixels: the values of paper (0) and of ink (255); what lies between is between, what lies outside is cut off.
        shape: channels, rows and columns of what comes out.
    """

    source: Shape
    pixels: tuple[float, float]
    shape: Shape

    def __call__(self, rows: NDArray[Any]) -> NDArray[np.uint8]:
        """Return pictures (N, channels, rows, columns) of rows (N, features) of finite numbers."""
        out = np.zeros((len(rows), *self.shape), np.uint8)
        for first in range(0, len(rows), CHUNK):
            part = slice(first, first + CHUNK)
            self._draw(self._levels(rows[part]), out[part])
        return out

    def _levels(self, rows: NDArray[Any]) -> NDArray[np.float64]:
        """Return whole numbers of 0 to 255, (n, channels, rows, columns) as ``source`` has them."""
        paper, ink = self.pixels
        levels = np.zeros((len(rows), prod(self.source)))
        wide = rows.shape[1]
        levels[:, :wide] = np.clip((rows.astype(np.float64) - paper) * (255 / (ink - paper)), 0, 255)
        return np.rint(levels, out=levels).reshape(-1, *self.source)

    def _draw(self, levels: NDArray[np.float64], out: NDArray[np.uint8]) -> None:
        """Lay pictures into the middle of ``out``, resized where they aren't of its size."""
        high, wide = self.source[1:]
        if self.source != self.shape:
            high, wide = _fitted(self.source, self.shape)
            down, across = _weights(self.source[1], high), _weights(self.source[2], wide)
            levels = np.rint(np.clip(down @ levels @ across.T, 0, 255))
        top, left = (self.shape[1] - high) // 2, (self.shape[2] - wide) // 2
        out[:, :, top : top + high, left : left + wide] = levels

    def check(self, source: Shape | None, rows: NDArray[Any]) -> None:
        """Refuse pictures of another shape; warn of values that can't be meant as those before.

        Args:
            source: channels, rows and columns of a picture; None: rows of numbers came.
            rows: (N, features).

        Raises:
            ValueError: the shape is another.
        """
        if source not in (None, self.source):
            raise ValueError(f"pictures must be {self.source[1:]} as those of fit, but are {(source or ())[1:]}")
        low, high = sorted(self.pixels)
        if rows.min() < 2 * low - high or rows.max() > 2 * high - low:
            warnings.warn(
                f"values from {rows.min():g} to {rows.max():g} came, but fit had {low:g} to {high:g}, and what lies "
                "outside is cut off; give them as in fit, such as all divided by 255, or none",
                UserWarning,
                stacklevel=4,
            )


def source_of(features: int, channels: int) -> Shape:
    """Return channels, rows and columns of a row of numbers: the smallest square pictures that hold them."""
    side = ceil(sqrt(features / channels))
    return channels, side, side


def range_of(rows: NDArray[Any], given: Any) -> tuple[float, float]:
    """Return the values of paper and of ink: those given, or the smallest and the largest of the rows.

    Raises:
        LenetError: what was given isn't two numbers that differ.
    """
    if given is None:
        low, high = float(rows.min()), float(rows.max())
        return low, high if high > low else low + 1
    try:
        paper, ink = map(float, given)
    except (TypeError, ValueError):
        paper = ink = 0.0
    if not isfinite(paper - ink) or paper == ink:
        raise LenetError(f"pixels must be the values of paper and of ink, such as (0, 255), not {given!r}")
    return paper, ink


def framed(network: Network, preparation: Preparation, source: Shape) -> Preparation:
    """Return how pictures of ``source`` become what ``network`` reads, in the range of ``preparation``.

    Pictures that fill 20/28 of the network's input or more, and leave an even border, get that border. Others are
    resized into a box of 20/28 of the sides of ``preparation``'s picture, or of the network's whole input
    where ``preparation`` isn't made for it.

    Raises:
        LenetError: pictures and network differ in channels.
    """
    if source[0] != network.input[0]:
        raise LenetError(f"the pictures have {source[0]} channels, but {network.name!r} reads {network.input[0]}")
    down, across = (most - size for most, size in zip(network.input[1:], source[1:], strict=True))
    filled = min(size / most for most, size in zip(network.input[1:], source[1:], strict=True)) >= BOX
    if down == across and down >= 0 and down % 2 == 0 and filled:
        return replace(preparation, shape=source, padding=down // 2)
    if preparation.input == network.input:
        return preparation
    return replace(preparation, shape=network.input, padding=0)


def _fitted(source: Shape, shape: Shape) -> tuple[int, int]:
    """Return rows and columns of a picture in a box of 20/28 of the sides, its proportions kept."""
    scale = min(most * BOX / size for most, size in zip(shape[1:], source[1:], strict=True))
    high, wide = (max(1, round(size * scale)) for size in source[1:])
    return high, wide


def _weights(size: int, new: int) -> NDArray[np.float64]:
    """Return what each of ``size`` pixels gives to each of ``new``, (new, size): Pillow's bilinear filter.

    Rounded so that the sums of a picture's levels are exact, in whatever order they are added up.
    """
    from PIL import Image

    unit = Image.fromarray(np.eye(size, dtype=np.float32))
    weights = np.asarray(unit.resize((size, new), Image.Resampling.BILINEAR), np.float64)
    return np.rint(weights * FINE) / FINE

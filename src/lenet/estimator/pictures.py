"""From a table's rows to the pictures that a network reads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, prod, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import LenetError
from ..network import Network, Shape
from ..picture import BOX
from ..preparation import Preparation
from .levels import Range

CHUNK = 4096  # rows made into pictures at once
FINE = 4096  # parts of 1 that the weights of a resized picture's pixels are rounded to: sums are then exact


@dataclass(frozen=True)
class Pictures:
    """How rows become pictures; learned from the rows that a classifier is fitted to.

    Attributes:
        source: channels, rows and columns of what a row holds; where it holds fewer numbers, paper fills the rest.
        range: which values are paper and ink.
        shape: channels, rows and columns of what comes out.
    """

    source: Shape
    range: Range
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
        levels = np.zeros((len(rows), prod(self.source)))
        levels[:, : rows.shape[1]] = self.range.levels(rows)
        return levels.reshape(-1, *self.source)

    def _draw(self, levels: NDArray[np.float64], out: NDArray[np.uint8]) -> None:
        """Lay pictures into the middle of ``out``, resized where they aren't of its size."""
        high, wide = self.source[1:]
        if self.source != self.shape:
            high, wide = _fitted(self.source, self.shape)
            down, across = _weights(self.source[1], high), _weights(self.source[2], wide)
            levels = np.rint(np.clip(down @ levels @ across.T, 0, 255))
        top, left = (self.shape[1] - high) // 2, (self.shape[2] - wide) // 2
        out[:, :, top : top + high, left : left + wide] = levels


def source_of(features: int, channels: int) -> Shape:
    """Return channels, rows and columns of a row of numbers: the smallest square pictures that hold them."""
    side = ceil(sqrt(features / channels))
    return channels, side, side


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

"""What differs between the code in float32 and that in whole numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ...network import LocalContrastNorm, LocalResponseNorm, Pool, Step
from .program import Buffer, Constant


@dataclass(frozen=True)
class Place:
    """A layer at its place in the code.

    Attributes:
        step: the layer.
        name: prefix of its identifiers: that of the network, and the layer's own.
        prefix: that of the network.
        input: what goes in, ``in``; for a Dense layer the maps that a Flatten before it would have renamed.
        output: what comes out, ``out``.
    """

    step: Step
    name: str
    prefix: str
    input: Buffer
    output: Buffer


class Dialect(Protocol):
    """Writes numbers of one kind."""

    number: str  # the C type of a sum

    def weighing(self, place: Place) -> tuple[tuple[str, str, NDArray[np.generic]], ...]:
        """Return the constants of a layer that weighs: short name, C type, numbers shaped as in its model."""
        ...

    def read(self, place: Place, expression: str) -> str:
        """Return the number that an element of ``in`` stands for."""
        ...

    def weigh(self, weight: str, value: str) -> str:
        """Return a weight times a value, wide enough for a sum."""
        ...

    def write(self, place: Place, element: str, sum: str, map: str) -> list[str]:
        """Return statements that set an element of ``out`` of map ``map`` to what becomes of a sum."""
        ...

    def pool(self, place: Place, layer: Pool, value: str, map: str) -> tuple[list[str], list[str], list[str]]:
        """Return statements before a window's pixels, for each (u, v) of them, and after, which leave ``sum``."""
        ...

    def response(self, place: Place, layer: LocalResponseNorm) -> list[str]:
        """Return statements that make ``sum`` of ``squares`` and the element in[o][r][c]."""
        ...

    def one(self, place: Place) -> str:
        """Return the number that stands for 1 where an RBF layer's codes are bits."""
        ...

    def contrast(self, place: Place, layer: LocalContrastNorm) -> tuple[list[str], tuple[Constant, ...]]:
        """Return the body of a local contrast normalisation, and its constants."""
        ...

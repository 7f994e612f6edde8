"""A picture of writing with what is true of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Written:
    """A picture of writing with what is true of it.

    Attributes:
        picture: uint8 (H, W), or (H, W, 3) in colour.
        owner: int16 (H, W), the number in ``text`` of the character that a pixel's ink belongs to, where there's a
            quarter of full ink at least; where two overlap, the dot or comma, or the later. -1: paper, and the ink of
            rules, underlines, dirt, and writing beside the line.
        ink: float32 (H, W), 0 none to 1 full: all that lies on the paper, with or without an owner.
        text: a character each from left to right: digits, marks, and ``?`` for what is neither.
    """

    picture: NDArray[np.uint8]
    owner: NDArray[np.int16]
    ink: NDArray[np.float32]
    text: str

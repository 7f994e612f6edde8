"""How much ink each pixel of a picture holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Ink:
    """The ink of a picture, its paper's pattern and shadows taken away.

    Attributes:
        amount: float32 (rows, columns) in [0, 1]: 0 is paper, 1 full ink.
        mask: bool (rows, columns): where a stroke is.
        stroke: width of the pen in pixels; 0 where the picture is blank.
    """

    amount: NDArray[np.float32]
    mask: NDArray[np.bool_]
    stroke: float

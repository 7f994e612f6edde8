"""The way from a picture to its answer, step by step, to be looked at."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Step(NamedTuple):
    """What a picture was after a step.

    Attributes:
        name: of the step, a word or two.
        picture: uint8 (rows, columns), 0 black, or (rows, columns, 3) RGB.
        caption: what was done and found, in a short sentence.
    """

    name: str
    picture: NDArray[np.uint8]
    caption: str = ""


class Steps(list[Step]):
    """The steps of one picture in their order; a reader that is given it adds to it."""

    def add(self, name: str, picture: NDArray[Any], caption: str = "") -> None:
        """Add a step.

        Args:
            name: of the step, a word or two.
            picture: uint8 (rows, columns) or (rows, columns, 3), drawn as it is; or, where a step works on ink,
                bool or floating-point in [0, 1] (rows, columns), 1 is ink and drawn black.
            caption: what was done and found, in a short sentence.
        """
        if picture.dtype != np.uint8:
            picture = np.asarray(np.rint(255 * (1 - picture.astype(np.float32))), np.uint8)
        self.append(Step(name, picture, caption))

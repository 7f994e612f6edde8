"""What a candidate is worth as each symbol: what the network says, and how much ink it takes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

DIGITS, MARKS, RUBBISH = slice(0, 10), slice(10, 14), 14  # of the symbols
ALONE = 4.0  # times the cost of ink passed over, where there is one character: a part of a letter may be a digit
ALIKE = 0.4  # e-folds
SQUARE = 1.2  # widths a height
LEAST = 1e-4  # probability of a digit among the ten: no path dies of one


@dataclass(frozen=True)
class Scoring:
    """The constants of a path's score. They are chosen on written lines that no network was trained on.

    Attributes:
        doubt: factor of log P(a digit), what the network says of its being one at all.
        floor: the least P(a digit): writing unlike any that it was trained on is read all the same.
        edge: log score of each character: above 0, many thin ones are better than few wide ones.
        mark: log score of a dot, dash and the like beside it.
        rubbish: log score of passing over ink, whatever its size.
        area: and for each square of a digit's height passed over.
        size: what a digit loses for each e-fold that its larger side is beyond ALIKE of the line's height.
        wide: what it loses for each height of its own that it is wider than SQUARE.
    """

    doubt: float = 1.0
    floor: float = 5e-3
    edge: float = 0.0
    mark: float = -0.3
    rubbish: float = -1.0
    area: float = 15.0
    size: float = 2.0
    wide: float = 2.0

    def alone(self) -> Scoring:
        """Return the constants for a picture of one character: hardly any ink is passed over."""
        return replace(self, area=ALONE * self.area)

    def scores(
        self, probabilities: NDArray[np.float32], boxes: NDArray[np.int32], height: float
    ) -> NDArray[np.float32]:
        """Return the log score of each candidate as each symbol, float32 (N, 15).

        Args:
            probabilities: float32 (N, 15): ten digits, four marks, rubbish.
            boxes: int32 (N, 4), left, top, right, bottom.
            height: of the line's digits, pixels.
        """
        shares = np.maximum(probabilities.astype(np.float64), 1e-12)
        digit = shares[:, DIGITS].sum(axis=1, keepdims=True)
        scores = np.log(shares)
        scores[:, DIGITS] = (
            np.log(np.maximum(shares[:, DIGITS] / digit, LEAST))
            + self.doubt * np.log(np.maximum(digit, self.floor))
            + self.edge
        )
        scores[:, MARKS] += self.edge + self.mark
        high, wide = (boxes[:, 3] - boxes[:, 1]) / height, (boxes[:, 2] - boxes[:, 0]) / height
        strays = np.abs(np.log(np.maximum(np.maximum(high, wide), 0.05))) - ALIKE
        slabs = wide / np.maximum(high, 0.05) - SQUARE
        scores[:, DIGITS] -= (self.size * np.maximum(strays, 0) + self.wide * np.maximum(slabs, 0))[:, None]
        scores[:, RUBBISH] = self.rubbish - self.area * np.minimum(high, 1.0) * (wide + 0.2)
        return np.asarray(scores, np.float32)

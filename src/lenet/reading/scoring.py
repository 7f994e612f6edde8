"""What a candidate is worth as each symbol: what the network says, and how much ink it takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DIGITS, MARKS, RUBBISH = slice(0, 10), slice(10, 14), 14  # of the symbols
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
    """

    doubt: float = 1.0
    floor: float = 1e-3
    edge: float = 0.0
    mark: float = -0.3
    rubbish: float = -1.0
    area: float = 25.0

    def scores(
        self, probabilities: NDArray[np.float32], boxes: NDArray[np.int32], height: float
    ) -> NDArray[np.float32]:
        """Return the log score of each candidate as each symbol, float32 (N, 15).

        Args:
            probabilities: float32 (N, 15): ten digits, four marks, rubbish.
            boxes: int32 (N, 4), left, top, right, bottom.
            height: of the line's digits, pixels.
        """
        sums = np.maximum(probabilities.sum(axis=1, keepdims=True), 1e-12)
        shares = np.maximum(probabilities / sums, 1e-9)
        digit = shares[:, DIGITS].sum(axis=1, keepdims=True)
        scores = np.log(shares)
        scores[:, DIGITS] = (
            np.log(np.maximum(shares[:, DIGITS] / digit, LEAST))
            + self.doubt * np.log(np.maximum(digit, self.floor))
            + self.edge
        )
        scores[:, MARKS] += self.edge + self.mark
        high, wide = (boxes[:, 3] - boxes[:, 1]) / height, (boxes[:, 2] - boxes[:, 0]) / height
        scores[:, RUBBISH] = self.rubbish - self.area * np.minimum(high, 1.0) * (wide + 0.2)
        return scores.astype(np.float32)

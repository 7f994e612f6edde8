"""What a candidate is worth as each symbol: what the network says, and its size beside the line's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST = 1e-9  # probability


@dataclass(frozen=True)
class Scoring:
    """The constants of a path's score. They are chosen on written lines that no network was trained on.

    Attributes:
        temperature: what log probabilities of the network are divided by.
        mark: log score of a dot, dash and the like beside what the network says.
        rubbish: log score of passing over ink, whatever its size.
        area: and for each square of a digit's height passed over.
        share: how far a character's height may stray from the line's before it costs, a factor's logarithm.
        stray: what that costs, for each e-fold beyond.
    """

    temperature: float = 1.0
    mark: float = -0.3
    rubbish: float = -1.0
    area: float = 25.0
    share: float = 0.5
    stray: float = 2.0

    def scores(
        self, probabilities: NDArray[np.float32], boxes: NDArray[np.int32], rows: int, height: float
    ) -> NDArray[np.float32]:
        """Return the log score of each candidate as each symbol, float32 (N, 15).

        Args:
            probabilities: float32 (N, 15): ten digits, four marks, rubbish.
            boxes: int32 (N, 4), left, top, right, bottom.
            rows: of the line.
            height: of its digits.
        """
        scores = np.log(np.maximum(probabilities, LEAST)) / self.temperature
        high, wide = (boxes[:, 3] - boxes[:, 1]) / height, (boxes[:, 2] - boxes[:, 0]) / height
        strays = np.maximum(np.abs(np.log(np.maximum(np.maximum(high, wide), 0.02))) - self.share, 0)
        scores[:, :10] -= (self.stray * strays)[:, None]
        scores[:, 10:14] += self.mark
        scores[:, 14] += self.rubbish - self.area * np.minimum(high, 1.0) * (wide + 0.2)
        return scores.astype(np.float32)

"""What is made small."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ..errors import LenetError
from .checks import named


class LossKind(str, Enum):
    """What is made small; each is a mean over the patterns. D is the right class, y_i the score of class i."""

    CROSS_ENTROPY = "cross-entropy"  # -log softmax(y)_D; of an RBF output, softmax(-y)
    DISTANCE = "distance"  # eq. 8: y_D of an RBF output
    DISCRIMINATIVE = "discriminative"  # eq. 9: y_D + log(exp(-j) + sum_i exp(-y_i)) of an RBF output
    SQUARED = "squared"  # sum_i (y_i - t_i)^2 / 2, t = +1 for the right class and -1 for the others


@dataclass(frozen=True)
class Loss:
    """A loss and its constants.

    Attributes:
        kind: which.
        j: of the discriminative loss, the distance of the rubbish class; above 0.
    """

    kind: LossKind = LossKind.CROSS_ENTROPY
    j: float = 1.0

    def __post_init__(self) -> None:
        """Take the kind by name too."""
        object.__setattr__(self, "kind", named(LossKind, self.kind, "loss"))
        if not self.j > 0:
            raise LenetError(f"the discriminative loss needs j above 0, but it is {self.j}")

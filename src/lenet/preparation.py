"""How a picture becomes a network's input; it travels with the weights."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import LenetError
from .network import Shape


@dataclass(frozen=True)
class Preparation:
    """How pixels become a network's input: x = low + (high - low) p / 255, then a border of ``low``.

    Attributes:
        shape: channels, rows and columns of a picture before padding.
        low: value of a pixel of 0 (MNIST's paper), and of the padding.
        high: value of a pixel of 255 (MNIST's ink).
        padding: pixels added on each side.
    """

    shape: Shape = (1, 28, 28)
    low: float = 0.0
    high: float = 1.0
    padding: int = 0

    def __post_init__(self) -> None:
        """Check the range and the padding."""
        object.__setattr__(self, "shape", tuple(self.shape))
        if len(self.shape) != 3 or min(self.shape) < 1:
            raise LenetError(f"a preparation's shape is (channels, rows, columns), but is {self.shape!r}")
        if not self.low < self.high:
            raise LenetError(f"a preparation's low must be below its high, but they are {self.low} and {self.high}")
        if self.padding < 0:
            raise LenetError(f"a preparation's padding can't be below 0, but is {self.padding}")

    @classmethod
    def fitting(cls, input: Shape) -> Preparation:
        """Return one that gives ``input``: 28x28 digits with the border that they lack, or pictures of that size."""
        channels, rows, columns = input
        digits = channels == 1 and rows == columns and rows >= 28 and rows % 2 == 0
        padding = (rows - 28) // 2 if digits else 0
        return cls((channels, rows - 2 * padding, columns - 2 * padding), padding=padding)

    @property
    def input(self) -> Shape:
        """Channels, rows and columns of the network's input."""
        channels, rows, columns = self.shape
        return channels, rows + 2 * self.padding, columns + 2 * self.padding


PAPER = Preparation(low=-0.1, high=1.175, padding=2)  # section III.B: paper -0.1, ink 1.175; mean about 0, variance 1

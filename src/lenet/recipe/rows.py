"""Which training rows are used, in which order, and which are watched."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ..network.layer import require


class Shuffle(str, Enum):
    """The order in which patterns come."""

    EACH_PASS = "each-pass"  # a new random order each pass
    ONCE = "once"  # one random order, the same each pass
    NEVER = "never"  # as the data set has them


@dataclass(frozen=True)
class Validation:
    """Which training rows are watched.

    Attributes:
        rows: first and last + 1 of the rows; None: by ``share``.
        share: share of the rows, drawn at random by the seed, each class alike.
        held_out: whether they are kept from training.
    """

    rows: tuple[int, int] | None = None
    share: float = 1 / 12
    held_out: bool = True

    def __post_init__(self) -> None:
        """Check the rows or the share."""
        if self.rows is not None:
            first, end = self.rows
            object.__setattr__(self, "rows", (first, end))
            require(0 <= first < end, f"Validation's rows must be a first row and a later end, but are {self.rows!r}")
        require(0 < self.share < 1, f"Validation's share must be above 0 and below 1, but is {self.share!r}")

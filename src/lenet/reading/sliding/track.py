"""What a line looks like to the model of characters: at each place, how probable each character is there, and none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...errors import LenetError
from .network import Answers

GAP = " "  # the class of what is no character, or not in the middle of the window
MARKS = ".-=$"  # classes that are characters, but no digits
TEMPERATURE = 10.0  # chosen with the constants of Characters
LEAST = 1e-5  # no answer is taken for more certain than this: a network is wrong more often


@dataclass(frozen=True, eq=False)
class Track:
    """Characters along a line.

    Attributes:
        symbols: the characters that an answer may hold, one a column of ``shares``.
        shares: float64 (T, len(symbols) + 1), above 0, rows adding up to 1: at each place from left to right, the
            probability of each character and, last, of none (a gap, rubbish, a mark that isn't kept).
        centres: float32 (T,), the places, columns of the line.
        step: columns from one place to the next.
    """

    symbols: str
    shares: NDArray[np.float64]
    centres: NDArray[np.float32]
    step: float

    def __post_init__(self) -> None:
        """Check that the parts fit each other."""
        places = len(self.centres)
        if self.shares.shape != (places, len(self.symbols) + 1) or not places:
            raise LenetError(
                f"a track of {len(self.symbols)} symbols at {places} places needs shares "
                f"({places}, {len(self.symbols) + 1}) at one place or more, not {self.shares.shape}"
            )


def track(
    answers: Answers,
    classes: Sequence[str],
    step: float,
    *,
    keep_marks: bool = False,
    temperature: float = TEMPERATURE,
) -> Track:
    """Return the track of a network's answers.

    Args:
        answers: what the network said along a line.
        classes: its classes by name; ``GAP`` must be among them.
        step: columns from one answer to the next.
        keep_marks: whether ``MARKS`` are characters of the answer; otherwise they part characters as a gap does.
        temperature: what scores are divided by before they become shares. Codes lie far apart, so that distances to
            them know hardly a doubt: the network is surer of a window than it should be (Guo et al., 2017).

    Raises:
        LenetError: the network has no class for what is no character.
    """
    if GAP not in classes:
        raise LenetError(
            f"to read along a line a network needs the class {GAP!r}, no character; it has {list(classes)}"
        )
    kept = [i for i, name in enumerate(classes) if name != GAP and (keep_marks or name not in MARKS)]
    values = (-1.0 if answers.smallest_wins else 1.0) / temperature * answers.scores.astype(np.float64)
    each = np.exp(values - values.max(axis=1, keepdims=True))
    shares = np.empty((len(each), len(kept) + 1))
    shares[:, :-1] = each[:, kept]
    shares[:, -1] = each.sum(axis=1) - shares[:, :-1].sum(axis=1)
    shares = np.maximum(shares / each.sum(axis=1, keepdims=True), LEAST)
    return Track("".join(classes[i] for i in kept), shares / shares.sum(axis=1, keepdims=True), answers.centres, step)

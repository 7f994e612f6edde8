"""The states that a text goes through along a line, from left to right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...errors import LenetError


@dataclass(frozen=True, eq=False)
class Chains:
    """The states of N texts, K for the longest: gap, m places of the first character, gap, ..., gap.

    A state is reached from itself (where it ``stays``), from the one before, and from the one before that (where it
    ``skips`` the gap between two different characters).

    Attributes:
        symbols: int64 (N, K), the character of each state; S: the gap; S + 1: no state, beyond a text's end.
        stays: float64 (N, K), 0 or 1.
        skips: float64 (N, K), 0 or 1.
        first: bool (N, K), where a character begins.
        last: bool (N, K), where a text may end.
    """

    symbols: NDArray[np.int64]
    stays: NDArray[np.float64]
    skips: NDArray[np.float64]
    first: NDArray[np.bool_]
    last: NDArray[np.bool_]

    @classmethod
    def of(cls, texts: Sequence[str], symbols: str, m: int) -> Chains:
        """Return the states of texts, whose characters take ``m`` places at least.

        Raises:
            LenetError: a character isn't one of ``symbols``.
        """
        strange = sorted({character for text in texts for character in text} - set(symbols))
        if strange:
            raise LenetError(f"a text to look for is made of {' '.join(symbols)}, but one has {strange[0]!r}")
        period, gap = m + 1, len(symbols)
        states = max(map(len, texts), default=0) * period + 1
        named = np.full((len(texts), states), gap + 1)
        skips, last = np.zeros(named.shape), np.zeros(named.shape, bool)
        for row, text in enumerate(texts):
            end = len(text) * period
            named[row, : end + 1] = gap
            for place, character in enumerate(text):
                named[row, place * period + 1 : (place + 1) * period] = symbols.index(character)
                skips[row, place * period + 1] = place > 0 and character != text[place - 1]
            last[row, max(0, end - 1) : end + 1] = True
        column = np.arange(states)
        first = np.broadcast_to(column % period == 1 % period, named.shape)
        stays = np.broadcast_to((column % period == 0) | (column % period == m), named.shape).astype(np.float64)
        return cls(named, stays, skips, first, last)

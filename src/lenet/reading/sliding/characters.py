"""How characters follow one another along a line: the character model that the answers of a network are read with.

The paper's figures 24 to 26: a character is a run of answers that name it, and what lies between characters is a run
of answers that name none. So repeats fall together; a stray answer, too short for a character, is dropped; a digit
is doubled where a gap lies between two runs of it; and two different ones may touch.

A path gives each place along the line a state: the gap, or the i-th place of a character (i = 1 .. m, the last of them
repeating, so that a character lasts m places or more). Its weight is the product of what the network gives to the
characters named, each to the power of ``trust`` times the step, and of ``entry`` for each character. A text's weight
is the sum over all paths that spell it (the paper's forward algorithm, section VI), and not its best path's alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...errors import LenetError
from .chains import Chains
from .track import Track


@dataclass(frozen=True)
class Characters:
    """The model of characters; the constants were chosen on lines written with digits that no network was trained on.

    Attributes:
        shortest: columns that a character lasts at least, as far as the network names it: less is a stray.
        entry: what each character multiplies a path by, above 0: the larger, the sooner there is one.
        trust: how much the answer at a column counts, above 0. Windows a column apart show nearly the same picture:
            they aren't witnesses of their own, and count less than 1.
    """

    shortest: float = 6.0
    entry: float = 1.0
    trust: float = 0.3

    def __post_init__(self) -> None:
        """Check the ranges."""
        for name in ("shortest", "entry", "trust"):
            if not getattr(self, name) > 0:
                raise LenetError(f"a character model's {name} must be above 0, but is {getattr(self, name)}")

    def places(self, track: Track) -> int:
        """Return how many places of a track a character lasts at least: m."""
        return max(1, round(self.shortest / track.step))

    def weights(self, track: Track) -> NDArray[np.float64]:
        """Return what each place gives to each character and, last, to none: (T, S + 1)."""
        powers: NDArray[np.float64] = track.shares ** (self.trust * track.step)
        return powers

    def log_total(self, track: Track) -> float:
        """Return the logarithm of the weight of all paths of all texts together."""
        weights, m, log = self.weights(track), self.places(track), 0.0
        gap, runs = 1.0, np.zeros((m, len(track.symbols)))  # before the first place: as after a gap
        for row in weights:
            ends = runs[-1]
            left = gap + ends.sum()
            entered = self.entry * (left - ends)  # a character follows itself over a gap only
            moved = np.vstack([entered[None], runs[:-1]])
            moved[-1] += ends
            runs, gap = moved * row[:-1], left * row[-1]
            size = gap + runs.sum()
            log += np.log(size)
            gap, runs = gap / size, runs / size
        return float(log + np.log(gap + runs[-1].sum()))

    def log_probabilities(self, track: Track, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return the logarithm of each text's probability (N,), among all texts; -inf: it can't be on the line.

        Raises:
            LenetError: a text has a character that isn't one of the track's symbols.
        """
        chains = Chains.of(texts, track.symbols, self.places(track))
        factors = np.where(chains.first, self.entry, 1.0)
        log = np.full(len(texts), -self.log_total(track))
        state = np.zeros((len(texts), chains.symbols.shape[1] + 2))  # two before the first, that nothing is in
        state[:, 2] = 1.0
        with np.errstate(divide="ignore"):
            for row in np.pad(self.weights(track), ((0, 0), (0, 1))):  # 0 beyond a text's end
                moved = state[:, 2:] * chains.stays + (state[:, 1:-1] + state[:, :-2] * chains.skips) * factors
                state[:, 2:] = moved * row[chains.symbols]
                size = state.sum(axis=1)
                log += np.log(size)
                state /= np.where(size > 0, size, 1.0)[:, None]
            return np.asarray(log + np.log((state[:, 2:] * chains.last).sum(axis=1)))

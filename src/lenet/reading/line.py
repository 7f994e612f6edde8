"""A line of writing to its graph of candidates: found, cut, read by the network, scored."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..page.box import Box
from ..page.candidates import INKED, Candidates, find_candidates
from ..page.cuts import Cuts, find_cuts, pieces
from ..page.straight import Straight, straighten
from ..zoo import READ
from .opinion import Opinion, ask
from .scoring import Scoring

if TYPE_CHECKING:
    from ..model import Ensemble, Model
    from ..page.ink import Ink
    from .graph import Graph

SYMBOLS = tuple(READ)
DIGITS = 10
SILENT = np.array([False] * DIGITS + [True] * 5)


@dataclass(frozen=True, eq=False)
class CutLine:
    """A line of writing, cut, and what the network says of each candidate.

    Attributes:
        line: its ink, strokes upright.
        cuts: of it.
        candidates: between the cuts.
        opinion: what the networks say of the candidates, by ``SYMBOLS``.
    """

    line: Straight
    cuts: Cuts
    candidates: Candidates
    opinion: Opinion

    @property
    def probabilities(self) -> NDArray[np.float32]:
        """Of each of ``SYMBOLS``, float32 (N, 15)."""
        return self.opinion.probabilities

    def graph(self, scoring: Scoring) -> Graph:
        """Return the graph of its candidates: nodes are cuts, edges candidates, weighed by ``scoring``."""
        from .graph import Graph

        found = self.candidates
        scores = scoring.scores(self.probabilities, found.boxes, self.line.height)
        return Graph(len(self.cuts), found.starts, found.ends, scores, SYMBOLS, SILENT)

    @cached_property
    def piece(self) -> NDArray[np.int16]:
        """The number of the piece between two cuts that each pixel of the line lies in."""
        return pieces(self.cuts, self.line.amount.shape[1])

    def box(self, candidate: int, left: int, top: int) -> Box:
        """Return where a candidate's ink is in the picture: the box that its pixels need there, in the slanted line.

        Args:
            candidate: its number.
            left: of the part of the picture that the line was found in.
            top: likewise.
        """
        found, line = self.candidates, self.line
        x, y, right, bottom = found.boxes[candidate]
        part = np.s_[y:bottom, x:right]
        piece = self.piece[part]
        inside = (piece >= found.starts[candidate]) & (piece < found.ends[candidate]) & (line.amount[part] > INKED)
        rows, columns = np.nonzero(inside)
        across = (columns + x + line.left + line.shear * (rows + y)) / line.scale
        down = (rows + y + line.top) / line.scale
        one = 1 / line.scale  # a pixel of the line
        return Box(
            left + int(across.min()),
            top + int(down.min()),
            left + int(np.ceil(across.max() + one)),
            top + int(np.ceil(down.max() + one)),
        )


def cut_line(
    ink: Ink, model: Model | Ensemble, *, slant: bool, second: Model | Ensemble | None = None
) -> CutLine | None:
    """Return the line of writing that some ink is; None where there is none.

    Args:
        ink: of the line and nothing else.
        model: reads (28, 28); its classes are ``SYMBOLS``.
        slant: whether the strokes may be leaning.
        second: a network of the ten digits, for a second opinion; None: there is none.
    """
    line = straighten(ink, slant=slant)
    if line is None:
        return None
    cuts, _ = find_cuts(line)
    found = find_candidates(line, cuts)
    if not len(found):
        return None
    return CutLine(line, cuts, found, ask(found.images, model, second))

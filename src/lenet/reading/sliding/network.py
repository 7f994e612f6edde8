"""A network that reads a whole line at every place at once (the paper's space-displacement network, section VII)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ...engine.layout import Layout
from ...errors import LenetError
from ...model import Model, engines
from ...network import RBF, stride, wide

WIDTHS = 32  # an engine is made for a width of columns; lines are filled up with paper to a multiple of this
ENGINES = 64  # kept, one a width


@dataclass(frozen=True, eq=False)
class Answers:
    """What a network says along a line.

    Attributes:
        centres: float32 (T,), columns of the line that the windows have their middles at, from left to right.
        scores: float32 (T, classes), of the network's last layer.
        smallest_wins: whether the smallest score is the answer, or the largest.
    """

    centres: NDArray[np.float32]
    scores: NDArray[np.float32]
    smallest_wins: bool = True


class SlidingNetwork:
    """A trained network, made as wide as each line is. Threads may share it.

    Attributes:
        model: the network that reads one window; where it has been trained on windows with paper around them (a
            preparation with padding), that border is the neighbours' here.
        rows: how many rows a line has, a window's padding included: 32 for LeNet-5.
        step: columns from one answer to the next.
    """

    def __init__(self, model: Model, *, step: int = 2) -> None:
        """Check that the network can slide.

        Args:
            model: a trained network that reads grey pictures.
            step: columns from one answer to the next: the network's stride (4 for LeNet-5), or for finer ones a
                divisor of it, for which the line is read several times, moved by ``step`` columns each time.

        Raises:
            LenetError: the network can't slide, or not by such a step.
        """
        channels, self.rows, self.window = model.network.input
        if channels != 1:
            raise LenetError(
                f"a network that slides along lines reads grey pictures, but {model.name!r} has {channels}"
            )
        self.stride = stride(model.network)
        if step < 1 or self.stride % step:
            raise LenetError(f"{model.name!r} gives an answer every {self.stride} columns; {step} doesn't divide that")
        wide(model.network, self.window)
        self.model, self.step = model, step
        self._engine = lru_cache(ENGINES)(self._built)

    def read(self, line: NDArray[np.uint8]) -> Answers:
        """Return the answers along a line, from a window that has the line's left edge at its middle to the right edge.

        Args:
            line: uint8 (rows, columns), 0 paper, 255 ink.

        Raises:
            LenetError: the line has another number of rows, or isn't uint8.
        """
        if line.dtype != np.uint8 or line.ndim != 2 or len(line) != self.rows:
            raise LenetError(f"a line must be uint8 ({self.rows}, columns), but is {line.dtype} {line.shape}")
        columns = line.shape[1]
        count = columns // self.step + 1
        shifts, half = self.stride // self.step, self.window // 2
        width = -(-(columns + self.window + self.stride) // WIDTHS) * WIDTHS
        copies = np.zeros((shifts, self.rows, width), np.uint8)
        for copy, shift in zip(copies, range(0, self.stride, self.step), strict=True):
            copy[:, half - shift : half - shift + columns] = line
        units = self.units(copies)  # (shifts, units, places)
        units = units.transpose(2, 0, 1).reshape(-1, units.shape[1])[:count]
        centres = np.arange(count, dtype=np.float32) * self.step
        return Answers(centres, self._scored(units), self.model.network.smallest_wins)

    def units(self, lines: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return what comes before an RBF output, or the scores of another, at every place: float32 (N, units, places).

        Args:
            lines: uint8 (N, rows, columns), at least as wide as a window.
        """
        engine, size, units = self._engine(lines.shape[2])
        outputs = engine.scores(self.model.flat[:size], lines[:, None])
        return np.asarray(outputs, np.float32).reshape(len(lines), units, -1)

    def _built(self, columns: int) -> tuple[engines.Engine, int, int]:
        """Return an engine for lines of that many columns, how many parameters it takes, and its units at a place."""
        network = wide(self.model.network, columns)
        preparation = replace(self.model.preparation, shape=network.input, padding=0)
        engine = engines.build(self.model.engine, network, preparation, self.model.threads)
        return engine, Layout(network).size, network.steps[-2].output[0]

    def _scored(self, units: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the scores (T, classes) that the last layer gives for its inputs (T, units)."""
        last = self.model.network.layers[-1]
        if not isinstance(last, RBF):
            return units
        codes = self.model.weights[f"{last.name}.weight"] if last.learned else last.targets()
        w, x = np.asarray(codes, np.float64), units.astype(np.float64)
        distances = (x**2).sum(axis=1)[:, None] - 2 * x @ w.T + (w**2).sum(axis=1)
        return np.asarray(distances, np.float32)

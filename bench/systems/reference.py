"""The NumPy reference in double precision: what every system's answers are held against; never timed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lenet.engine.reference import ReferenceEngine
from lenet.engine.state import State

from ..problem import Bytes, Floats, Problem
from .base import System


class Reference(System):
    """The oracle."""

    name = "NumPy reference"
    packages = ("numpy",)
    note = "float64"

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.engine = ReferenceEngine(problem.network, problem.recipe.preparation, dtype=np.float64)
        self.restart()

    def hold(self, images: Bytes) -> Bytes:
        """Return the images as they are."""
        return images

    def scores(self, held: Bytes) -> Floats:
        """Return the last layer's outputs, (N, classes)."""
        return self.engine.scores(self.state.flat, held)

    def restart(self) -> None:
        """Go back to the problem's weights, without momentum."""
        flat = self.engine.layout.flatten(self.problem.weights)
        self.state = State.fresh(flat.astype(np.float64), self.problem.recipe.optimiser)

    def train(self, batch: int, digits: int) -> None:
        """Train on the first ``digits`` of the problem's order."""
        problem, recipe = self.problem, replace(self.problem.recipe, batch=batch)
        rates = np.full(-(-digits // batch), problem.rate, np.float32)
        self.engine.train(
            self.state, problem.images, problem.labels, problem.order[:digits], recipe, pass_=0, rates=rates
        )

    def weights(self) -> dict[str, Floats]:
        """Return the weights as they are now."""
        return self.engine.layout.views(self.state.flat)

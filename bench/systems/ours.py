"""``lenet`` itself: the native engine, given the bytes of the digits as they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lenet.engine.native import NativeEngine
from lenet.engine.state import State
from lenet.model import Model

from ..problem import Bytes, Floats, Problem
from .base import System


class Ours(System):
    """The native engine. Its time includes preparing the pixels and gathering them in order."""

    name = "lenet"
    packages = ("lenet", "numpy")

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.engine = NativeEngine(problem.network, problem.recipe.preparation, threads=problem.threads)
        self.note = (
            f"native engine, {self.engine.isa}; uint8 digits, prepared and shuffled as part of the time; "
            "single digits through `Model.predict`"
        )
        self.start = self.engine.layout.flatten(problem.weights)
        self.model = Model(problem.network, problem.recipe.preparation, problem.weights, threads=problem.threads)
        self.restart()

    def hold(self, images: Bytes) -> Bytes:
        """Return the images as they are."""
        return images

    def scores(self, held: Bytes) -> Floats:
        """Return the last layer's outputs, (N, classes)."""
        return self.engine.scores(self.state.flat, held)

    def single(self, held: Bytes) -> int:
        """Return the answer to one digit."""
        return int(self.model.predict(held[0]))

    def restart(self) -> None:
        """Go back to the problem's weights, without momentum."""
        self.state = State.fresh(self.start, self.problem.recipe.optimiser)

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

"""What every system is given: a network, its weights, how it is trained, and digits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import prod

import numpy as np
from numpy.typing import NDArray

from lenet.network import Network
from lenet.preparation import Preparation
from lenet.recipe import SGD, Constant, Recipe
from lenet.zoo import entry

Floats = NDArray[np.floating]  # float32, but for the reference
Bytes = NDArray[np.uint8]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Problem:
    """A network to train and to read with.

    Attributes:
        network: the network.
        recipe: its preparation, loss, optimiser (SGD) and rate (constant).
        weights: what it starts from, by full name.
        images: the training digits, uint8 (N, 28, 28).
        labels: theirs, (N,).
        order: the order in which they come, (N,), the same for every system.
        threads: how many threads a system may use.
    """

    network: Network
    recipe: Recipe
    weights: dict[str, Floats]
    images: Bytes
    labels: Labels
    order: NDArray[np.int64]
    threads: int

    @cached_property
    def inputs(self) -> Floats:
        """The digits in order, ready for the network, (N, maps, rows, columns): for systems that don't prepare."""
        return prepare(self.recipe.preparation, self.images[self.order])

    @cached_property
    def answers(self) -> Labels:
        """The labels in order, (N,)."""
        return self.labels[self.order]

    @property
    def optimiser(self) -> SGD:
        """The recipe's optimiser, of which the other systems are given rate and momentum."""
        assert isinstance(self.recipe.optimiser, SGD)
        return self.recipe.optimiser

    @property
    def rate(self) -> float:
        """The rate of every update."""
        return self.recipe.schedule.rate(0, 1, 1)

    @property
    def training_multiply_adds(self) -> int:
        """Multiply-adds to train on one digit: forward, weights' gradients, inputs' gradients but the first layer's."""
        return 3 * self.network.multiply_adds - self.network.steps[0].multiply_adds


def batches(name: str, images: Bytes, labels: Labels, threads: int) -> Problem:
    """Return the network of that name to train in batches, by gradient descent with momentum 0.9."""
    recipe = replace(entry(name).recipe, optimiser=SGD(momentum=0.9), schedule=Constant(0.01), distortion=None)
    return _problem(name, recipe, images, labels, threads)


def patterns(name: str, images: Bytes, labels: Labels, threads: int) -> Problem:
    """Return the network of that name to train one pattern an update, by plain gradient descent, as its paper did."""
    recipe = replace(entry(name).recipe, optimiser=SGD(), schedule=Constant(0.001), batch=1, distortion=None)
    return _problem(name, recipe, images, labels, threads)


def _problem(name: str, recipe: Recipe, images: Bytes, labels: Labels, threads: int) -> Problem:
    network = entry(name).network
    order = np.random.default_rng(1).permutation(len(images))
    return Problem(network, recipe, random_weights(network), images, labels.astype(np.int64), order, threads)


def random_weights(network: Network, seed: int = 0) -> dict[str, Floats]:
    """Return weights and biases uniform in +-sqrt(3 / fan-in), 0 where a table doesn't connect."""
    random = np.random.default_rng(seed)
    weights: dict[str, Floats] = {}
    for step in network.steps:
        for name, shape in step.parameter_shapes.items():
            bound = (3 / max(1, step.layer.fans(step.input)[0])) ** 0.5
            weights[name] = random.uniform(-bound, bound, prod(shape)).astype(np.float32).reshape(shape)
        table = getattr(step.layer, "table", None)
        if table is not None:
            weights[f"{step.name}.weight"] *= connected(table, step.input[0])
    return weights


def connected(table: tuple[tuple[int, ...], ...], inputs: int) -> Floats:
    """Return 1 where a table connects and 0 elsewhere, (output maps, input maps, 1, 1)."""
    mask = np.zeros((len(table), inputs, 1, 1), np.float32)
    for output, reads in enumerate(table):
        mask[output, list(reads)] = 1
    return mask


def prepare(preparation: Preparation, images: Bytes) -> Floats:
    """Return uint8 images (N, rows, columns) as a network's input, float32 (N, 1, rows, columns), padded."""
    low, high, edge = preparation.low, preparation.high, preparation.padding
    values = (low + (high - low) * np.arange(256) / 255).astype(np.float32)
    padded = np.pad(images, ((0, 0), (edge, edge), (edge, edge)))  # a pixel of 0 becomes ``low``, as the border is
    return values[padded][:, np.newaxis]

"""The reference engine: a network's layers one after the other, forward and backward, in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ...errors import LenetError
from ...network import RBF, Network, StochasticPool
from ...preparation import Preparation
from ...recipe import Loss, Recipe
from ..layout import Layout
from ..state import State
from . import activation, curvature, layers, losses, optimisers
from .arrays import Array
from .patterns import pictures, rows
from .preparing import pixels, prepare
from .randomness import Words, draw, key

Images = NDArray[np.generic]
SOME = 100  # patterns whose second derivatives are worked out at once
Flat = NDArray[Any]  # weights end to end, (layout.size,), of any floating dtype


class ReferenceEngine:
    """Computes what a network does, plainly: to learn from, and to hold the fast engine against.

    Attributes:
        network: the network.
        preparation: how images become its input.
        layout: where each array of weights lies in the flat row.
        dtype: what it computes in.
    """

    def __init__(self, network: Network, preparation: Preparation, *, dtype: DTypeLike = np.float64) -> None:
        """Take a network and a preparation that fits it; raise ``LenetError`` where it doesn't."""
        if preparation.input != network.input:
            raise LenetError(
                f"the preparation gives an input of {preparation.input}, but network {network.name!r} reads "
                f"{network.input}; change the preparation's shape or padding"
            )
        self.network, self.preparation, self.layout = network, preparation, Layout(network)
        self.dtype = np.dtype(dtype)

    def scores(self, flat: Flat, images: Images) -> Array:
        """Return what the last layer answers, (N, classes): the largest is the answer, or the smallest distance.

        Args:
            flat: the weights (layout.size,).
            images: uint8 or floating-point from 0 to 1, (N, C, H, W) or (N, H, W) of ``preparation.shape``.
        """
        return self._forward(flat, self._input(images))[-1][:, :, 0, 0]

    def features(self, flat: Flat, images: Images) -> dict[str, Array]:
        """Return what goes into the network, as "input", and what each layer answers, (N, maps, rows, columns) each."""
        names = ["input", *(step.name for step in self.network.steps)]
        return dict(zip(names, self._forward(flat, self._input(images)), strict=True))

    def gradient(
        self, flat: Flat, images: Images, labels: losses.Labels, loss: Loss, random: tuple[int, int, int] = (0, 0, 0)
    ) -> tuple[float, int, Array]:
        """Return the mean loss, how many images are read wrong, and the gradient of the mean loss (size,).

        Args:
            flat: the weights (layout.size,).
            images: as for ``scores``.
            labels: the right classes (N,).
            loss: which loss.
            random: seed, pass and the first image's row in the data set: what stochastic pools draw with.
        """
        losses.check(loss, self.network)
        labels = self._labels(labels, len(images))
        seed, pass_, first = random
        keys = key(seed, pass_, first + np.arange(len(images)))
        total, wrong, gradient = self._gradient(flat, self._input(images), labels, loss, keys)
        return total / len(images), wrong, gradient

    def train(
        self,
        state: State,
        images: Images,
        labels: losses.Labels,
        order: NDArray[np.integer],
        recipe: Recipe,
        *,
        pass_: int,
        rates: NDArray[np.floating],
    ) -> tuple[float, int]:
        """Make an update for each batch of ``order``; return the sum of losses and how many were read wrong.

        Losses and answers are those just before each update.

        Args:
            state: the weights and what the optimiser remembers; changed in place.
            images: as for ``scores``; the data set.
            labels: the right classes (N,).
            order: patterns (``patterns``), in the order in which they come; starts where a batch starts.
            recipe: loss, optimiser, batch, distortion and seed.
            pass_: the pass over the data, from 0.
            rates: the rate of each update, (ceil(len(order) / batch),).
        """
        losses.check(recipe.loss, self.network)
        labels = self._labels(labels, len(images))
        starts = range(0, len(order), recipe.batch)
        if len(rates) != len(starts):
            raise LenetError(
                f"{len(order)} rows in batches of {recipe.batch} need {len(starts)} rates, not {len(rates)}"
            )
        loss_sum, wrong_sum = 0.0, 0
        for start, rate in zip(starts, rates, strict=True):
            patterns = np.asarray(order[start : start + recipe.batch])
            right, x, keys = self._patterns(images, labels, patterns, recipe, pass_)
            total, wrong, gradient = self._gradient(state.flat, x, right, recipe.loss, keys)
            optimisers.update(state, gradient, float(rate), recipe.optimiser, self.layout.biases)
            loss_sum, wrong_sum = loss_sum + total, wrong_sum + wrong
        return loss_sum, wrong_sum

    def distorted(self, images: Images, patterns: NDArray[np.integer], recipe: Recipe) -> NDArray[np.float32]:
        """Return the pictures of patterns as training sees them before padding, float32 (n, C, H, W) from 0 to 1.

        Args:
            images: as for ``scores``; the data set.
            patterns: (n,). Where the recipe's distortion makes no copies, pass 0's.
            recipe: distortion and seed.
        """
        return np.clip(self._pictures(images, patterns, recipe, 0), 0, 1).astype(np.float32)

    def curvature(
        self,
        flat: Flat,
        images: Images,
        labels: losses.Labels,
        order: NDArray[np.integer],
        recipe: Recipe,
        *,
        pass_: int,
    ) -> Array:
        """Return the Gauss-Newton estimate of each weight's second derivative (size,), the mean over the patterns.

        Args:
            flat: the weights (layout.size,).
            images: as for ``scores``; the data set.
            labels: the right classes (N,).
            order: patterns, as ``train`` takes them; one or more.
            recipe: loss, distortion and seed count here.
            pass_: the pass over the data, from 0, in which the patterns are as ``train`` sees them.

        Raises:
            LenetError: the network has a layer that it isn't defined for.
        """
        losses.check(recipe.loss, self.network)
        curvature.check(self.network)
        labels = self._labels(labels, len(images))
        if not len(order):
            raise LenetError("second derivatives are estimated on one or more patterns, not on none")
        total: Array = np.zeros(self.layout.size, self.dtype)
        for start in range(0, len(order), SOME):
            patterns = np.asarray(order[start : start + SOME])
            right, x, keys = self._patterns(images, labels, patterns, recipe, pass_)
            total += self._curvature(flat, x, right, recipe.loss, keys)
        return total / len(order)

    def _curvature(self, flat: Flat, x: Array, labels: losses.Labels, loss: Loss, keys: Words) -> Array:
        """Return the sum over the images of the second derivatives: as ``_gradient`` goes, but by ``curvature``."""
        uniforms, steps = self._uniforms(keys), self.network.steps
        outputs = self._forward(flat, x, uniforms)
        scores, last = outputs[-1][:, :, 0, 0], steps[-1].layer
        total: Flat = np.zeros(self.layout.size, self.dtype)
        views: dict[str, Any] = self.layout.views(total)
        end = len(steps)
        if isinstance(last, RBF):  # begins at its inputs
            end -= 1
            x = outputs[-2][:, :, 0, 0]
            codes = layers.codes(last, self._weights(flat, last.name), x)
            d2y = curvature.by_inputs(loss, x, codes, scores, labels)
            if last.learned:
                views[f"{last.name}.weight"][:] = curvature.by_codes(loss, x, codes, scores, labels)
        else:
            d2y = curvature.by_scores(loss, scores, labels)
        d2y = d2y[:, :, None, None]
        for place in reversed(range(curvature.first_learning(self.network), end)):
            layer, weights = steps[place].layer, self._weights(flat, steps[place].name)
            d2a = curvature.through(layer.activation, outputs[place + 1], d2y)
            d2y, d2weights = curvature.backward(layer, weights, outputs[place], d2a, uniforms[place])
            for name, d2weight in d2weights.items():
                views[f"{steps[place].name}.{name}"][:] = d2weight
        return total

    def _patterns(
        self, images: Images, labels: losses.Labels, patterns: NDArray[np.integer], recipe: Recipe, pass_: int
    ) -> tuple[losses.Labels, Array, Words]:
        """Return of patterns the right classes, the network's input, and the keys of stochastic pools' draws."""
        right = labels[rows(patterns, len(images), recipe.distortion)]
        x = prepare(self._pictures(images, patterns, recipe, pass_), self.preparation)
        return right, x, key(recipe.seed, pass_, patterns)

    def _pictures(self, images: Images, patterns: NDArray[np.integer], recipe: Recipe, pass_: int) -> Array:
        return pictures(images, patterns, recipe, pass_=pass_, preparation=self.preparation, dtype=self.dtype)

    def _gradient(
        self, flat: Flat, x: Array, labels: losses.Labels, loss: Loss, keys: Words
    ) -> tuple[float, int, Array]:
        """Return the sum of the losses, how many are read wrong, and the gradient of the mean loss."""
        uniforms = self._uniforms(keys)
        outputs = self._forward(flat, x, uniforms)
        scores = outputs[-1][:, :, 0, 0]
        each, dscores = losses.evaluate(loss, scores, labels, self.network.smallest_wins)
        answers = (scores.argmin if self.network.smallest_wins else scores.argmax)(axis=1)
        dy = (dscores / len(x))[:, :, None, None]
        gradient: Flat = np.zeros(self.layout.size, self.dtype)
        views: dict[str, Any] = self.layout.views(gradient)
        for place, step in reversed(list(enumerate(self.network.steps))):  # the chain rule, last layer first
            da = activation.backward(step.layer.activation, outputs[place + 1], dy)
            weights = self._weights(flat, step.name)
            dy, dweights = layers.backward(step.layer, weights, outputs[place], da, uniforms[place])
            for name, dweight in dweights.items():
                views[f"{step.name}.{name}"][:] = dweight
        return float(each.sum(dtype=np.float64)), int((answers != labels).sum()), gradient

    def _forward(self, flat: Flat, x: Array, uniforms: list[Array | None] | None = None) -> list[Array]:
        """Return the input and each layer's output; stochastic pools draw where there are ``uniforms``."""
        outputs = [x]
        for place, step in enumerate(self.network.steps):
            uniform = uniforms[place] if uniforms else None
            a = layers.forward(step.layer, self._weights(flat, step.name), outputs[-1], uniform)
            outputs.append(activation.forward(step.layer.activation, a))
        return outputs

    def _uniforms(self, keys: Words) -> list[Array | None]:
        """Return for each stochastic pool its random numbers, (N, maps, rows, columns).

        The layer at position p, from 0, takes draw ((p + 1) << 32) + output; those below 2^32 are the distortion's.
        """
        uniforms: list[Array | None] = []
        for place, step in enumerate(self.network.steps):
            stochastic = isinstance(step.layer, StochasticPool)
            elements = ((place + 1) << 32) + np.arange(np.prod(step.output)).reshape(step.output)
            uniforms.append(draw(keys[:, None, None, None], elements, self.dtype) if stochastic else None)
        return uniforms

    def _weights(self, flat: Flat, layer: str) -> layers.Weights:
        if np.shape(flat) != (self.layout.size,):
            raise LenetError(f"network {self.network.name!r} has weights ({self.layout.size},), not {np.shape(flat)}")
        arrays: Flat = np.asarray(flat, self.dtype)
        views: dict[str, Any] = self.layout.views(arrays)
        return {name.split(".")[1]: array for name, array in views.items() if name.split(".")[0] == layer}

    def _input(self, images: Images) -> Array:
        return prepare(pixels(images, self.preparation, self.dtype), self.preparation)

    def _labels(self, labels: losses.Labels, count: int) -> losses.Labels:
        labels = np.asarray(labels)
        if labels.shape != (count,) or not count:
            raise LenetError(f"labels must be one for each of one or more images, but are {labels.shape} for {count}")
        if labels.dtype.kind not in "iu" or labels.min() < 0 or labels.max() >= self.network.classes:
            raise LenetError(f"labels must be whole numbers from 0 to {self.network.classes - 1}")
        return labels

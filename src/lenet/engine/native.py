"""The native engine: the compiled kernels behind the methods that the NumPy reference has too."""

from __future__ import annotations

from functools import cached_property
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import LenetError
from ..network import Network
from ..preparation import Preparation
from ..recipe import DiagonalLM, Distortion, Loss, Optimiser, Recipe
from . import description, given
from .given import Images
from .layout import Layout
from .reference.curvature import check as check_curvature
from .reference.losses import check as check_loss
from .state import State

try:
    from .. import _native
except ImportError as error:  # pragma: no cover - an installation without its compiled part
    raise LenetError(
        f"the native engine didn't load ({error}); install lenet again with a C++ compiler (g++ or clang++) at hand"
    ) from error

MOST_THREADS = 1024
MOST_PIXELS = 2**28  # of a layer
WORD = 2**64  # seeds and passes count modulo this, as in the reference


class NativeEngine:
    """Runs and trains a network on the processor's vectors and threads; the lock is released meanwhile.

    Attributes:
        network: the network.
        preparation: how pixels become its input.
        layout: where each array of parameters lies in ``flat``, float32 (layout.size,).
        threads: how many threads it uses.
    """

    name = "native"

    def __init__(self, network: Network, preparation: Preparation, *, threads: int | None = None) -> None:
        """Plan the network.

        Args:
            network: what to run.
            preparation: range, picture's shape and padding; must give the network's input.
            threads: None: ``LENET_THREADS``, or all processors this process may use.

        Raises:
            LenetError: the preparation doesn't give the network's input, the number of threads makes no sense, or
                ``LENET_ISA`` names an instruction set that this processor lacks.
        """
        if preparation.input != network.input:
            raise LenetError(
                f"network {network.name!r} reads {network.input}, but its preparation gives {preparation.input}; "
                "change the picture's shape or the padding"
            )
        if threads is not None and not (isinstance(threads, int) and 1 <= threads <= MOST_THREADS):
            raise LenetError(f"threads must be a whole number from 1 to {MOST_THREADS}, but is {threads!r}")
        if max(prod(shape) for step in network.steps for shape in (step.input, step.output)) >= MOST_PIXELS:
            raise LenetError(
                f"network {network.name!r} is too large for the native engine: a layer has 2^28 pixels or more"
            )
        self.network, self.preparation, self.layout = network, preparation, Layout(network)
        try:
            self.threads = threads or _native.default_threads()
            self._engine = _native.Engine(
                description.describe(network),
                preparation.shape,
                preparation.padding,
                preparation.low,
                preparation.high,
                self.layout.size,
            )
        except ValueError as error:
            raise LenetError(f"network {network.name!r} on the native engine: {error}") from None
        except (RuntimeError, TypeError):  # a number beyond 32 bits
            raise LenetError(f"network {network.name!r} is too large for the native engine") from None

    @property
    def isa(self) -> str:
        """The instruction set in use: ``avx512``, ``avx2``, ``neon`` or ``baseline``."""
        return self._engine.isa

    @property
    def lanes(self) -> int:
        """Images in a block."""
        return self._engine.lanes

    def scores(self, flat: NDArray[np.float32], images: Images) -> NDArray[np.float32]:
        """Return the last layer's outputs (N, classes).

        Args:
            flat: the parameters (size,).
            images: (N, C, H, W), or (N, H, W) of one channel; uint8 or float32 in [0, 1].
        """
        flat, images = given.weights(flat, self.network, self.layout.size), given.images(images, self.preparation)
        out = np.empty((len(images), self.network.classes), np.float32)
        self._engine.scores(flat, images, out, self.threads)
        return out

    def features(self, flat: NDArray[np.float32], images: Images) -> dict[str, NDArray[np.float32]]:
        """Return every layer's output (N, maps, rows, columns) by the layer's name; first ``input``, as prepared."""
        flat, images = given.weights(flat, self.network, self.layout.size), given.images(images, self.preparation)
        outputs = {"input": np.empty((len(images), *self.network.input), np.float32)}
        made, computed = [outputs["input"]], description.computed(self.network)
        for step in self.network.steps:
            if step.name in computed:
                outputs[step.name] = np.empty((len(images), *step.output), np.float32)
                made.append(outputs[step.name])
            else:
                outputs[step.name] = made[-1].reshape(len(images), *step.output)
        self._engine.features(flat, images, made)
        return outputs

    def gradient(
        self,
        flat: NDArray[np.float32],
        images: Images,
        labels: NDArray[Any],
        loss: Loss,
        *,
        random: tuple[int, int, int] = (0, 0, 0),
    ) -> tuple[float, int, NDArray[np.float32]]:
        """Return the mean loss, how many are read wrong, and the gradient of the mean loss (size,), as in training.

        Args:
            flat: the parameters.
            images: as ``scores`` takes them.
            labels: (N,), the right classes.
            loss: which loss.
            random: seed, pass and index of the first image, for stochastic pools; only an index of 0 is offered here.
        """
        check_loss(loss, self.network)
        flat, images = given.weights(flat, self.network, self.layout.size), given.images(images, self.preparation)
        labels = given.labels(labels, len(images), self.network.classes)
        if not len(images):
            raise LenetError("a gradient needs one or more images")
        seed, pass_, first = random
        if first:
            raise LenetError(f"the native engine draws by the images' rows, which begin at 0, not {first}")
        out = np.empty(self.layout.size, np.float32)
        rows = np.arange(len(images), dtype=np.int64)
        kind = description.LOSSES.index(loss.kind)
        mean, errors = self._call(
            self._engine.gradient,
            flat,
            images,
            labels,
            rows,
            kind,
            loss.j,
            seed % WORD,
            pass_ % WORD,
            None,
            out,
            self.threads,
        )
        return mean, errors, out

    def train(
        self,
        state: State,
        images: Images,
        labels: NDArray[Any],
        order: NDArray[Any],
        recipe: Recipe,
        *,
        pass_: int,
        rates: NDArray[np.float32],
    ) -> tuple[float, int]:
        """Make an update for each batch of ``order`` and change ``state`` in place.

        Args:
            state: weights and what the optimiser remembers.
            images: the whole training set.
            labels: its right classes (N,).
            order: patterns of a stretch of one pass, that begins where a batch begins. Pattern k is image k % N and,
                where the recipe's distortion makes copies, its copy k // N.
            recipe: batch, loss, optimiser, distortion and seed count here.
            pass_: number of the pass, from 0; distortions and stochastic pools are drawn by seed, pass and pattern.
            rates: one for each update.

        Returns:
            The sum of the losses, and how many were read wrong, each before the update that it's part of.
        """
        check_loss(recipe.loss, self.network)
        images = given.images(images, self.preparation)
        labels = given.labels(labels, len(images), self.network.classes)
        order = given.patterns(order, "order", len(images), recipe.distortion)
        given.state(state, recipe.optimiser, self.layout.size)
        updates = given.updates(order, recipe.batch, rates)
        loss, kind = recipe.loss, description.LOSSES.index(recipe.loss.kind)
        result = self._call(
            self._engine.train,
            state.flat,
            [] if isinstance(recipe.optimiser, DiagonalLM) else list(state.slots),
            state.updates,
            images,
            labels,
            order,
            min(recipe.batch, max(1, len(order))),
            np.ascontiguousarray(rates, np.float32),
            description.optimiser(recipe.optimiser),
            self._factors(recipe.optimiser, state),
            kind,
            loss.j,
            recipe.seed % WORD,
            pass_ % WORD,
            description.distortion(recipe.distortion),
            self.threads,
        )
        state.updates += updates
        return result

    def distorted(self, images: Images, patterns: NDArray[Any], recipe: Recipe) -> NDArray[np.float32]:
        """Return the pictures of patterns as training sees them before padding, (n, C, H, W) from 0 to 1.

        Args:
            images: the whole training set, as ``scores`` takes it.
            patterns: (n,), as ``train`` takes them. Where the recipe's distortion makes no copies, pass 0's.
            recipe: distortion and seed count here.
        """
        images, distortion = given.images(images, self.preparation), recipe.distortion or Distortion(share=0.0)
        patterns = given.patterns(patterns, "patterns", len(images), distortion)
        out = np.empty((len(patterns), *self.preparation.shape), np.float32)
        ranges = description.distortion(distortion)
        self._engine.distorted(images, patterns, recipe.seed % WORD, 0, ranges, out, self.threads)
        return np.clip(out, 0, 1, out=out)  # mixing pixels may miss 1 by a rounding

    def curvature(
        self,
        flat: NDArray[np.float32],
        images: Images,
        labels: NDArray[Any],
        order: NDArray[Any],
        recipe: Recipe,
        *,
        pass_: int,
    ) -> NDArray[np.float32]:
        """Return the Gauss-Newton estimate of each weight's second derivative (size,), the mean over the patterns.

        Args:
            flat: the parameters.
            images: the whole training set.
            labels: its right classes (N,).
            order: patterns, as ``train`` takes them; one or more.
            recipe: loss, distortion and seed count here.
            pass_: number of the pass, from 0, in which the patterns are as ``train`` sees them.

        Raises:
            LenetError: the network has a layer that it isn't defined for.
        """
        check_loss(recipe.loss, self.network)
        check_curvature(self.network)
        flat, images = given.weights(flat, self.network, self.layout.size), given.images(images, self.preparation)
        labels = given.labels(labels, len(images), self.network.classes)
        order = given.patterns(order, "order", len(images), recipe.distortion)
        if not len(order):
            raise LenetError("second derivatives are estimated on one or more patterns, not on none")
        out = np.empty(self.layout.size, np.float32)
        self._engine.curvature(
            flat,
            images,
            labels,
            order,
            description.LOSSES.index(recipe.loss.kind),
            recipe.loss.j,
            recipe.seed % WORD,
            pass_ % WORD,
            description.distortion(recipe.distortion),
            out,
            self.threads,
        )
        return out

    def _call(self, function: Any, *arguments: Any) -> tuple[float, int]:
        try:
            loss, errors = function(*arguments)
        except ValueError as error:
            raise LenetError(str(error)) from None
        return float(loss), int(errors)

    def _factors(self, optimiser: Optimiser, state: State) -> NDArray[np.float32] | None:
        """Return what each weight's rate is multiplied by; None: by nothing."""
        if isinstance(optimiser, DiagonalLM):
            factors: NDArray[np.float32] = np.reciprocal(np.float32(optimiser.mu) + state.slots[0])
            return factors
        if optimiser.bias_factor == 1.0:
            return None
        return np.where(self._biases, np.float32(optimiser.bias_factor), np.float32(1.0))

    @cached_property
    def _biases(self) -> NDArray[np.bool_]:
        return self.layout.biases

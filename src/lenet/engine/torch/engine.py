"""The engine on PyTorch: the same methods as the others have, computed on a GPU or a processor."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...errors import LenetError
from ...network import Network
from ...preparation import Preparation
from ...recipe import Distortion, Recipe
from .. import given
from ..given import Images
from ..layout import Layout
from ..reference.losses import check as check_loss
from ..state import State, Stretch
from . import devices
from .module import LeNet
from .patterns import Patterns
from .shards import Shards
from .updates import MOST, Updates

SOME = 4096  # pictures that are read or distorted at once
WORK = 2e11  # floating-point operations that a GPU does in about a tenth of a second


class TorchEngine:
    """Runs and trains a network with PyTorch.

    The training set is taken to the device once, as bytes, and stays there; patterns are chosen, distorted and prepared
    there. On CUDA an update is a graph that is replayed.

    Attributes:
        network: the network.
        preparation: how pixels become its input.
        layout: where each array of parameters lies in ``flat``, float32 (layout.size,).
        device: ``cuda``, ``mps`` or ``cpu``.
        grain: how many operations and how many updates it takes between two looks at the clock; None: as the native
            engine.
    """

    name = "torch"

    def __init__(
        self,
        network: Network,
        preparation: Preparation,
        *,
        device: str | None = None,
        threads: int | None = None,
    ) -> None:
        """Make the module.

        Args:
            network: what to run.
            preparation: range, picture's shape and padding; must give the network's input.
            device: ``cuda``, ``mps`` or ``cpu``; None: the first that is there.
            threads: that a processor computes with, of the whole program; None: as PyTorch likes.

        Raises:
            LenetError: the preparation doesn't give the network's input, the device isn't there, or threads make no
                sense.
        """
        if preparation.input != network.input:
            raise LenetError(
                f"network {network.name!r} reads {network.input}, but its preparation gives {preparation.input}; "
                "change the picture's shape or the padding"
            )
        self._device = devices.choose(device)
        self.network, self.preparation, self.layout = network, preparation, Layout(network)
        self.device = self._device.type
        self._shards: Shards | None = None
        self._set_threads(threads)
        self.grain = None if self.device == "cpu" else (WORK, MOST)
        self._module = LeNet(network, preparation).to(self._device).eval()
        self._lock = threading.Lock()
        self._held: NDArray[np.float32] | None = None
        self._training: tuple[Any, Updates] | None = None

    @property
    def accelerator(self) -> str:
        """The device's own name."""
        return devices.describe(self._device)

    @property
    def torch(self) -> str:
        """The version of PyTorch."""
        return str(torch.__version__)

    def join(self) -> None:
        """Share the work of each batch, and of reading, with the other processes that ``torchrun`` started.

        From here on every process must make the same calls.
        """
        self._shards = Shards.joined(self._device)

    def anywhere(self, asked: bool) -> bool:
        """Whether it is so in this process, or in another that shares the work."""
        return asked if self._shards is None else self._shards.anywhere(asked)

    def scores(self, flat: NDArray[np.float32], images: Images) -> NDArray[np.float32]:
        """Return the last layer's outputs (N, classes).

        Args:
            flat: the parameters (size,).
            images: (N, C, H, W), or (N, H, W) of one channel; uint8 or float32 in [0, 1].
        """
        images = given.images(images, self.preparation)
        with self._loaded(flat) as module:

            def read(part: slice) -> Tensor:
                starts = range(part.start, part.stop, SOME) or [part.start]
                read = [module(self._input(images[start : min(start + SOME, part.stop)])) for start in starts]
                return -torch.cat(read) if self.network.smallest_wins else torch.cat(read)

            scores = self._shards.rows(len(images), read) if self._shards else read(slice(0, len(images)))
            out: NDArray[np.float32] = scores.cpu().numpy()
        return out

    def features(self, flat: NDArray[np.float32], images: Images) -> dict[str, NDArray[np.float32]]:
        """Return every layer's output (N, maps, rows, columns) by the layer's name; first ``input``, as prepared."""
        images = given.images(images, self.preparation)
        with self._loaded(flat) as module:
            return {name: made.cpu().numpy() for name, made in module.features(self._input(images)).items()}

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
        """Make an update for each batch of ``order`` and change ``state`` in place; as ``NativeEngine.train``."""
        return self.train_together(images, labels, [Stretch(state, order, recipe, pass_, rates)])[0]

    def train_together(
        self, images: Images, labels: NDArray[Any], stretches: Sequence[Stretch]
    ) -> list[tuple[float, int]]:
        """Train several runs at once as one batch of networks; return of each what ``train`` returns.

        Each comes out as if it were trained alone, up to rounding.

        Args:
            images: the whole training set; it is taken to be the same as long as it is the same array.
            labels: its right classes (N,).
            stretches: of the runs, all of as many patterns.
        """
        recipe = replace(stretches[0].recipe, seed=0)
        check_loss(recipe.loss, self.network)
        with _exact():
            updates = self._updates(images, labels, recipe, len(stretches))
            orders = [given.patterns(s.order, "order", updates.count, recipe.distortion) for s in stretches]
            for order, stretch in zip(orders, stretches, strict=True):
                given.state(stretch.state, recipe.optimiser, self.layout.size)
                given.updates(order, recipe.batch, stretch.rates)
            told = updates.train(
                [s.state for s in stretches],
                np.stack(orders),
                [s.recipe.seed for s in stretches],
                [s.pass_ for s in stretches],
                np.stack([np.asarray(s.rates, np.float32) for s in stretches]),
            )
        return [(float(loss), int(wrong)) for loss, wrong in told]

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
        none = np.zeros(len(images), np.int64)
        there = Patterns(self._module, recipe, images, none, device=self._device)
        there.begin([recipe.seed], [0])
        for start in range(0, len(patterns), SOME):
            some = torch.from_numpy(patterns[None, start : start + SOME]).to(self._device)
            out[start : start + SOME] = there.pictures(some).clamp(0, 1).cpu().numpy()
        return out

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
        """Return the Gauss-Newton estimate of each weight's second derivative (size,), by the native engine.

        It is made of some hundred patterns once a pass: on the processor it takes hundredths of a second.
        """
        from ..native import NativeEngine

        native = NativeEngine(self.network, self.preparation)
        h = native.curvature(flat, images, labels, order, recipe, pass_=pass_)
        return h if self._shards is None else self._shards.first(torch.from_numpy(h)).numpy()

    def _updates(self, images: Images, labels: NDArray[Any], recipe: Recipe, runs: int) -> Updates:
        """Return what trains such runs on these data, the last one made if it does."""
        made_for = (recipe, runs)
        if self._training is not None and self._training[0] == made_for and self._training[1].source is images:
            return self._training[1]
        self._training = None  # its memory is free before the next takes some
        array = given.images(images, self.preparation)
        right = given.labels(labels, len(array), self.network.classes)
        module = LeNet(self.network, self.preparation).to(self._device).train()
        updates = Updates(module, recipe, array, right, device=self._device, runs=runs, shards=self._shards)
        updates.source = images
        self._training = made_for, updates
        return updates

    @contextmanager
    def _loaded(self, flat: NDArray[np.float32]) -> Iterator[LeNet]:
        """Yield the module with these weights, to this thread alone; weights that nobody can change are kept."""
        with self._lock, torch.inference_mode(), _exact():
            if self._held is None or self._held is not flat:
                self._held = None
                views = self.layout.views(given.weights(flat, self.network, self.layout.size))
                for name, parameter in self._module.weights.items():
                    parameter.copy_(torch.from_numpy(np.array(views[name])))
                self._held = None if flat.flags.writeable else flat
            yield self._module

    def _input(self, images: Images) -> Tensor:
        return self._module.prepare(torch.from_numpy(np.array(images)).to(self._device))

    def _set_threads(self, threads: int | None) -> None:
        if threads is None:
            return
        if self.device != "cpu":
            raise LenetError(f"threads are the processor's: leave them out on {self.device}, or take --device cpu")
        if not (isinstance(threads, int) and threads >= 1):
            raise LenetError(f"threads must be a whole number of 1 or more, but is {threads!r}")
        torch.set_num_threads(threads)


@contextmanager
def _exact() -> Iterator[None]:
    """Let convolutions on NVIDIA's GPUs be of full float32, and the same each time."""
    with torch.backends.cudnn.flags(enabled=True, deterministic=True, allow_tf32=False):
        yield

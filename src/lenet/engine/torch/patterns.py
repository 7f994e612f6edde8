"""From the numbers of patterns to a network's input, on the device."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import pad

from ...network import StochasticPool
from ...preparation import Preparation
from ...recipe import Recipe
from ..given import Images
from . import randomness
from .distortion import Distorter
from .module import LeNet


class Patterns:
    """A data set on the device, and what makes input of it.

    Attributes:
        images: (N, C, H, W), uint8 or float32.
        labels: (N,).
    """

    def __init__(
        self,
        module: LeNet,
        recipe: Recipe,
        images: Images,
        labels: NDArray[np.int64],
        *,
        device: torch.device,
        runs: int = 1,
    ) -> None:
        """Take the data to the device; ``runs`` are those that are trained at once."""
        self.preparation = module.preparation
        self.images, self.labels = (torch.from_numpy(np.array(array)).to(device) for array in (images, labels))
        self._distort: Distorter | None = None
        if recipe.distortion is not None:
            self._distort = Distorter(recipe.distortion, self.preparation.shape, device)
        self._places = {  # a stochastic pool at position p, from 0, takes draw ((p + 1) << 32) + output
            step.name: ((place + 1 << 32) + torch.arange(prod(step.output))).reshape(step.output).to(device)
            for place, step in enumerate(module.network.steps)
            if isinstance(step.layer, StochasticPool)
        }
        self._seeds, self._passes = (torch.zeros(runs, 1, dtype=torch.int64, device=device) for _ in range(2))

    def begin(self, seeds: Sequence[int], passes: Sequence[int]) -> None:
        """Take the seed of each run, and the pass that it is in."""
        drawn = [randomness.stretch(seed, pass_) for seed, pass_ in zip(seeds, passes, strict=True)]
        self._seeds.copy_(torch.tensor([[randomness.begin(seed)] for seed in seeds]))
        self._passes.copy_(torch.tensor(drawn)[:, None])

    def __call__(self, patterns: Tensor) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
        """Return the input of patterns (runs, n), their right classes, and what stochastic pools draw with.

        Each begins with (runs, n, ...).
        """
        shown = patterns % len(self.labels)
        x = prepared(self.pictures(patterns), self.preparation)
        keys = randomness.key(self._passes, patterns)[:, :, None, None, None]
        draws = {name: randomness.draw(keys, places) for name, places in self._places.items()}
        return x.reshape(*patterns.shape, *self.preparation.input), self.labels[shown], draws

    def pictures(self, patterns: Tensor) -> Tensor:
        """Return the pictures of patterns (runs, n) as training sees them before padding, (runs x n, C, H, W)."""
        shown = patterns % len(self.labels)
        p = self.images[shown.flatten()]
        p = p.to(torch.float32) / 255 if p.dtype == torch.uint8 else p
        if self._distort is None:
            return p
        copies = patterns // len(self.labels)
        stretches = self._passes
        if self._distort.distortion.copies:
            stretches = randomness.mix(self._seeds + copies + randomness.STEP)
        moved = self._distort(p, randomness.key(stretches, shown).flatten())
        if not self._distort.distortion.copies:
            return moved
        return torch.where((copies > 0).flatten()[:, None, None, None], moved, p)


def prepared(p: Tensor, preparation: Preparation) -> Tensor:
    """Return the network's input x = low + (high - low) p, with a border of ``low``."""
    x = preparation.low + (preparation.high - preparation.low) * p
    return pad(x, [preparation.padding] * 4, value=preparation.low)

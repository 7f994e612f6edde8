"""The layers that normalise a pixel by its neighbours: across maps (LRN) and across a window (LCN)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as f

from ... import network
from ...network import Step
from ..reference.normalisation import gaussian
from .layer import Layer, maps
from .roots import root


class LocalResponseNorm(Layer):
    """y = x / (k + alpha sum of x^2 over the neighbouring maps)^beta (Krizhevsky et al., 2012, 3.3)."""

    def __init__(self, step: Step) -> None:
        """Take the layer at its place."""
        super().__init__(step)
        layer = step.layer
        assert isinstance(layer, network.LocalResponseNorm)
        self.size, self.alpha, self.beta, self.k = layer.size, layer.alpha, layer.beta, layer.k

    def sums(self, x: Tensor) -> Tensor:
        """Return (N, I, R, C), the shape of ``x``."""
        x = maps(x)
        squares = f.pad(x.square(), (0, 0, 0, 0, self.size // 2, (self.size - 1) // 2))
        beside = torch.stack([squares[:, i : i + x.shape[1]] for i in range(self.size)])
        return x * (self.k + self.alpha * beside.sum(0)) ** -self.beta

    def settings(self) -> str:
        """Return the constants."""
        return f"{self.size} maps, alpha {self.alpha:g}, beta {self.beta:g}, k {self.k:g}"


class LocalContrastNorm(Layer):
    """Subtracts a local mean and divides by a local deviation (Jarrett et al., 2009, section 2)."""

    rows: Tensor  # (R, R): for each place the weights of all; each row sums to 1
    columns: Tensor  # (C, C)

    def __init__(self, step: Step) -> None:
        """Take the layer at its place."""
        super().__init__(step)
        layer = step.layer
        assert isinstance(layer, network.LocalContrastNorm)
        self.size, self.floor = layer.size, layer.floor
        for name, length in zip(("rows", "columns"), step.input[1:], strict=True):
            weights = torch.tensor(gaussian(length, layer), dtype=torch.float32)
            self.register_buffer(name, weights, persistent=False)

    def sums(self, x: Tensor) -> Tensor:
        """Return (N, I, R, C), the shape of ``x``: v / max(mean of s, s, floor)."""
        x = maps(x)
        v = x - self._local_mean(x)
        s = root(self._local_mean(v.square()))
        mean = s.mean((2, 3), keepdim=True)
        d = torch.where(s > mean, s, mean)
        return v / torch.where(d > self.floor, d, self.floor)

    def _local_mean(self, z: Tensor) -> Tensor:
        """Return sum w z for each place, over all maps: (N, 1, R, C)."""
        return self.rows @ z.mean(1, keepdim=True) @ self.columns.T

    def settings(self) -> str:
        """Return the window and the floor."""
        return f"{self.size}x{self.size}, floor {self.floor:g}"

"""The layers that shrink a map: the paper's subsampling, and six kinds of pooling."""

from __future__ import annotations

from itertools import product

import torch
from torch import Tensor, nn
from torch.nn import functional as f

from ... import network
from ...network import Step
from ..reference.pooling import offsets
from .layer import Layer, maps
from .roots import root


class Pool(Layer):
    """A window of pixels becomes one."""

    def __init__(self, step: Step) -> None:
        """Take the layer at its place."""
        super().__init__(step)
        layer = step.layer
        assert isinstance(layer, network.Pool)
        self.size, self.stride = layer.size, layer.step

    def settings(self) -> str:
        """Return the window, and the stride where it is another."""
        stride = f", stride {self.stride}" if self.stride != self.size else ""
        return f"{self.size}x{self.size}{stride}"

    def mean(self, x: Tensor) -> Tensor:
        """Return the mean of each window, (N, I, R, C)."""
        return f.avg_pool2d(maps(x), self.size, self.stride)

    def windows(self, x: Tensor) -> Tensor:
        """Return the pixels of each window, row by row, (N, I, R, C, pixels)."""
        x, (_, rows, columns) = maps(x), self.step.output
        steps = [
            [slice(u, u + self.stride * (n - 1) + 1, self.stride) for u in range(self.size)] for n in (rows, columns)
        ]
        return torch.stack([x[:, :, u, v] for u, v in product(*steps)], -1)


class Subsample(Pool):
    """The paper's S2 and S4 (section II.B): a coefficient times the sum of the window, plus a bias."""

    coefficient: nn.Parameter
    bias: nn.Parameter

    def __init__(self, step: Step) -> None:
        """Take the layer at its place."""
        super().__init__(step)
        assert isinstance(step.layer, network.Subsample)
        self.copies = step.layer.copies

    def sums(self, x: Tensor) -> Tensor:
        """Return (N, I copies, R, C) of (N, I, rows, columns)."""
        sums = self.mean(x) * self.size**2
        if self.copies > 1:
            sums = sums[:, :, None].expand(-1, -1, self.copies, -1, -1).flatten(1, 2)
        return self.coefficient[:, None, None] * sums + self.bias[:, None, None]

    def settings(self) -> str:
        """Return the window, and how many maps read each."""
        return super().settings() + (f", {self.copies} copies" if self.copies > 1 else "")


class MeanPool(Pool):
    """The mean of each window."""

    def sums(self, x: Tensor) -> Tensor:
        """Return (N, I, R, C)."""
        return self.mean(x)


class MaxPool(Pool):
    """The largest pixel of each window; of equals, the gradient goes to the first."""

    def sums(self, x: Tensor) -> Tensor:
        """Return (N, I, R, C)."""
        return f.max_pool2d(maps(x), self.size, self.stride)


class L2Pool(Pool):
    """The root of the sum of squares of each window; its gradient where all are 0 is 0."""

    def sums(self, x: Tensor) -> Tensor:
        """Return (N, I, R, C)."""
        return root(self.mean(x.square()) * self.size**2)


class StochasticPool(Pool):
    """While training a pixel drawn with a chance in proportion to its value, otherwise the mean by those chances."""

    def forward(self, x: Tensor, uniform: Tensor | None = None) -> Tensor:
        """Return what the layer makes of ``x``, (N, I, R, C).

        Args:
            x: (N, I, rows, columns).
            uniform: (N, I, R, C) in [0, 1), what is drawn with while training; None: PyTorch's own numbers.
        """
        w = self.windows(x).relu()
        if not self.training:
            return self._activate(_mean(w))
        with torch.no_grad():
            place = _drawn(w, torch.rand_like(w[..., 0]) if uniform is None else uniform)
        return self._activate(w.gather(-1, place[..., None])[..., 0])


class DeformablePool(Pool):
    """The largest of pixel minus penalty, which grows with the distance from the window's centre."""

    penalty: nn.Parameter
    offsets: Tensor  # (4, pixels)

    def __init__(self, step: Step) -> None:
        """Take the layer at its place."""
        super().__init__(step)
        places = torch.tensor(offsets(self.size).T, dtype=torch.float32)
        self.register_buffer("offsets", places, persistent=False)

    def sums(self, x: Tensor) -> Tensor:
        """Return (N, I, R, C)."""
        cost = self.penalty @ self.offsets  # (I, pixels)
        return (self.windows(x) - cost[:, None, None, :]).max(-1).values


def _mean(w: Tensor) -> Tensor:
    """Return the mean weighted by the chances, sum w^2 / sum w; 0, without a gradient, where no pixel is positive."""
    total = w.sum(-1)
    return w.square().sum(-1) / total.masked_fill(total == 0, 1)


def _drawn(w: Tensor, uniform: Tensor) -> Tensor:
    """Return the first place at which the sum of the pixels so far is above ``uniform`` times the sum of all."""
    sums = w.cumsum(-1)
    above = sums > (uniform * sums[..., -1])[..., None]
    last_positive = w.shape[-1] - 1 - (w > 0).flip(-1).int().argmax(-1)  # where rounding leaves none above
    return torch.where(above.any(-1), above.int().argmax(-1), last_positive)

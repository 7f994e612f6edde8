"""Euclidean radial basis functions: the paper's output layer (section II.B, eq. 7)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ... import network
from ...network import Step
from .layer import Layer


class RBF(Layer):
    """Penalties y_i = sum_j (x_j - w_ij)^2: the smallest wins.

    ``weight`` (classes, inputs) holds the codes w: a buffer, which the state dict leaves out, or a parameter where
    the codes are learned.
    """

    weight: Tensor

    def __init__(self, step: Step) -> None:
        """Take the layer at its place, with its codes."""
        super().__init__(step)
        layer = step.layer
        assert isinstance(layer, network.RBF)
        codes = torch.tensor(layer.targets())
        if layer.learned:
            self.weight = nn.Parameter(codes)
        else:
            self.register_buffer("weight", codes, persistent=False)

    def sums(self, x: Tensor) -> Tensor:
        """Return (N, classes) of (N, inputs) or (N, inputs, 1, 1)."""
        return (x.flatten(1)[:, None, :] - self.weight).square().sum(-1)

    def settings(self) -> str:
        """Return what the codes are."""
        layer = self.step.layer
        assert isinstance(layer, network.RBF)
        codes = f"codes of {layer.codes!r}" if isinstance(layer.codes, str) else "codes of its own"
        return f"{codes}, learned" if layer.learned else codes

"""The layers that weigh their inputs: convolution, dense; and flatten."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as f

from ... import network
from ...network import Step
from .layer import Layer, maps


class Conv(Layer, nn.Conv2d):
    """Convolution; the pairs of maps that a table leaves out count as 0 and get no gradient."""

    connected: Tensor | None  # (O, I, 1, 1), 1 where the table connects

    def __init__(self, step: Step) -> None:
        """Take the layer at its place."""
        layer = step.layer
        assert isinstance(layer, network.Conv)
        super().__init__(
            step,
            step.input[0],
            layer.maps,
            layer.kernel,
            layer.stride,
            layer.padding,
            bias=layer.bias,
            device="meta",  # where PyTorch's own start costs nothing
        )
        connected = None
        if layer.table is not None:
            connected = torch.zeros(layer.maps, step.input[0], 1, 1)
            for output, inputs in enumerate(layer.table):
                connected[output, list(inputs)] = 1
        self.register_buffer("connected", connected, persistent=False)

    def sums(self, x: Tensor) -> Tensor:
        """Return (N, O, R, C) of (N, I, rows, columns)."""
        weight = self.weight if self.connected is None else self.weight * self.connected
        return f.conv2d(maps(x), weight, self.bias, self.stride, self.padding)

    def settings(self) -> str:
        """Return kernel, stride, padding, table and bias."""
        layer = self.step.layer
        assert isinstance(layer, network.Conv)
        told = [f"{layer.kernel}x{layer.kernel}"]
        told += [f"stride {layer.stride}"] * (layer.stride > 1) + [f"padding {layer.padding}"] * (layer.padding > 0)
        if layer.table is not None:
            told.append(f"{layer.pairs(self.in_channels)} of {layer.maps * self.in_channels} pairs of maps")
        return ", ".join(told + ["no bias"] * (not layer.bias))


class Dense(Layer, nn.Linear):
    """Each unit reads every input."""

    def __init__(self, step: Step) -> None:
        """Take the layer at its place."""
        layer = step.layer
        assert isinstance(layer, network.Dense)
        super().__init__(step, step.input[0], layer.units, layer.bias, device="meta")

    def sums(self, x: Tensor) -> Tensor:
        """Return (N, units) of (N, inputs) or (N, inputs, 1, 1)."""
        return f.linear(x.flatten(1), self.weight, self.bias)

    def settings(self) -> str:
        """Return whether there is no bias."""
        return "no bias" if self.bias is None else ""


class Flatten(Layer):
    """All maps as one row of units, map by map, row by row: PyTorch's own order."""

    def sums(self, x: Tensor) -> Tensor:
        """Return (N, I rows columns) of (N, I, rows, columns)."""
        return x.flatten(1)

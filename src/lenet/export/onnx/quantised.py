"""Layers in 8 bits, as QuantizeLinear and DequantizeLinear around those of float32: what runtimes take to int8 kernels.

Weights are int8 with a scale for each output map, biases int32, what goes from layer to layer int8 with one scale.
Convolutions, subsampling, dense layers, mean and max pools compute in 8 bits. What is no sum of products stays in
float32 between them: tanh and sigmoid, other pools, normalisations, the distances of an RBF output, and the scores.
"""

from __future__ import annotations

from math import atanh
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...engine.layout import Weights
from ...errors import LenetError
from ...network import AMPLITUDE, SLOPE, Activation, Conv, Dense, Flatten, MaxPool, MeanPool, Network, Step, Subsample
from ..int8.calibration import Ranges
from . import layers
from .graph import Graph

WEIGHED = (Conv, Dense, Subsample)
EIGHT_BITS = (*WEIGHED, MeanPool, MaxPool, Flatten)  # what runtimes compute in 8 bits
# 7 bits: processors without VNNI add two products of a weight and a number of 8 bits in 16, and cut off what is larger
# (saturation, in OpenVINO's and ONNX Runtime's documentation). 2 x 255 x 63 fits, so that all processors answer alike.
LARGEST_WEIGHT = 63
LARGEST_BIAS = 2**30  # of 32 bits, so that the products added to it have room

SLOPES = {Activation.SCALED_TANH: SLOPE, Activation.TANH: 1.0, Activation.SIGMOID: 0.5}  # of tanh's argument
STEEPEST = 0.999  # of tanh: beyond it the curve is as good as flat


class Grid(NamedTuple):
    """What the whole numbers -128 to 127 mean: scale x (q - zero)."""

    scale: float
    zero: int


def check(network: Network) -> None:
    """Raise a ``LenetError`` where a network has no layer that can be computed in 8 bits."""
    if not any(isinstance(layer, WEIGHED) for layer in network.layers):
        raise LenetError(f"{network.name} has no layer of weights to bring to 8 bits; leave out int8")


class Quantiser:
    """Adds the layers of a network in 8 bits, one after the other, as ``layers.add`` does in float32."""

    def __init__(self, ranges: Ranges) -> None:
        """Take what each layer answers with, by its name, and ``input``, what the first one reads."""
        self.ranges = ranges
        self.reach = ranges["input"]  # of the tensor that the next layer reads

    def add(self, graph: Graph, step: Step, weights: Weights) -> None:
        """Add a layer and its activation; the tensor that it gives has the layer's name, and is float32."""
        before, layer = len(graph.nodes), step.layer
        grid = over(*self.reach)
        if isinstance(layer, EIGHT_BITS):
            round_to(graph, f"{step.name}.reads", grid)
        if isinstance(layer, WEIGHED):
            if layers.shape(graph, step):
                round_to(graph, f"{step.name}.reads-shaped", grid)  # runtimes look for the rounding right before
            layers.weigh(graph, step, _parameters(graph, step, weights, grid))
            self._round_sums(graph, step)
        else:
            layers.sums(graph, step, weights)
        layers.activate(graph, step)
        layers.finish(graph, step, before)
        same = isinstance(layer, (MaxPool, Flatten)) and layer.activation is Activation.NONE
        self.reach = self.reach if same else self.ranges[step.name]

    def _round_sums(self, graph: Graph, step: Step) -> None:
        """Round sums to 8 bits where a curve comes after them, as far as it isn't flat."""
        slope = SLOPES.get(step.layer.activation)
        if slope is not None:
            low, high = (atanh(end) / slope for end in _of_tanh(step.layer.activation, self.ranges[step.name]))
            round_to(graph, f"{step.name}.rounded", over(low, high))


def _parameters(graph: Graph, step: Step, weights: Weights, grid: Grid) -> list[str]:
    """Add a layer's weights in 8 bits and biases in 32; return the tensors of float32 that they mean."""
    arrays = layers.arrays(step, weights)
    bias = arrays.get("bias", np.zeros(len(arrays["weight"]), np.float32)).astype(np.float64)
    whole, scale = per_map(arrays["weight"], np.abs(bias) / (grid.scale * LARGEST_BIAS))
    names = [_meant(graph, f"{step.name}.weight", whole, scale)]
    if "bias" in arrays:
        units = scale * np.float32(grid.scale)  # as the sums have them
        names.append(_meant(graph, f"{step.name}.bias", np.rint(bias / units).astype(np.int32), units))
    return names


def _of_tanh(activation: Activation, reach: tuple[float, float]) -> tuple[float, float]:
    """Return which part of tanh's range -1 to 1 a range of outputs comes from."""
    low, high = reach
    if activation is Activation.SIGMOID:
        low, high = 2 * low - 1, 2 * high - 1
    elif activation is Activation.SCALED_TANH:
        low, high = low / AMPLITUDE, high / AMPLITUDE
    return max(low, -STEEPEST), min(high, STEEPEST)


def over(low: float, high: float) -> Grid:
    """Return the 256 numbers that span a range and 0, with 0 among them."""
    low, high = min(low, 0.0), max(high, 0.0)
    scale = float(np.float32((high - low) / 255)) or 1.0
    return Grid(scale, round(-128 - low / scale))


def per_map(
    weight: NDArray[np.float32], least: NDArray[np.float64] | float = 0.0
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return weights (maps, ...) as whole numbers, and the scale of each map (maps,), ``least`` or more."""
    axes = tuple(range(1, weight.ndim))
    scale = np.maximum(np.abs(weight).max(axes) / LARGEST_WEIGHT, least).astype(np.float32)
    scale[scale == 0] = 1.0
    whole = np.rint(weight / scale.reshape(-1, *(1,) * len(axes)))
    return whole.astype(np.int8), scale


def round_to(graph: Graph, name: str, grid: Grid) -> None:
    """Add the last tensor rounded to a grid."""
    scale = graph.constant(f"{name}.scale", grid.scale)
    zero = graph.constant(f"{name}.zero", grid.zero, np.int8)
    graph.node("QuantizeLinear", f"{name}.int8", scale, zero)
    graph.node("DequantizeLinear", name, scale, zero)


def _meant(graph: Graph, name: str, whole: NDArray[np.integer], scale: NDArray[np.float32]) -> str:
    """Add whole numbers (maps, ...) with a scale for each map, and return the tensor of float32 that they mean."""
    last = graph.last
    numbers = graph.constant(name, whole, whole.dtype)
    zeros = graph.constant(f"{name}.zero", np.zeros(len(whole), whole.dtype), whole.dtype)
    meant = graph.of(
        "DequantizeLinear", f"{name}.float", [numbers, graph.constant(f"{name}.scale", scale), zeros], axis=0
    )
    graph.last = last
    return meant

"""The weights that a run starts from."""

from __future__ import annotations

from math import prod, sqrt

import numpy as np
from numpy.typing import NDArray

from ..engine.layout import Layout
from ..network import RBF, Conv, DeformablePool, Network, Pool, Step, Subsample
from ..recipe import Start
from .order import WEIGHTS, bits

Array = NDArray[np.float32]


def draw(network: Network, start: Start, seed: int) -> Array:
    """Return the weights of ``network`` before the first update, float32 (``Layout.size``,).

    They are a function of network, start and seed alone. F in ``Start`` is each unit's own fan-in: a map that reads
    three maps draws from a wider range than one that reads six. Pairs of maps that a table doesn't connect are 0.
    """
    layout = Layout(network)
    flat = np.zeros(layout.size, np.float32)
    views = layout.views(flat)
    source = _Source(seed, layout.size)
    last = len(network.steps) - 1
    for place, step in enumerate(network.steps):
        arrays = {name.rpartition(".")[2]: views[name] for name in step.parameter_shapes}
        uniform = {name: source.take(array.shape) for name, array in arrays.items()}  # each its own, whatever is used
        if isinstance(step.layer, Subsample):
            _subsample(step.layer, arrays, uniform, start)
        elif isinstance(step.layer, RBF):
            if step.layer.learned:
                arrays["weight"][...] = step.layer.targets()
        elif "weight" in arrays and not (start is Start.GLOROT_POOLED and place == last):
            pool = network.layers[place + 1] if place < last else None
            _weighted(step, arrays, uniform, start, pool.size**2 if isinstance(pool, Pool) else 1)
        else:
            assert not arrays or isinstance(step.layer, DeformablePool) or place == last  # they start at 0
    flat[~layout.connected] = 0
    return flat


class _Source:
    """Numbers drawn evenly from [-1, 1), one after another."""

    def __init__(self, seed: int, count: int) -> None:
        """Draw ``count`` numbers: the 24 highest bits of each draw, as many as a float32 can tell apart."""
        self._numbers = ((bits(seed, WEIGHTS, 0, count) >> np.uint64(40)).astype(np.float64) / 2**23 - 1).astype("f4")
        self._at = 0

    def take(self, shape: tuple[int, ...]) -> Array:
        """Return the next numbers, in that shape."""
        begin, self._at = self._at, self._at + prod(shape)
        return self._numbers[begin : self._at].reshape(shape)


def _subsample(layer: Subsample, arrays: dict[str, Array], uniform: dict[str, Array], start: Start) -> None:
    pixels = layer.size**2
    if start is Start.PAPER:
        for name, array in arrays.items():
            array[...] = uniform[name] * np.float32(2.4 / pixels)
    else:
        arrays["coefficient"][...] = 1 / pixels


def _weighted(step: Step, arrays: dict[str, Array], uniform: dict[str, Array], start: Start, pool: int) -> None:
    """Draw the weights of a convolution or a dense layer, and the biases where the start draws them."""
    weight = arrays["weight"]
    bounds = np.array([_bound(start, fan_in, step.layer.fans(step.input)[1], pool) for fan_in in _fan_ins(step)], "f4")
    weight[...] = uniform["weight"] * bounds.reshape(-1, *[1] * (weight.ndim - 1))
    if "bias" in arrays and start in (Start.PAPER, Start.FRAMEWORK):
        arrays["bias"][...] = uniform["bias"] * bounds


def _fan_ins(step: Step) -> list[int]:
    """Return how many inputs each unit, or each unit of each map, reads; biases left out."""
    layer = step.layer
    if isinstance(layer, Conv):
        return [len(row) * layer.kernel**2 for row in layer.reads(step.input[0])]
    return [step.input[0]] * step.output[0]


def _bound(start: Start, fan_in: int, fan_out: int, pool: int) -> float:
    """Return the largest size of a weight; ``pool`` is the pixels of the pool that follows, or 1."""
    if start is Start.PAPER:
        return 2.4 / fan_in
    if start is Start.FRAMEWORK:
        return 1 / sqrt(fan_in)
    if start is Start.FAN_IN:
        return sqrt(3 / fan_in)
    return sqrt(6 / (fan_in + fan_out / (pool if start is Start.GLOROT_POOLED else 1)))

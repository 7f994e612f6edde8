"""Where each array of parameters lies in the one flat row of float32 that the engines share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np
from numpy.typing import NDArray

from ..errors import LenetError
from ..network import Conv, Network

Weights = dict[str, NDArray[np.float32]]  # by full name, such as "C3.weight"; shapes as Network.parameter_shapes


@dataclass(frozen=True)
class Layout:
    """The parameters of a network, end to end, in the order of ``Network.parameter_shapes``.

    A convolution's ``weight`` holds all pairs of maps; those that its table doesn't connect are 0 and stay 0.
    """

    network: Network

    @cached_property
    def slices(self) -> dict[str, slice]:
        """The place of each array, by its full name."""
        slices, start = {}, 0
        for name, shape in self.network.parameter_shapes.items():
            slices[name] = slice(start, start + prod(shape))
            start += prod(shape)
        return slices

    @cached_property
    def size(self) -> int:
        """Numbers in all, those of unconnected pairs included."""
        return sum(prod(shape) for shape in self.network.parameter_shapes.values())

    def views(self, flat: NDArray[np.float32]) -> Weights:
        """Return each array by name, as a view of ``flat`` (size,)."""
        shapes = self.network.parameter_shapes
        return {name: flat[place].reshape(shapes[name]) for name, place in self.slices.items()}

    def flatten(self, weights: Mapping[str, NDArray[np.floating]]) -> NDArray[np.float32]:
        """Return the arrays of ``weights`` end to end as float32 (size,).

        Raises:
            LenetError: an array is missing, unknown, of the wrong shape, not finite, or not 0 where unconnected.
        """
        shapes = self.network.parameter_shapes
        if set(weights) != set(shapes):
            missing, strange = sorted(set(shapes) - set(weights)), sorted(set(weights) - set(shapes))
            raise LenetError(f"weights of {self.network.name!r}: missing {missing}, unknown {strange}")
        flat = np.empty(self.size, np.float32)
        for name, shape in shapes.items():
            array = np.asarray(weights[name])
            if array.shape != shape:
                raise LenetError(f"weights of {self.network.name!r}: {name} must be {shape}, but is {array.shape}")
            if array.dtype.kind != "f" or not np.isfinite(array).all():
                raise LenetError(f"weights of {self.network.name!r}: {name} must be finite floating-point numbers")
            flat[self.slices[name]] = array.ravel()
        if flat[~self.connected].any():
            raise LenetError(f"weights of {self.network.name!r}: a weight is not 0 where the table doesn't connect")
        return flat

    @cached_property
    def connected(self) -> NDArray[np.bool_]:
        """Which of the numbers are parameters, (size,): False for the pairs that a table doesn't connect."""
        mask = np.ones(self.size, bool)
        views = {name: mask[place] for name, place in self.slices.items()}
        for step in self.network.steps:
            if isinstance(step.layer, Conv) and step.layer.table is not None:
                pairs = views[f"{step.name}.weight"].reshape(step.parameter_shapes[f"{step.name}.weight"])
                pairs[:] = False
                for output, inputs in enumerate(step.layer.table):
                    pairs[output, list(inputs)] = True
        return mask

    @cached_property
    def biases(self) -> NDArray[np.bool_]:
        """Which of the numbers are biases, (size,)."""
        mask = np.zeros(self.size, bool)
        for name, place in self.slices.items():
            mask[place] = name.endswith(".bias")
        return mask

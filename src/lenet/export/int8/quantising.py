"""From a trained model to whole numbers."""

from __future__ import annotations

from math import floor, isqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...errors import LenetError
from ...network import (
    RBF,
    Activation,
    Conv,
    DeformablePool,
    Dense,
    Flatten,
    L2Pool,
    LocalContrastNorm,
    LocalResponseNorm,
    MaxPool,
    MeanPool,
    Network,
    Step,
    StochasticPool,
    Subsample,
)
from ..steps import computing, costs
from . import calibration, grids, tables
from .quantised import MOST, TANH_PER_ONE, Finish, Grid, Quantised, Scaling, Stage, Whole

if TYPE_CHECKING:
    from ...model import Model

SLOPES = {Activation.SCALED_TANH: 2.0 / 3.0, Activation.TANH: 1.0, Activation.SIGMOID: 0.5}  # of tanh's argument
MARGIN = 2.0  # how far units may pass what was seen of them: 16 bits have room
Floats = NDArray[np.float64]


def quantise(model: Model, images: NDArray[Any]) -> Quantised:
    """Return a model in whole numbers.

    Args:
        model: the model.
        images: training pictures to calibrate on, as the model reads them; ``calibration.pictures`` chooses some.

    Raises:
        LenetError: there are no pictures, or the network can't be computed in 32 bits.
    """
    check(model.network)
    reach = calibration.ranges(model, images)
    return _Quantiser(model, reach).run()


def check(network: Network) -> None:
    """Raise a ``LenetError`` where a layer of a network can't be computed in whole numbers."""
    for step in network.steps:
        if isinstance(step.layer, LocalContrastNorm):
            raise LenetError(
                f"layer {step.name} of {network.name!r} is a LocalContrastNorm, which isn't offered in "
                "whole numbers: it divides by a deviation that may be anything; export the network in float32"
            )


class _Quantiser:
    """Takes a model's layers one after the other; each says in which units its sums are, and a grid takes them up."""

    def __init__(self, model: Model, reach: calibration.Ranges) -> None:
        self.model, self.reach = model, reach
        self.weights: dict[str, Floats] = {name: w.astype(np.float64) for name, w in model.weights.items()}
        self.steps = computing(model.network)

    def run(self) -> Quantised:
        model = self.model
        first = grids.of_picture(model.preparation)
        stages: list[Stage] = []
        for place, step in enumerate(self.steps):
            input = stages[-1].output if stages else first
            stage = self._stage(place, step, input)
            if stage.bound > MOST:
                raise LenetError(
                    f"layer {step.name} of {model.name} can't be computed in whole numbers: its sums could reach "
                    f"{stage.bound:,}, and 32 bits hold {MOST:,}; export the network in float32"
                )
            stages.append(stage)
        return Quantised(model.network, model.preparation, model.classes, model.loss, first, tuple(stages), model.data)

    def _stage(self, place: int, step: Step, input: Grid) -> Stage:
        """Return a layer: its arrays, the units of its sums for each map or for all, and what they can't pass."""
        layer, size = step.layer, getattr(step.layer, "size", 1) ** 2
        arrays: dict[str, Whole] = {}
        units, fraction = [input.scale], 0
        match layer:
            case Conv() | Dense() | Subsample():
                arrays, units, bound = self._weighted(place, step, input)
            case RBF():
                codes = self._codes(step)
                arrays["codes"] = np.rint(codes / input.scale).astype(np.int64)
                bound = int(((np.abs(arrays["codes"]) + input.largest) ** 2).sum(1).max())
                units = [input.scale**2]
            case MeanPool():
                bound, units = size * input.largest, [input.scale / size]
            case MaxPool() | Flatten():
                bound = input.largest
            case L2Pool():
                squares = size * input.largest**2
                fraction = max((31 - squares.bit_length()) // 2, 0)
                bound, units = squares << 2 * fraction, [input.scale / 2**fraction]
            case StochasticPool():
                squares = size * input.largest**2
                fraction = max(min(30 - squares.bit_length(), 8), 0)
                bound, units = (squares << fraction) + size * input.largest, [input.scale / 2**fraction]
            case DeformablePool():
                fraction, units = 7, [input.scale / 2**7]
                arrays["cost"] = np.rint(costs(layer, self.weights[f"{step.name}.penalty"]) / units[0]).astype(np.int64)
                bound = (input.largest << fraction) + int(np.abs(arrays["cost"]).max())
            case LocalResponseNorm():
                squares = min(layer.size, step.input[0]) * input.largest**2
                arrays["table"], fraction, one = tables.response(layer, input.scale, squares)
                bound, units = max(squares, input.largest * tables.ONE), [input.scale * one]
            case _:
                raise TypeError(f"no such layer: {layer!r}")
        finish = self._finish(place, step, input, units, bound)
        return Stage(step, input, finish, bound, arrays, fraction)

    def _weighted(self, place: int, step: Step, input: Grid) -> tuple[dict[str, Whole], list[float], int]:
        """Return weights and biases in whole numbers, a scale for each map."""
        weight, bias = self._weight(step), self._bias(step)
        shift = -grids.of_picture(self.model.preparation).zero * input.scale  # what p = 0 means, as whole numbers go
        exact = place == 0 and not getattr(step.layer, "padding", 0)
        if exact and isinstance(step.layer, (Conv, Dense)):  # what the zero point was rounded by goes into the bias
            bias = bias + (self.model.preparation.low - shift) * weight.sum(1)
        limit, taps = _limit(step, input)
        scale = np.maximum(np.abs(weight).max(1) / limit, np.abs(bias) / (input.scale * grids.HALF / 2))
        scale[scale == 0] = 1.0
        whole = np.rint(weight / scale[:, None]).astype(np.int64)
        offset = np.rint(bias / (input.scale * scale)).astype(np.int64)
        bound = int((np.abs(whole).sum(1) * taps * input.largest + np.abs(offset)).max())
        shape = step.parameter_shapes.get(f"{step.name}.weight", (len(whole),))
        arrays = {"weight": whole.reshape(shape), "bias": offset}
        return arrays, list(input.scale * scale), bound

    def _weight(self, step: Step) -> Floats:
        """Return a layer's weights, (maps, each map's)."""
        name = "coefficient" if isinstance(step.layer, Subsample) else "weight"
        weight = self.weights[f"{step.name}.{name}"]
        return weight.reshape(len(weight), -1)

    def _bias(self, step: Step) -> Floats:
        return self.weights.get(f"{step.name}.bias", np.zeros(step.output[0]))

    def _codes(self, step: Step) -> Floats:
        assert isinstance(step.layer, RBF)
        return self.weights[f"{step.name}.weight"] if step.layer.learned else np.array(step.layer.targets())

    def _finish(self, place: int, step: Step, input: Grid, units: list[float], bound: int) -> Finish:
        activation = step.layer.activation
        same = activation is Activation.NONE and isinstance(step.layer, (MaxPool, Flatten, RBF))
        if same and place == len(self.steps) - 1:
            return Finish(Scaling(), Grid(units[0], 0, -MOST, MOST))
        if same and not isinstance(step.layer, RBF):
            return Finish(Scaling(), input)
        output = self._grid(place, step, max(units) * bound)
        if activation not in SLOPES:
            return Finish(grids.scaling([unit / output.scale for unit in units]), output)
        argument = grids.scaling([unit * SLOPES[activation] * TANH_PER_ONE for unit in units])
        return Finish(argument, output, *grids.after_tanh(activation, output))

    def _grid(self, place: int, step: Step, most: float) -> Grid:
        """Return the whole numbers for a layer's output: 32 bits for scores, 16 for units that are weighed, else 8."""
        activation = step.layer.activation
        if place == len(self.steps) - 1:
            return grids.of_scores(activation, grids.AMPLITUDES.get(activation, most))
        reach = self.reach[step.name]
        reader = self.steps[place + 1]
        if step.output[1:] != (1, 1) or not isinstance(reader.layer, (Conv, Dense, RBF)):
            return grids.of_maps(activation, reach)
        low, high = (MARGIN * end for end in reach)
        if activation in grids.AMPLITUDES:
            low, high = -grids.AMPLITUDES[activation], grids.AMPLITUDES[activation]
        if isinstance(reader.layer, RBF):
            return self._before_codes(step, self._codes(reader), max(high, -low))
        heaviest = _heaviest(self._weight(reader))
        return grids.of_units(activation, (low, high), min(2**15 - 1, grids.HALF // heaviest))

    def _before_codes(self, step: Step, codes: Floats, most: float) -> Grid:
        """Return as fine a grid as distances in 32 bits allow, on which the largest code lies: +1 and -1 are exact."""
        largest = max(float(np.abs(codes).max()), 1e-6)
        finest = min(isqrt(MOST // codes.shape[1]) - 2, 2**14)  # for the largest |x| + |code|
        ones = max(floor(finest * largest / (largest + most)), 1)
        scale = largest / ones
        return grids.of_units(step.layer.activation, (0.0, scale * floor(most / scale)), max(floor(most / scale), 1))


def _limit(step: Step, input: Grid) -> tuple[int, int]:
    """Return how large a weight may become, and how many inputs each weight meets."""
    if not isinstance(step.layer, Subsample):
        return 127, 1
    taps = step.layer.size**2
    return max(min(2**15 - 1, grids.HALF // (taps * input.largest)), 1), taps


def _heaviest(weight: Floats) -> int:
    """Return the largest sum of |weight| of a map, in whole numbers."""
    most = np.abs(weight).max(1, keepdims=True)
    whole = np.rint(np.abs(weight) * 127 / np.where(most > 0, most, 1)).sum(1)
    return max(int(whole.max()), 1)

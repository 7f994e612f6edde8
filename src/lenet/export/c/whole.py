"""A network in whole numbers as C code."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

import numpy as np
from numpy.typing import NDArray

from ...errors import LenetError
from ...network import (
    DeformablePool,
    L2Pool,
    LocalContrastNorm,
    LocalResponseNorm,
    MaxPool,
    MeanPool,
    Pool,
    StochasticPool,
)
from ..int8.emulation import Emulation
from ..int8.quantised import ARGUMENT, Quantised, Scaling, Stage
from . import layers, shared, text
from .dialect import Place
from .float32 import prepare
from .loops import index
from .program import Buffer, Constant, Program
from .program import Test as SelfTest

KINDS = {"weight": "int8_t", "bias": "int32_t", "codes": "int16_t", "cost": "int32_t", "table": "uint16_t"}


class Int8:
    """Writes whole numbers."""

    number = "int32_t"

    def __init__(self, prefix: str, stages: Mapping[str, Stage]) -> None:
        """Take the network's prefix and its stages by the names of their functions."""
        self.prefix, self.stages = prefix, stages

    def weighing(self, place: Place) -> tuple[tuple[str, str, NDArray[np.generic]], ...]:
        """Return a stage's arrays, codes of +-1 as bits, and the multipliers where each map has its own."""
        stage = self.stages[place.name]
        found = []
        for name, values in stage.arrays.items():
            kind = "int16_t" if name == "weight" and values.ndim == 1 else KINDS[name]  # a Subsample's coefficients
            if name == "codes" and ones(stage):
                found.append(("bits", "uint8_t", np.packbits(values > 0, axis=1, bitorder="little")))
            else:
                found.append((name, kind, values))
        multiplier = np.array(stage.finish.scaling.multiplier)
        if len(multiplier) > 1:
            found.append(("multiplier", "int32_t", multiplier))
        return tuple(found)

    def read(self, place: Place, expression: str) -> str:
        """Return the element less its zero."""
        zero = self.stages[place.name].input.zero
        return f"({expression} {'-' if zero > 0 else '+'} {abs(zero)})" if zero else expression

    def weigh(self, weight: str, value: str) -> str:
        """Return a product of 32 bits."""
        return f"(int32_t){weight} * {value}"

    def write(self, place: Place, element: str, sum: str, map: str) -> list[str]:
        """Return the statements that scale a sum, look it up where the layer ends in a curve, and keep it."""
        finish, p = self.stages[place.name].finish, self.prefix
        output = finish.output
        low, high = output.low - output.zero, output.high - output.zero
        lines, each = [], f"{place.name}_multiplier[{map}]"
        if finish.after is not None:
            argument = self._scaled(each, finish.scaling, sum, -ARGUMENT, ARGUMENT)
            lift = f" + {finish.lift}" if finish.lift else ""
            lines = [f"const int32_t curve = {p}_tanh({argument}){lift};"]
            value = self._scaled(each, finish.after, "curve", low, high)
        else:
            value = self._scaled(each, finish.scaling, sum, low, high)
        zero = f"{output.zero} + " if output.zero else ""
        kept = f"{zero}{value}" if output.kind == "int32" else f"({output.kind}_t)({zero}{value})"
        return [*lines, f"{element} = {kept};"]

    def _scaled(self, multiplier: str, scaling: Scaling, sum: str, low: int, high: int) -> str:
        if not scaling.multiplier:
            return sum
        multiplier = str(scaling.multiplier[0]) if len(scaling.multiplier) == 1 else multiplier
        return f"{self.prefix}_scaled({sum}, {multiplier}, {scaling.shift}, {low}, {high})"

    def pool(self, place: Place, layer: Pool, value: str, map: str) -> tuple[list[str], list[str], list[str]]:
        """Return a pool's statements; see ``Dialect``."""
        stage = self.stages[place.name]
        match layer:
            case MeanPool():
                return ["int32_t sum = 0;"], [f"sum += {value};"], []
            case MaxPool():
                return ["int32_t sum = INT32_MIN;"], _largest(value), []
            case DeformablePool():
                u, v = index("u", layer.size), index("v", layer.size)
                pixel = f"{value} * (int32_t){1 << stage.fraction} - {place.name}_cost[{map}][{u}][{v}]"
                return ["int32_t sum = INT32_MIN;"], _largest(pixel), []
            case L2Pool():
                each = [f"const int32_t pixel = {value};", "squares += pixel * pixel;"]
                root = f"const int32_t sum = {self.prefix}_root(squares * (int32_t){1 << 2 * stage.fraction});"
                return ["int32_t squares = 0;"], each, [root]
            case StochasticPool():
                each = [f"const int32_t value = {value};", "const int32_t pixel = value > 0 ? value : 0;"]
                each += ["pixels += pixel;", "squares += pixel * pixel;"]
                mean = f"(squares * (int32_t){1 << stage.fraction} + pixels / 2) / pixels"
                after = [f"const int32_t sum = pixels > 0 ? {mean} : 0;"]
                return ["int32_t pixels = 0, squares = 0;"], each, after
        raise TypeError(f"no such layer: {layer!r}")

    def response(self, place: Place, layer: LocalResponseNorm) -> list[str]:
        """Return the statement that looks up the factor that belongs to the sum of squares."""
        fraction = self.stages[place.name].fraction
        position = f"squares * (int32_t){1 << fraction}" if fraction >= 0 else f"squares >> {-fraction}"
        return [f"const int32_t sum = here * {self.prefix}_between({place.name}_table, {position});"]

    def one(self, place: Place) -> str:
        """Return the whole number that stands for the codes' 1."""
        return str(ones(self.stages[place.name]))

    def contrast(self, place: Place, layer: LocalContrastNorm) -> tuple[list[str], tuple[Constant, ...]]:
        """Quantising refuses these."""
        raise LenetError(f"layer {place.step.name} isn't offered in whole numbers")


def _largest(value: str) -> list[str]:
    return [f"const int32_t pixel = {value};", "if (pixel > sum) {", "  sum = pixel;", "}"]


def ones(stage: Stage) -> int:
    """Return the whole number that all of an RBF layer's codes are plus or minus; 0 where they aren't."""
    sizes = np.unique(np.abs(stage.arrays["codes"]))
    return int(sizes[0]) if len(sizes) == 1 and sizes[0] > 0 else 0


def program(network: Quantised, prefix: str, pictures: NDArray[np.uint8]) -> Program:
    """Return a network in whole numbers as C code; the arguments are as those of ``float32.program``."""
    names = text.distinct(["input", *(stage.step.name for stage in network.stages)])
    functions = [f"{prefix}_{name}" for name in names[1:]]
    dialect = Int8(prefix, dict(zip(functions, network.stages, strict=True)))
    buffers = [Buffer(names[0], "uint8_t", network.network.input)]
    parts = []
    for stage, name, function in zip(network.stages, names[1:], functions, strict=True):
        buffers.append(Buffer(name, f"{stage.output.kind}_t", stage.step.output))
        place = Place(stage.step, function, prefix, *buffers[-2:])
        parts.append(layers.part(place, dialect))
    scores = np.atleast_2d(Emulation(network).whole_scores(pictures))
    helpers, tables = shared.helpers(network, prefix)
    return Program(
        name=prefix,
        includes=(),
        prepare=prepare(network.preparation, "0", "PIXEL"),
        input=buffers[0],
        parts=tuple(parts),
        helpers=helpers,
        tables=tables,
        smallest=network.network.smallest_wins,
        classes=network.classes,
        picture=prod(network.preparation.shape),
        declarations=shared.declarations(network, prefix),
        definitions="",
        test=SelfTest(
            pictures.reshape(len(pictures), -1),
            scores,
            scores.argmin(1) if network.network.smallest_wins else scores.argmax(1),
            0,
        ),
    )

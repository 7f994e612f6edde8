"""A model as C code in float32."""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

from ...engine.layout import Weights
from ...model import Model
from ...network import (
    AMPLITUDE,
    RBF,
    SLOPE,
    Activation,
    DeformablePool,
    L2Pool,
    LocalContrastNorm,
    LocalResponseNorm,
    MaxPool,
    MeanPool,
    Pool,
    StochasticPool,
    Subsample,
)
from ...preparation import Preparation
from ...recipe import LossKind
from ..steps import computing, costs
from . import contrast, layers, text
from .dialect import Place
from .loops import index, over
from .program import Buffer, Constant, Program
from .program import Test as SelfTest

# Each activation as a function of a sum a; the name goes behind the network's.
_ACTIVATIONS = {
    Activation.SCALED_TANH: (
        "/* A tanh(S a), so that f(1) = 1 and f(-1) = -1 */",
        f"{text.number(AMPLITUDE)} * tanhf({text.number(SLOPE)} * a)",
    ),
    Activation.SIGMOID: (
        "/* 1 / (1 + exp(-a)), written so that exp can't overflow */",
        "0.5f + 0.5f * tanhf(0.5f * a)",
    ),
    Activation.RELU: ("", "a > 0.0f ? a : 0.0f"),
}


class Float32:
    """Writes numbers in float32."""

    number = "float"

    def __init__(self, prefix: str, weights: Weights) -> None:
        self.prefix, self.weights = prefix, weights

    def weighing(self, place: Place) -> tuple[tuple[str, str, NDArray[np.generic]], ...]:
        """Return the weights as the model has them, a Subsample's coefficients as ``weight``, codes and costs."""
        layer, found = place.step.layer, {}
        for name in place.step.parameter_shapes:
            short = name.rpartition(".")[2]
            found["weight" if short == "coefficient" else short] = self.weights[name]
        if isinstance(layer, Subsample):
            found = {name: found[name] for name in ("weight", "bias")}
        elif isinstance(layer, RBF):
            found = {"codes": found["weight"] if layer.learned else np.array(layer.targets(), np.float32)}
        elif isinstance(layer, DeformablePool):
            found = {"cost": costs(layer, found["penalty"]).astype(np.float32)}
        return tuple((name, "float", values) for name, values in found.items())

    def read(self, place: Place, expression: str) -> str:
        """Return the element itself."""
        return expression

    def weigh(self, weight: str, value: str) -> str:
        """Return a product."""
        return f"{weight} * {value}"

    def write(self, place: Place, element: str, sum: str, map: str) -> list[str]:
        """Return the statement that sets an element to the activation of a sum."""
        return [f"{element} = {self.activated(place.step.layer.activation, sum)};"]

    def activated(self, kind: Activation, sum: str) -> str:
        """Return the activation of a sum."""
        if kind is Activation.NONE:
            return sum
        return f"tanhf({sum})" if kind is Activation.TANH else f"{self.prefix}_{_function(kind)}({sum})"

    def pool(self, place: Place, layer: Pool, value: str, map: str) -> tuple[list[str], list[str], list[str]]:
        """Return a pool's statements; see ``Dialect``."""
        match layer:
            case MeanPool():
                part = text.number(1 / layer.size**2)
                return ["float pixels = 0.0f;"], [f"pixels += {value};"], [f"const float sum = {part} * pixels;"]
            case MaxPool():
                return ["float sum = -HUGE_VALF;"], _largest(value), []
            case DeformablePool():
                u, v = index("u", layer.size), index("v", layer.size)
                return ["float sum = -HUGE_VALF;"], _largest(f"{value} - {place.name}_cost[{map}][{u}][{v}]"), []
            case L2Pool():
                each = [f"const float pixel = {value};", "squares += pixel * pixel;"]
                return ["float squares = 0.0f;"], each, ["const float sum = sqrtf(squares);"]
            case StochasticPool():
                each = [f"const float pixel = {value} > 0.0f ? {value} : 0.0f;"]
                each += ["pixels += pixel;", "squares += pixel * pixel;"]
                after = "const float sum = pixels > 0.0f ? squares / pixels : 0.0f;"
                return ["float pixels = 0.0f, squares = 0.0f;"], each, [after]
        raise TypeError(f"no such layer: {layer!r}")

    def response(self, place: Place, layer: LocalResponseNorm) -> list[str]:
        """Return the statement that divides by the power of the sum of squares."""
        k, alpha, beta = map(text.number, (layer.k, layer.alpha, -layer.beta))
        return [f"const float sum = here * powf({k} + {alpha} * squares, {beta});"]

    def one(self, place: Place) -> str:
        """Return the codes' 1."""
        return text.number(1.0)

    def contrast(self, place: Place, layer: LocalContrastNorm) -> tuple[list[str], tuple[Constant, ...]]:
        """Return the body of a local contrast normalisation, and its constants."""
        return contrast.body(place, layer, self)


def _largest(value: str) -> list[str]:
    return [f"const float pixel = {value};", "if (pixel > sum) {", "  sum = pixel;", "}"]


def _function(kind: Activation) -> str:
    return kind.value.replace("-", "_")


def program(model: Model, prefix: str, pictures: NDArray[np.uint8]) -> Program:
    """Return a model as C code in float32.

    Args:
        model: the model.
        prefix: of all identifiers.
        pictures: for the self-test, uint8 (n, channels, rows, columns).
    """
    dialect = Float32(prefix, model.weights)
    steps = computing(model.network)
    names = text.distinct(["input", *(step.name for step in steps)])
    buffers = [Buffer(names[0], "float", model.network.input)]
    parts = []
    for step, name in zip(steps, names[1:], strict=True):
        buffers.append(Buffer(name, "float", step.output))
        parts.append(layers.part(Place(step, f"{prefix}_{name}", prefix, *buffers[-2:]), dialect))
    scores = np.atleast_2d(model.scores(pictures))
    return Program(
        name=prefix,
        includes=("math.h",),
        prepare=prepare(model.preparation, *_pixel(model.preparation)),
        input=buffers[0],
        parts=tuple(parts),
        helpers=_helpers(model, prefix),
        tables=(),
        smallest=model.network.smallest_wins,
        classes=model.classes,
        picture=prod(model.preparation.shape),
        declarations=_declarations(model, prefix),
        definitions=_probabilities(model, prefix),
        test=SelfTest(
            pictures.reshape(len(pictures), -1),
            scores,
            scores.argmin(1) if model.network.smallest_wins else scores.argmax(1),
            1e-4 * float(np.abs(scores).max()),
        ),
    )


def _pixel(preparation: Preparation) -> tuple[str, str]:
    low, step = preparation.low, (preparation.high - preparation.low) / 255
    ink = f"{text.number(step)} * (float)"
    return (text.number(low), f"{ink}PIXEL" if low == 0 else f"{text.number(low)} + {ink}PIXEL")


def prepare(preparation: Preparation, paper: str, pixel: str) -> list[str]:
    """Return the body of the function that makes a network's input ``in`` of a ``picture``.

    Args:
        preparation: picture's shape and padding.
        paper: what a pixel of the border is.
        pixel: what a pixel of the picture is, with ``PIXEL`` for its byte.
    """
    channels, rows, columns = preparation.shape
    border, (_, high, wide) = preparation.padding, preparation.input
    o, r, c = index("o", channels), index("r", rows), index("c", columns)
    vector = (high, wide) == (1, 1)

    def at(r: str, c: str) -> str:
        return f"in[{o}]" if vector else f"in[{o}][{r}][{c}]"

    place = f"({o} * {rows} + {r})" if o != "0" else r
    place = f"{place} * {columns} + {c}" if place != "0" else c
    shift = f" + {border}" if border else ""
    lines = over(
        ("r", rows), ("c", columns), do=[f"{at(r + shift, c + shift)} = {pixel.replace('PIXEL', f'picture[{place}]')};"]
    )
    if border:
        lines = [*over(("r", high), ("c", wide), do=[f"{at('r', 'c')} = {paper};"]), *lines]
    return over(("o", channels), do=lines)


def _helpers(model: Model, prefix: str) -> tuple[str, ...]:
    used = {step.layer.activation for step in model.network.steps}
    return tuple(
        f"{note}\nstatic float {prefix}_{_function(kind)}(float a) {{\n  return {expression};\n}}".lstrip()
        for kind, (note, expression) in _ACTIVATIONS.items()
        if kind in used
    )


def _declarations(model: Model, prefix: str) -> str:
    none = " They add up to less than 1; what is missing is the probability that the picture shows none of the classes."
    more = none if model.loss.kind is LossKind.DISCRIMINATIVE else ""
    return (
        text.comment(f"Turns the scores of a picture into the probability of each class.{more}") + "\n"
        f"void {prefix}_probabilities(const float scores[{model.network.classes}], "
        f"float probabilities[{model.network.classes}]);"
    )


def _probabilities(model: Model, prefix: str) -> str:
    classes, sign = model.network.classes, "-" if model.network.smallest_wins else ""
    rubbish = model.loss.kind is LossKind.DISCRIMINATIVE
    j = text.number(-model.loss.j)
    best = j if rubbish else f"{sign}scores[0]"
    total = f"expf({j} - best)" if rubbish else "0.0f"
    return f"""\
void {prefix}_probabilities(const float scores[{classes}], float probabilities[{classes}]) {{
  float best = {best}; /* so that no exponential overflows */
  float total;
  for (int o = 0; o < {classes}; o++) {{
    best = {sign}scores[o] > best ? {sign}scores[o] : best;
  }}
  total = {total};
  for (int o = 0; o < {classes}; o++) {{
    probabilities[o] = expf({sign}scores[o] - best);
    total += probabilities[o];
  }}
  for (int o = 0; o < {classes}; o++) {{
    probabilities[o] /= total;
  }}
}}"""

"""A network: an input shape and a tuple of layers, which know every shape and count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from ..errors import LenetError
from .layer import Layer, Shape, whole
from .layers import RBF, Conv, Dense, Flatten
from .normalisation import LocalContrastNorm
from .pooling import Pool


@dataclass(frozen=True)
class Step:
    """A layer at its place in a network: what goes in and what comes out, (maps, rows, columns)."""

    layer: Layer
    input: Shape
    output: Shape

    @property
    def name(self) -> str:
        """The layer's name in the network."""
        return self.layer.name

    @property
    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of each array of trainable parameters, by its full name such as ``C3.weight``."""
        return {f"{self.name}.{k}": shape for k, shape in self.layer.parameter_shapes(self.input).items()}

    @property
    def parameters(self) -> int:
        """The number of trainable parameters."""
        return self.layer.parameters(self.input)

    @property
    def connections(self) -> int:
        """The number of connections as the paper counts them."""
        return self.layer.connections(self.input)

    @property
    def multiply_adds(self) -> int:
        """The multiply-adds of a forward pass over one image."""
        return self.layer.multiply_adds(self.input)


@dataclass(frozen=True)
class Network:
    """A network, apart from its weights.

    Layers without a name get one as the paper gives them: C, S, F (and N for a normalisation) with the number of the
    layer, and ``output`` for the last.

    Attributes:
        name: the network's name.
        input: maps (channels), rows and columns of what it reads, padding included.
        layers: the layers in order; the last one gives a score for each class.

    Raises:
        LenetError: a layer doesn't fit what comes before it, or two layers share a name.
    """

    name: str
    input: Shape
    layers: tuple[Layer, ...]

    def __post_init__(self) -> None:
        """Name the layers and check that each fits the one before it."""
        if len(tuple(self.input)) != 3:
            raise LenetError(f"a network's input is (maps, rows, columns), but is {self.input!r}")
        for value in self.input:
            whole("each of a network's input maps, rows and columns", value, 1)
        if not self.layers:
            raise LenetError(f"network {self.name!r} has no layers")
        object.__setattr__(self, "input", tuple(self.input))
        object.__setattr__(self, "layers", tuple(_named(tuple(self.layers))))
        _ = self.steps

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Each layer with the shape of its input and output."""
        steps, shape = [], self.input
        for layer in self.layers:
            try:
                output = layer.output_shape(shape)
            except LenetError as error:
                raise LenetError(f"layer {layer.name} of network {self.name!r}: {error}") from None
            steps.append(Step(layer, shape, output))
            shape = output
        if shape[1:] != (1, 1):
            raise LenetError(f"network {self.name!r} ends in {shape}; it must end in a row of classes, (classes, 1, 1)")
        return tuple(steps)

    def __getitem__(self, name: str) -> Step:
        """Return the layer of that name at its place."""
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)

    @property
    def classes(self) -> int:
        """How many classes the network tells apart."""
        return self.steps[-1].output[0]

    @property
    def smallest_wins(self) -> bool:
        """Whether the smallest score is the answer (an RBF output, a distance) or the largest."""
        return isinstance(self.layers[-1], RBF)

    @property
    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of every array of trainable parameters, in order, by its full name such as ``C3.weight``."""
        return {k: shape for step in self.steps for k, shape in step.parameter_shapes.items()}

    @property
    def parameters(self) -> int:
        """The number of trainable parameters."""
        return sum(step.parameters for step in self.steps)

    @property
    def connections(self) -> int:
        """The number of connections as the paper counts them."""
        return sum(step.connections for step in self.steps)

    @property
    def multiply_adds(self) -> int:
        """The multiply-adds of a forward pass over one image."""
        return sum(step.multiply_adds for step in self.steps)

    def receptive_fields(self) -> tuple[int | None, ...]:
        """Return for each layer how many pixels of the input, across, one of its outputs sees; None once flattened."""
        fields: list[int | None] = []
        size, step, flat = 1, 1, False
        for place in self.steps:
            layer = place.layer
            flat = flat or isinstance(layer, (Flatten, Dense, RBF))
            window, stride = window_of(layer)
            size, step = size + (window - 1) * step, step * stride
            fields.append(None if flat else size)
        return tuple(fields)

    def _repr_html_(self) -> str:
        from .html import document

        return document(self)


def window_of(layer: Layer) -> tuple[int, int]:
    """Return how many pixels across a layer reads for one output, and how far apart its outputs are."""
    if isinstance(layer, Conv):
        return layer.kernel, layer.stride
    if isinstance(layer, Pool):
        return layer.size, layer.step
    return (layer.size if isinstance(layer, LocalContrastNorm) else 1), 1


def _named(layers: tuple[Layer, ...]) -> Iterator[Layer]:
    """Give each layer without a name one, as the paper does; check that names are words and differ."""
    number, seen = 0, {"input"}  # what goes into the network has that name among its features
    for place, layer in enumerate(layers):
        letter = _letter(layer)
        number += letter in ("C", "S", "F")
        name = layer.name or ("output" if place == len(layers) - 1 else f"{letter}{number}")
        if name in seen:
            name = layer.name or f"{name}-{place}"
        if name in seen or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name):
            raise LenetError(
                f"layer names must differ and be words of letters, digits, - and _; {name!r} isn't or doesn't"
            )
        seen.add(name)
        yield replace(layer, name=name)


def _letter(layer: Layer) -> str:
    """Return the letter that the paper gives such a layer."""
    if isinstance(layer, Conv):
        return "C"
    if isinstance(layer, Pool):
        return "S"
    if isinstance(layer, (Dense, RBF)):
        return "F"
    return "flatten" if isinstance(layer, Flatten) else "N"

"""A network layer by layer, in words and counts: shapes, parameters, connections, and what its outputs see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .activation import Activation
from .layer import Layer, Shape
from .layers import RBF, Conv, Dense, Flatten
from .network import Network, Step
from .normalisation import LocalContrastNorm, LocalResponseNorm
from .pooling import DeformablePool, L2Pool, MaxPool, MeanPool, Pool, StochasticPool, Subsample

NAMES: dict[type[Layer], str] = {
    Conv: "convolution",
    Dense: "fully connected",
    Flatten: "flatten",
    RBF: "Euclidean RBF",
    Subsample: "subsampling",
    MeanPool: "mean pool",
    MaxPool: "max pool",
    L2Pool: "L2 pool",
    StochasticPool: "stochastic pool",
    DeformablePool: "deformable pool",
    LocalResponseNorm: "local response norm",
    LocalContrastNorm: "local contrast norm",
}

HEADS = ("layer", "what", "then", "output", "sees", "parameters", "connections", "multiply-adds")
WORDS = HEADS[:3]  # the columns that don't hold numbers


@dataclass(frozen=True)
class Row:
    """A layer as it is shown.

    Attributes:
        layer: its name, such as ``C3``.
        kind: what it is, in words, with its window, ``5x5``, and the pairs of maps that it connects where not all.
        activation: what ends it; ``none``: nothing.
        window: pixels across that an output reads; None: everything, or only itself.
        output: maps, rows and columns that come out.
        sees: pixels across of the network's input that an output sees; None: all of it, once flattened.
        parameters: trainable parameters.
        connections: as the paper counts them: one for each input and bias of each output.
        multiply_adds: of one forward pass.
    """

    layer: str
    kind: str
    activation: str
    window: int | None
    output: Shape
    sees: int | None
    parameters: int
    connections: int
    multiply_adds: int


def rows(network: Network) -> tuple[Row, ...]:
    """Return a row for each layer."""
    return tuple(_rows(network))


def _rows(network: Network) -> Iterator[Row]:
    for step, sees in zip(network.steps, network.receptive_fields(), strict=True):
        layer = step.layer
        window = layer.kernel if isinstance(layer, Conv) else layer.size if isinstance(layer, Pool) else None
        yield Row(
            layer=step.name,
            kind=_kind(step, window),
            activation=layer.activation.value,
            window=window,
            output=step.output,
            sees=sees,
            parameters=step.parameters,
            connections=step.connections,
            multiply_adds=step.multiply_adds,
        )


def _kind(step: Step, window: int | None) -> str:
    """Return what a layer is, its window, and how many pairs of maps it connects where not all."""
    layer, maps = step.layer, step.input[0]
    name = NAMES.get(type(layer), type(layer).__name__)
    if window is not None:
        name += f" {window}x{window}"
    if isinstance(layer, Conv) and layer.pairs(maps) < maps * layer.maps:
        name += f", {layer.pairs(maps)}/{maps * layer.maps}"
    return name


def cells(network: Network) -> list[tuple[str, ...]]:
    """Return a text for each of ``HEADS`` of each layer, the totals in the last row."""
    lines = [
        (
            row.layer,
            row.kind,
            "" if row.activation == Activation.NONE.value else row.activation,
            maps(row.output),
            "all" if row.sees is None else f"{row.sees}x{row.sees}",
            *(f"{count:,}" for count in (row.parameters, row.connections, row.multiply_adds)),
        )
        for row in rows(network)
    ]
    counts = (network.parameters, network.connections, network.multiply_adds)
    return [*lines, ("total", "", "", "", "", *(f"{count:,}" for count in counts))]


def maps(shape: Shape) -> str:
    """Return a shape as the paper writes it, ``6@28x28``; a row of units as their number."""
    count, high, wide = shape
    return f"{count}" if (high, wide) == (1, 1) else f"{count}@{high}x{wide}"

"""Which array of a state dict is which of a network: by shape, then by name and order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

from ..network import Conv, Dense, Flatten, Network, Step

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Pair:
    """An array that was found and one that is wanted; either is missing where the other has no counterpart.

    Attributes:
        found: its name in the state dict.
        found_shape: its shape there.
        wanted: the full name in the network, such as ``C3.weight``.
        wanted_shape: the shape in the network.
    """

    found: str | None
    found_shape: Shape | None
    wanted: str | None
    wanted_shape: Shape | None

    @property
    def whole(self) -> bool:
        """Whether nothing is missing."""
        return self.found is not None and self.wanted is not None


def match(found: Mapping[str, Shape], network: Network) -> tuple[Pair, ...]:
    """Return for each array of the network the one that was found, in order; then those found that it has no use for.

    Each takes the first free one of its shape, of its own name if there is one, otherwise the first that is called a
    bias where it is one, and isn't where it isn't. A kernel that covers its whole input holds the same numbers in the
    same order as a row of weights, so that a dense layer and a convolution may stand for each other.
    """
    free, pairs = dict(found), list[Pair]()
    alike = {name: shapes for place in range(len(network.steps)) for name, shapes in _alike(network, place).items()}
    for wanted, shape in network.parameter_shapes.items():
        fitting = [name for name, its in free.items() if its in alike[wanted]]
        best = min(fitting, key=lambda name: _likeness(name, wanted), default=None)
        pairs.append(Pair(best, None if best is None else free.pop(best), wanted, shape))
    return (*pairs, *(Pair(name, shape, None, None) for name, shape in free.items()))


def fits(pairs: tuple[Pair, ...]) -> bool:
    """Return whether every array has its counterpart."""
    return all(pair.whole for pair in pairs)


def table(pairs: tuple[Pair, ...], indent: str = "  ") -> str:
    """Return the pairs as lines of aligned text: what was found, and beside it what is wanted."""
    rows = [
        ("found", "", "wanted", ""),
        *((*_cells(p.found, p.found_shape), *_cells(p.wanted, p.wanted_shape)) for p in pairs),
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(indent + "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def _cells(name: str | None, shape: Shape | None) -> tuple[str, str]:
    return (name or "-", "" if shape is None else " x ".join(map(str, shape)) or "one number")


def _likeness(found: str, wanted: str) -> tuple[bool, bool]:
    """Return what sorts the found names that are likelier before others."""
    return found.lower() != wanted.lower(), _is_bias(found) != wanted.endswith(".bias")


def _is_bias(name: str) -> bool:
    last = name.rpartition(".")[2].lower()
    return "bias" in last or re.fullmatch(r"b\d*", last) is not None


def _alike(network: Network, place: int) -> dict[str, tuple[Shape, ...]]:
    """Return for each array of a layer the shapes in which the same numbers may come, its own first."""
    step = network.steps[place]
    shapes: dict[str, tuple[Shape, ...]] = {name: (shape,) for name, shape in step.parameter_shapes.items()}
    weight = f"{step.name}.weight"
    if isinstance(step.layer, (Conv, Dense)) and (seen := _seen(network, place)) is not None:
        units = step.output[0]
        shapes[weight] += tuple(other for other in ((units, *seen), (units, prod(seen))) if other != shapes[weight][0])
    return shapes


def _seen(network: Network, place: int) -> Shape | None:
    """Return the maps, rows and columns that each unit sees whole; None where it sees a part."""
    step: Step = network.steps[place]
    if isinstance(step.layer, Conv):
        square = step.input[1:] == (step.layer.kernel, step.layer.kernel)
        return step.input if square and not step.layer.padding else None
    before = network.steps[place - 1] if place else None
    return before.input if before is not None and isinstance(before.layer, Flatten) else step.input

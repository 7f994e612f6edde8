"""Local contrast normalisation in C, which needs all of its input twice."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from ...engine.reference.normalisation import gaussian
from ...network import Activation, LocalContrastNorm
from . import text
from .dialect import Place
from .loops import index, over
from .program import Constant


class Activating(Protocol):
    """Writes an activation."""

    def activated(self, kind: Activation, sum: str) -> str:
        """Return the activation of a sum."""
        ...


def body(place: Place, layer: LocalContrastNorm, dialect: Activating) -> tuple[list[str], tuple[Constant, ...]]:
    """Return the statements, and the Gaussian's weights over rows and over columns for each place.

    ``out`` holds v = in - local mean until the deviations are known.
    """
    maps, rows, columns = place.input.shape
    o, r, c = index("o", maps), index("r", rows), index("c", columns)
    memory = f"{place.prefix.upper()}_MEMORY"
    down = Constant(f"{place.name}_down", "float", gaussian(rows, layer).astype(np.float32))
    across = Constant(f"{place.name}_across", "float", gaussian(columns, layer).astype(np.float32))
    mean = text.number(1 / maps)

    def local_mean(pixel: str, target: str) -> list[str]:
        lines = over(
            ("r", rows),
            ("c", columns),
            do=[
                "float sum = 0.0f;",
                *over(("o", maps), do=[f"sum += {pixel};"]),
                f"even[{r}][{c}] = {mean} * sum;",
            ],
        )
        taps = over(
            ("y", rows),
            ("x", columns),
            do=[
                f"sum += {down.name}[{r}][{index('y', rows)}] * {across.name}[{c}][{index('x', columns)}] "
                f"* even[{index('y', rows)}][{index('x', columns)}];"
            ],
        )
        lines += over(("r", rows), ("c", columns), do=["float sum = 0.0f;", *taps, f"local[{r}][{c}] = {target};"])
        return lines

    here, before = place.output.at("out", o, r, c), place.input.at("in", o, r, c)
    each = (("o", maps), ("r", rows), ("c", columns))
    lines = [
        f"{memory} float even[{rows}][{columns}], local[{rows}][{columns}];",
        "float floor = 0.0f;",
        "/* v: what is above the local mean of all maps */",
        *local_mean(before, "sum"),
        *over(*each, do=[f"{here} = {before} - local[{r}][{c}];"]),
        "/* s: the local deviation, and its mean */",
        *local_mean(f"{here} * {here}", "sqrtf(sum)"),
        *over(*each[1:], do=[f"floor += local[{r}][{c}];"]),
        f"floor *= {text.number(1 / (rows * columns))};",
        f"floor = floor > {text.number(layer.floor)} ? floor : {text.number(layer.floor)};",
        *over(
            *each,
            do=[
                f"const float deviation = local[{r}][{c}] > floor ? local[{r}][{c}] : floor;",
                f"{here} = {dialect.activated(layer.activation, f'{here} / deviation')};",
            ],
        ),
    ]
    return lines, (down, across)

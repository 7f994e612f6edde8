"""How far each disturbance may go, as a table and as one JSON document."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isfinite
from typing import Any

import numpy as np

from ..table import Table
from .axes import AXES, Axis
from .measuring import Measured

BOUNDS = (0.95, 0.90)  # accuracies that the ranges are told for
WHOLE = 0.98  # share of the ink that is in the frame where digits are called whole


def within(axis: Axis, accuracy: Sequence[float], bound: float) -> tuple[float, float] | None:
    """Return the levels about ``axis.rest`` between which ``accuracy`` stays at or above ``bound``.

    Straight lines join the levels that were measured. An end that isn't reached is infinite; None: the bound isn't
    even kept undisturbed.
    """
    rest = axis.levels.index(axis.rest)
    if accuracy[rest] < bound:
        return None
    low = _crossing(axis.levels[rest::-1], accuracy[rest::-1], bound)
    high = _crossing(axis.levels[rest:], accuracy[rest:], bound)
    ends = -inf if low is None else low, inf if high is None else high
    return (axis.rest, ends[1]) if rest == 0 else ends


def _crossing(levels: Sequence[float], accuracy: Sequence[float], bound: float) -> float | None:
    """Return where ``accuracy`` first falls below the bound; None: nowhere."""
    for n in range(1, len(levels)):
        if accuracy[n] < bound:
            share = (accuracy[n - 1] - bound) / (accuracy[n - 1] - accuracy[n])
            return levels[n - 1] + share * (levels[n] - levels[n - 1])
    return None


def at_claim(axis: Axis, accuracy: Sequence[float]) -> float | None:
    """Return the accuracy at the end of the paper's range where it is worse; None: the paper gives no range."""
    if axis.claim is None:
        return None
    return float(np.interp(axis.claim, axis.levels, accuracy).min())


def words(axis: Axis, ends: tuple[float, float] | None) -> str:
    """Return a range as text; ``>`` and ``<``: farther than was tried."""
    if ends is None:
        return "-"
    low, high = ends
    upper = f">{axis.levels[-1]:g}" if high == inf else f"{high:.2g}"
    if axis.rest == axis.levels[0]:
        return f"up to {upper}{axis.unit}"
    lower = f"<{axis.levels[0]:g}" if low == -inf else f"{low:.2g}"
    return f"{lower} to {upper}{axis.unit}"


def table(measured: Sequence[Measured], axes: Sequence[Axis] = AXES) -> Table:
    """Return, for each disturbance and model, the ranges of ``BOUNDS``, and what the paper says beside them.

    ``in the frame``: the range in which the frame cuts off at most 1 - ``WHOLE`` of the ink; ``there``: the accuracy
    where the paper's range ends.
    """
    rows = []
    for axis in axes:
        for each in measured:
            accuracy = each.accuracy[axis.name]
            there = at_claim(axis, accuracy)
            inside = within(axis, each.kept[axis.name], WHOLE)
            rows.append(
                (
                    axis.name,
                    each.name,
                    *(words(axis, within(axis, accuracy, bound)) for bound in BOUNDS),
                    "all" if inside in ((-inf, inf), (axis.rest, inf)) else words(axis, inside),
                    axis.paper,
                    "" if there is None else f"{there:.1%}",
                )
            )
    heads = ("disturbance", "model", *(f"{bound:.0%} right" for bound in BOUNDS), "in the frame", "the paper", "there")
    return Table(heads, rows, words=heads[:-1], spare=("in the frame", "there"))


def document(measured: Sequence[Measured], axes: Sequence[Axis] = AXES) -> dict[str, Any]:
    """Return it all as one JSON document; shares from 0 to 1, an end of a range that wasn't reached is null."""
    return {
        "axes": [
            {"name": a.name, "unit": a.unit.strip(), "levels": list(a.levels), "undisturbed": a.rest,
             "paper": a.paper or None, "claim": None if a.claim is None else list(a.claim)}
            for a in axes
        ],
        "models": [
            {
                "name": each.name,
                "canvas": list(each.canvas),
                "digits": each.count,
                "accuracy": {name: list(shares) for name, shares in each.accuracy.items()},
                "kept": {name: list(shares) for name, shares in each.kept.items()},
                "ranges": {
                    a.name: {f"{bound:g}": _finite(within(a, each.accuracy[a.name], bound)) for bound in BOUNDS}
                    for a in axes
                },
            }
            for each in measured
        ],
    }  # fmt: skip


def _finite(ends: tuple[float, float] | None) -> list[float | None] | None:
    return None if ends is None else [end if isfinite(end) else None for end in ends]

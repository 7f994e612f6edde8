"""Ways to write a digit that a data set has few of, drawn onto its digits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from .chance import Range, Rng, between, near
from .strokes import Strokes, curve, line


@dataclass(frozen=True)
class Variants:
    """How often a digit is written so. Lengths are in heights of the digit."""

    shape: Range = (0.0, 0.3)  # not a digit of the data but one of ``templates``; each hand's own
    foot: float = 0.15  # of 1
    flag: float = 0.25  # of 1
    flag_length: Range = (0.15, 0.8)
    bar: float = 0.45  # of 7
    serif: float = 0.15  # of 7, at its roof's left end
    slash: float = 0.03  # of 0
    tail: float = 0.12  # of 0, from its top
    roof: float = 0.25  # of 5, longer than its own
    trail: float = 0.04  # a stroke that runs on from the last end, of any
    broken: float = 0.05  # a short piece missing, of any


def varied(rng: Rng, label: str, strokes: Strokes, variants: Variants = Variants()) -> Strokes:
    """Return a digit's strokes, 1 high, perhaps with strokes added or a piece missing."""
    for name, change in CHANGES.get(label, {}).items():
        if rng.random() < getattr(variants, name):
            strokes = change(rng, strokes, variants)
    if rng.random() < variants.trail:
        strokes = trailing(rng, strokes)
    return broken(rng, strokes) if rng.random() < variants.broken else strokes


def footed(rng: Rng, strokes: Strokes, variants: Variants) -> Strokes:
    """A base stroke under a stem."""
    x, y = _lowest(strokes)
    left, right = between(rng, (0.1, 0.35)), between(rng, (0.1, 0.35))
    return strokes + line([(x - left, y + near(rng, 0.03)), (x + right, y + near(rng, 0.03))])


def flagged(rng: Rng, strokes: Strokes, variants: Variants) -> Strokes:
    """An upstroke to the top of a stem."""
    x, y = strokes.points[strokes.points[:, 1].argmin()].tolist()
    length, steep = between(rng, variants.flag_length), between(rng, (0.5, 1.1))
    far = x - length * np.cos(steep), y + length * np.sin(steep)
    return strokes + curve([far, ((far[0] + x) / 2 + near(rng, 0.03), (far[1] + y) / 2 + near(rng, 0.03)), (x, y)])


def crossed(rng: Rng, strokes: Strokes, variants: Variants) -> Strokes:
    """A bar through the stem at about half its height."""
    y = between(rng, (0.4, 0.62))
    near_y = strokes.points[np.abs(strokes.points[:, 1] - y) < 0.08]
    x = float(near_y[:, 0].max()) if len(near_y) else float(strokes.points[:, 0].mean())
    left, right, tilt = between(rng, (0.12, 0.4)), between(rng, (0.1, 0.4)), near(rng, 0.07)
    return strokes + line([(x - left, y + tilt), (x + right, y - tilt)])


def hooked(rng: Rng, strokes: Strokes, variants: Variants) -> Strokes:
    """A short stroke down at the left end of a roof."""
    high = strokes.points[strokes.points[:, 1] < 0.3]
    x, y = high[high[:, 0].argmin()].tolist()
    return strokes + line([(x, y), (x + near(rng, 0.05), y + between(rng, (0.08, 0.25)))])


def slashed(rng: Rng, strokes: Strokes, variants: Variants) -> Strokes:
    """A stroke across, as programmers have it."""
    left, _, right, _ = strokes.box
    out = between(rng, (-0.1, 0.12))
    return strokes + line([(left - out, 0.85 + out), (right + out, 0.15 - out)])


def tailed(rng: Rng, strokes: Strokes, variants: Variants) -> Strokes:
    """A stroke from the top that ends to the right, or within."""
    x, y = strokes.points[strokes.points[:, 1].argmin()].tolist()
    length = between(rng, (0.15, 0.6))
    if rng.random() < 0.3:
        return strokes + curve([(x, y), (x + 0.06, y + 0.12), (x - 0.03, y + between(rng, (0.15, 0.35)))])
    return strokes + curve([(x, y), (x + length / 2, y + between(rng, (0, 0.15))), (x + length, y - near(rng, 0.1))])


def roofed(rng: Rng, strokes: Strokes, variants: Variants) -> Strokes:
    """A longer roof, that may not touch."""
    high = strokes.points[strokes.points[:, 1] < 0.25]
    x, y = high[high[:, 0].argmin()].tolist()
    apart = between(rng, (0, 0.15)) if rng.random() < 0.5 else 0.0
    length = between(rng, (0.4, 1.0))
    return strokes + line([(x + apart, y - apart / 2), (x + length, y - apart / 2 + near(rng, 0.08))])


def trailing(rng: Rng, strokes: Strokes) -> Strokes:
    """A stroke that runs on from the lowest end, or leads to the highest one."""
    ends = strokes.ends
    if not len(ends):
        return strokes
    low = rng.random() < 0.6
    places = strokes.points[ends]
    x, y = places[places[:, 1].argmax() if low else places[:, 1].argmin()].tolist()
    length, way = between(rng, (0.1, 0.5)), near(rng, 0.5) + (0 if low else np.pi)
    far = x + length * np.cos(way), y + length * np.sin(way)
    return strokes + curve([(x, y), ((x + far[0]) / 2, (y + far[1]) / 2 + near(rng, 0.05)), far])


def broken(rng: Rng, strokes: Strokes) -> Strokes:
    """A short piece missing, as of a pen that skips."""
    if not len(strokes.edges):
        return strokes
    x, y = strokes.points[int(rng.integers(len(strokes.points)))].tolist()
    middle = strokes.points[strokes.edges].mean(1)
    stays = np.hypot(middle[:, 0] - x, middle[:, 1] - y) > between(rng, (0.04, 0.13))
    return replace(strokes, edges=strokes.edges[stays]) if stays.any() else strokes


def _lowest(strokes: Strokes) -> tuple[float, float]:
    x, y = strokes.points[strokes.points[:, 1].argmax()].tolist()
    return x, y


Change = Callable[[Rng, Strokes, Variants], Strokes]
CHANGES: dict[str, dict[str, Change]] = {
    "0": {"slash": slashed, "tail": tailed},
    "1": {"foot": footed, "flag": flagged},
    "5": {"roof": roofed},
    "7": {"bar": crossed, "serif": hooked},
}

"""The ways in which digits are disturbed, how far, and what the paper says of each (section III.E)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

from .disturbing import Affine, Pictures, Size, kept, moved, noisy, rotation, scale, shear, shifts, widened

SEED = 0  # of the noise


@dataclass(frozen=True)
class Axis:
    """A disturbance, all else undisturbed.

    Attributes:
        name: what it is called.
        label: what is measured, as a figure has it.
        unit: what stands after a level in a text.
        levels: rising.
        rest: the level that disturbs nothing.
        shown: a figure names every ``shown``-th level, and shows a digit there.
        maps: the affine maps of a level; None: ``draw`` does it.
        draw: pictures, level, canvas -> disturbed pictures; None: ``maps`` does it.
        paper: the paper's words.
        claim: the levels that they span; None: the paper says nothing.
    """

    name: str
    label: str
    unit: str
    levels: tuple[float, ...]
    rest: float
    shown: int
    maps: Callable[[float], Sequence[Affine]] | None = None
    draw: Callable[[Pictures, float, Size], Pictures] | None = None
    paper: str = ""
    claim: tuple[float, float] | None = None

    def disturb(self, pictures: Pictures, level: float, canvas: Size) -> Pictures:
        """Return the disturbed pictures, (N, *canvas)."""
        if self.draw is not None:
            return self.draw(pictures, level, canvas)
        return moved(pictures, self._maps(level), canvas)

    def kept(self, pictures: Pictures, level: float, canvas: Size) -> float:
        """Return the share of the ink that stays on the canvas."""
        return 1.0 if self.maps is None else kept(pictures, self._maps(level), canvas)

    def _maps(self, level: float) -> Sequence[Affine]:
        assert self.maps is not None
        return self.maps(level)


def _levels(low: float, high: float, step: float) -> tuple[float, ...]:
    return tuple(round(low + n * step, 6) for n in range(round((high - low) / step) + 1))


def _one(map_: Callable[[float], Affine]) -> Callable[[float], Sequence[Affine]]:
    return lambda level: (map_(level),)


# A digit of 20 pixels doesn't fit into the paper's 32 when it is twice as large; so its factor of 2 must lie between
# the smallest and the largest. Half of the height of such a digit is 10 pixels.
AXES = (
    Axis("scale", "times the size", "x", _levels(0.4, 2, 0.1), 1, 2, maps=_one(scale),
         paper="a factor of 2", claim=(1 / sqrt(2), sqrt(2))),
    Axis("shift", "pixels down, right, up or left", " px", _levels(0, 14, 1), 0, 2, maps=shifts,
         paper="half the height", claim=(0, 10)),
    Axis("rotation", "degrees clockwise", " degrees", _levels(-60, 60, 5), 0, 3, maps=_one(rotation),
         paper="30 degrees", claim=(-30, 30)),
    Axis("shear", "columns a row", "", _levels(-0.8, 0.8, 0.1), 0, 2, maps=_one(shear)),
    Axis("stroke", "pixels thinner or thicker", " px", _levels(-2, 4, 0.5), 0, 2, draw=widened),
    Axis("noise", "% of the pixels turned over", "%", _levels(0, 30, 2.5), 0, 2,
         draw=lambda pictures, level, canvas: noisy(pictures, level / 100, canvas, SEED),
         paper="trained with 10%", claim=(0, 10)),
)  # fmt: skip

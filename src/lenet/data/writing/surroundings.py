"""What lies on paper beside the writing and belongs to no character: rules, boxes, dirt, the writing next to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from .chance import Range, Rng, between, near, one_of, scaled
from .pen import Canvas, Pen
from .strokes import Strokes

Place = tuple[float, float, float, float]  # left, top, right, bottom, in pixels


@dataclass(frozen=True)
class Surroundings:
    """How often what is beside the writing; lengths are in heights of a digit."""

    kinds: Mapping[str, float] = field(
        default_factory=lambda: {
            "nothing": 5,
            "underline": 2.5,
            "ruled": 1,
            "edges": 1.2,
            "cells": 0.4,
            "crossing": 0.3,
        }
    )
    thickness: Range = (0.015, 0.09)
    dark: Range = (0.3, 1.0)
    tilt: float = 0.015  # radians
    dirt: float = 0.15
    specks: tuple[int, int] = (1, 12)


def surround(
    rng: Rng, canvas: Canvas, place: Place, size: float, pen: Pen, *, surroundings: Surroundings = Surroundings()
) -> None:
    """Draw what lies beside the writing.

    Args:
        rng: of it all.
        canvas: to draw on.
        place: of the writing.
        size: a digit's height, in pixels.
        pen: that writes; some underlines are its.
        surroundings: how often what.
    """
    kind = one_of(rng, surroundings.kinds)
    if kind != "nothing":
        thin = max(scaled(rng, surroundings.thickness) * size, 0.7)
        rule = Pen(thin, sharpness=between(rng, (0.5, 1)), dark=between(rng, surroundings.dark))
        tilt = near(rng, surroundings.tilt)
        drawn = DRAWN[kind](rng, canvas, place, size)
        if kind == "underline" and rng.random() < 0.3:
            rule, tilt = replace(pen, hollow=0.0), tilt * 4
        for strokes in drawn:
            canvas.draw(_tilted(strokes, tilt), rule)
    if rng.random() < surroundings.dirt:
        _dirt(rng, canvas, size, surroundings)


def _across(y: float, left: float, right: float) -> Strokes:
    return _straight((left, y), (right, y))


def _down(x: float, top: float, bottom: float) -> Strokes:
    return _straight((x, top), (x, bottom))


def _straight(one: tuple[float, float], two: tuple[float, float]) -> Strokes:
    return Strokes(np.array([one, two], np.float32), np.ones(2, np.float32), np.array([[0, 1]]))


def _tilted(strokes: Strokes, tilt: float) -> Strokes:
    return strokes.placed(((1, -tilt), (tilt, 1)))


def _underline(rng: Rng, canvas: Canvas, place: Place, size: float) -> list[Strokes]:
    left, _, right, bottom = place
    y = bottom + between(rng, (-0.2, 0.25)) * size
    whole = rng.random() < 0.6
    ends = (0.0, float(canvas.ink.shape[1])) if whole else (left + near(rng, 0.3) * size, right + near(rng, 0.3) * size)
    rules = [_across(y, *ends)]
    if rng.random() < 0.2:
        rules.append(_across(y + between(rng, (0.07, 0.2)) * size, *ends))
    if rng.random() < 0.15:
        rules.append(_across(place[1] - between(rng, (-0.1, 0.3)) * size, *ends))
    return rules


def _ruled(rng: Rng, canvas: Canvas, place: Place, size: float) -> list[Strokes]:
    height, width = canvas.ink.shape
    apart = between(rng, (0.5, 1.8)) * size
    first = rng.random() * apart
    rules = [_across(y, 0, width) for y in np.arange(first, height, apart)]
    if rng.random() < 0.35:  # squared paper
        rules += [_down(x, 0, height) for x in np.arange(rng.random() * apart, width, apart)]
    return rules


def _edges(rng: Rng, canvas: Canvas, place: Place, size: float) -> list[Strokes]:
    """The box that the writing stands in, or what of it lies in the picture."""
    height, width = canvas.ink.shape
    left, top, right, bottom = place
    sides = []
    for number in range(4):
        if rng.random() < 0.7:
            free = (left, top, width - right, height - bottom)[number]
            away = between(rng, (-0.1, 0.95)) * free
            rule = [_down(away, 0, height), _across(away, 0, width)]
            rule += [_down(width - away, 0, height), _across(height - away, 0, width)]
            sides.append(rule[number])
    return sides


def _cells(rng: Rng, canvas: Canvas, place: Place, size: float) -> list[Strokes]:
    """Boxes beside one another, wherever the digits stand."""
    width = canvas.ink.shape[1]
    left, top, right, bottom = place
    up, low = top - between(rng, (0, 0.2)) * size, bottom + between(rng, (0, 0.2)) * size
    apart = between(rng, (0.7, 1.5)) * size
    start = left - between(rng, (0, 0.4)) * size
    across = [_across(up, 0, width), _across(low, 0, width)]
    return across + [_down(x, up, low) for x in np.arange(start, right + apart, apart)]


def _crossing(rng: Rng, canvas: Canvas, place: Place, size: float) -> list[Strokes]:
    """A rule through the writing at any height."""
    return [_across(between(rng, (place[1], place[3])), 0, canvas.ink.shape[1])]


DRAWN = {"underline": _underline, "ruled": _ruled, "edges": _edges, "cells": _cells, "crossing": _crossing}


def _dirt(rng: Rng, canvas: Canvas, size: float, surroundings: Surroundings) -> None:
    height, width = canvas.ink.shape
    for _ in range(int(rng.integers(*surroundings.specks))):
        x, y = rng.random() * width, rng.random() * height
        far = x + near(rng, 0.05) * size, y + near(rng, 0.05) * size
        speck = Pen(scaled(rng, (0.015, 0.1)) * size + 0.5, sharpness=0.7, dark=between(rng, (0.3, 1)))
        canvas.draw(_straight((x, y), far), speck)

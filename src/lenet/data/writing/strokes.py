"""Strokes: what a pen does to write a character, free of any size and any pen.

A character is a graph of points along its strokes, so that it can be scaled, slanted and bent without loss, be
written by any pen, and have strokes added.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .thinning import linked, thinned

Floats = NDArray[np.float32]

FINE = 2  # a digit is thinned at this many times its own size
SMOOTHINGS = 4  # of the skeleton's steps
STEP = 0.08  # of a character's height: between points of strokes that aren't from a picture
KEPT = 70_000  # digits whose strokes are kept: MNIST's, about 2 kB each


@dataclass(frozen=True)
class Strokes:
    """Points along a character's strokes.

    Attributes:
        points: float32 (P, 2), x to the right and y down. A character as it's made is 1 high, from y = 0 to the
            baseline at y = 1, and begins at x = 0.
        weight: float32 (P,), the half width of the stroke at each point; 1 is the middle one of the character.
        edges: int (E, 2), the pairs of points that a stroke goes between.
    """

    points: Floats
    weight: Floats
    edges: NDArray[np.intp]

    def placed(self, matrix: ArrayLike, offset: ArrayLike = (0.0, 0.0)) -> Strokes:
        """Return the strokes by a linear map (2, 2) of (x, y) columns, then moved by an offset (x, y)."""
        points = self.points @ np.asarray(matrix, np.float32).T + np.asarray(offset, np.float32)
        return replace(self, points=points.astype(np.float32))

    def moved(self, x: float, y: float) -> Strokes:
        """Return the strokes moved."""
        return replace(self, points=self.points + np.array((x, y), np.float32))

    def __add__(self, other: Strokes) -> Strokes:
        """Return the strokes of both."""
        return Strokes(
            np.concatenate([self.points, other.points]),
            np.concatenate([self.weight, other.weight]),
            np.concatenate([self.edges, other.edges + len(self.points)]),
        )

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The points' left, top, right, bottom."""
        left, top = self.points.min(0).tolist()
        right, bottom = self.points.max(0).tolist()
        return left, top, right, bottom

    @property
    def ends(self) -> NDArray[np.intp]:
        """The numbers of the points where a stroke ends."""
        return np.flatnonzero(np.bincount(self.edges.ravel(), minlength=len(self.points)) == 1)

    @property
    def slant(self) -> float:
        """How far the strokes lean to the right for each unit up, by their moments."""
        x, y = (self.points - self.points.mean(0)).T
        return -float((x * y).sum() / max(float((y * y).sum()), 1e-6))


def line(points: ArrayLike, weight: float = 1.0) -> Strokes:
    """Return one stroke straight from point to point (x, y), with points at short steps all along."""
    corners = np.asarray(points, np.float32)
    way = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
    places = np.sort(np.concatenate([way, np.arange(STEP, way[-1], STEP)]))
    array = np.stack([np.interp(places, way, axis) for axis in corners.T], 1).astype(np.float32)
    here = np.arange(len(array) - 1)
    return Strokes(array, np.full(len(array), weight, np.float32), np.stack([here, here + 1], 1))


def curve(points: ArrayLike, weight: float = 1.0, steps: int = 6) -> Strokes:
    """Return one smooth stroke through points (x, y): a Catmull-Rom spline of some steps from each to the next."""
    array = np.asarray(points, np.float32)
    around = np.concatenate([[2 * array[0] - array[1]], array, [2 * array[-1] - array[-2]]])
    p0, p1, p2, p3 = (around[i : len(around) - 3 + i, None] for i in range(4))
    t = np.linspace(0, 1, steps, endpoint=False, dtype=np.float32)[:, None]
    between = p1 + 0.5 * t * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0)))
    return line(np.concatenate([between.reshape(-1, 2), array[-1:]]), weight)


def together(parts: Iterable[Strokes]) -> Strokes:
    """Return the strokes of one or more parts."""
    first, *others = parts
    for other in others:
        first = first + other
    return first


def of_digit(image: NDArray[np.uint8]) -> Strokes:
    """Return the strokes of a character's picture, uint8 (H, W), 0 paper; a stem where nothing is inked."""
    return _of_bytes(image.tobytes(), image.shape[0], image.shape[1])


@lru_cache(KEPT)
def _of_bytes(pixels: bytes, height: int, width: int) -> Strokes:
    from PIL import Image
    from scipy.ndimage import distance_transform_edt  # type: ignore[import-untyped]

    small = Image.frombytes("L", (width, height), pixels)
    large = small.resize((FINE * width, FINE * height), Image.Resampling.BICUBIC)
    ink = np.pad(np.asarray(large) > 127, 2)
    if not ink.any():
        return line([(0, 0), (0, 1)])
    depth = distance_transform_edt(ink)
    pixel, edges = linked(thinned(ink))
    weight = depth[pixel[:, 0], pixel[:, 1]].astype(np.float32)
    points = _smoothed(pixel[:, ::-1].astype(np.float32), edges)
    points -= points.min(0)
    scale = max(float(points[:, 1].max()), float(points[:, 0].max()) / 4, FINE)  # no character is wider than 4 heights
    return Strokes(points / scale, _smoothed(weight[:, None] / np.median(weight), edges)[:, 0], edges)


def _smoothed(points: Floats, edges: NDArray[np.intp]) -> Floats:
    """Return points (P, D) moved towards the middle of their neighbours; the ends of strokes stay."""
    ends = np.concatenate([edges, edges[:, ::-1]])
    count = np.bincount(ends[:, 0], minlength=len(points))
    inner = (count > 1)[:, None]
    for _ in range(SMOOTHINGS):
        sums = np.stack(
            [np.bincount(ends[:, 0], points[ends[:, 1], axis], len(points)) for axis in range(points.shape[1])], 1
        )
        middle = (points + sums) / (1 + count[:, None])
        points = np.where(inner, middle, points).astype(np.float32)
    return points

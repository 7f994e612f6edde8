"""A pen puts strokes on paper: how much ink each pixel gets, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .strokes import Floats, Strokes

INKED = 0.25  # of full ink: a pixel with as much belongs to the character drawn
COARSEST = 4.0  # pixels: strokes of a larger half width are drawn smaller and enlarged


@dataclass(frozen=True)
class Pen:
    """What all characters of a line are written with.

    Attributes:
        width: of a stroke, in pixels.
        evenness: 0: strokes are as wide here and thin there as they were in the digit's picture; 1: all one width.
        sharpness: ink that a pixel gains with each pixel further into a stroke; 1 is a sharp edge.
        dark: ink of a stroke, up to 1.
        square: a printer's strokes, cut off straight where they end.
        hollow: only the outline of the strokes, of this width in pixels; 0: all of them.
    """

    width: float
    evenness: float = 1.0
    sharpness: float = 1.0
    dark: float = 1.0
    square: bool = False
    hollow: float = 0.0


@dataclass(frozen=True)
class Canvas:
    """What is written so far.

    Attributes:
        ink: float32 (H, W), 0 none to 1 full.
        owner: int16 (H, W), the number of the character that a pixel's ink belongs to; -1: none.
    """

    ink: Floats
    owner: NDArray[np.int16]

    @classmethod
    def blank(cls, height: int, width: int) -> Canvas:
        """Return a canvas with nothing on it."""
        return cls(np.zeros((height, width), np.float32), np.full((height, width), -1, np.int16))

    def draw(self, strokes: Strokes, pen: Pen, owner: int = -1) -> None:
        """Draw strokes, in pixels; what has no owner (-1) takes no pixel from a character."""
        if not len(strokes.points):
            return
        depth, left, top = depths(strokes, pen)
        if pen.hollow:
            depth = np.minimum(depth, pen.hollow - depth)
        self.put(np.clip(depth * pen.sharpness + 0.5, 0, 1) * pen.dark, left, top, owner)

    def put(self, cover: Floats, left: int, top: int, owner: int = -1) -> None:
        """Put ink, (h, w), with its corner at a pixel, which may lie outside; the more of two inks stays."""
        height, width = self.ink.shape
        rows = slice(max(top, 0), max(min(top + cover.shape[0], height), 0))
        columns = slice(max(left, 0), max(min(left + cover.shape[1], width), 0))
        if rows.start >= rows.stop or columns.start >= columns.stop:
            return
        cover = cover[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
        ink = self.ink[rows, columns]
        np.maximum(ink, cover, out=ink)
        if owner >= 0:
            self.owner[rows, columns][cover >= INKED] = owner


def depths(strokes: Strokes, pen: Pen) -> tuple[Floats, int, int]:
    """Return how deep each pixel lies in strokes.

    Returns:
        float32 (h, w): distance to the nearest edge of a stroke in pixels, negative outside and there at least -2;
        and the column and row of its corner.
    """
    radius = np.maximum(pen.width / 2 * strokes.weight ** (1 - pen.evenness), 0.3)
    shrink = max(float(radius.max()) / COARSEST, 1.0)
    points = strokes.points / shrink
    edges = strokes.edges
    if not len(edges):
        edges = np.stack([np.arange(len(points))] * 2, 1)
    field, left, top = _stamped(points, radius / np.float32(shrink), edges, pen.square)
    if shrink == 1:
        return field, left, top
    return _enlarged(field, left, top, shrink)


def _stamped(points: Floats, radius: Floats, edges: NDArray[np.intp], square: bool) -> tuple[Floats, int, int]:
    """Stamp a disc, or a square, at short steps along each edge."""
    reach = int(np.ceil(radius.max() + 1.5))
    step = max(float(radius.min()) * 0.6, 0.5)
    one, two = points[edges[:, 0]], points[edges[:, 1]]
    counts = np.ceil(np.hypot(*(two - one).T) / step).astype(np.intp) + 1
    edge = np.repeat(np.arange(len(edges)), counts)
    within = np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts)
    t = (within / np.maximum(counts - 1, 1)[edge]).astype(np.float32)
    places = one[edge] + t[:, None] * (two - one)[edge]
    radii = radius[edges[:, 0]][edge] * (1 - t) + radius[edges[:, 1]][edge] * t

    corner = np.floor(places.min(0)).astype(np.intp) - reach
    places -= corner
    width, height = (np.floor(places.max(0)).astype(np.intp) + reach + 1).tolist()
    pixel = np.floor(places).astype(np.intp)
    offsets = np.arange(-reach, reach + 1)
    near = pixel[:, :, None] + offsets  # (M, 2, K) columns, rows
    away = (near + np.float32(0.5) - places[:, :, None]).astype(np.float32)
    down, across = away[:, 1, :, None], away[:, 0, None, :]
    distance = np.maximum(abs(down), abs(across)) if square else np.sqrt(down * down + across * across)  # (M, K, K)
    index = near[:, 1, :, None] * width + near[:, 0, None, :]
    field = np.full(height * width, -2, np.float32)
    np.maximum.at(field, index.ravel(), (radii[:, None, None] - distance).ravel())
    return field.reshape(height, width), int(corner[0]), int(corner[1])


def _enlarged(field: Floats, left: int, top: int, scale: float) -> tuple[Floats, int, int]:
    from PIL import Image

    height, width = field.shape
    size = int(width * scale), int(height * scale)
    first_x, first_y = int(np.floor(left * scale)), int(np.floor(top * scale))
    # Where the enlarged picture's corner lies within the small one.
    x, y = first_x / scale - left, first_y / scale - top
    box = (max(x, 0), max(y, 0), min(x + size[0] / scale, width), min(y + size[1] / scale, height))
    large = Image.fromarray(field).resize(size, Image.Resampling.BICUBIC, box=box)
    return np.asarray(large) * np.float32(scale), first_x, first_y

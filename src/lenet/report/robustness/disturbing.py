"""Digits disturbed in one way at a time: moved, turned, stretched, of thinner or thicker stroke, in noise.

Pictures are uint8 (N, H, W), 0 paper and 255 ink. Each function puts them into the middle of a canvas that is as large
or larger, so that a digit can grow beyond its picture, and leaves everything else as it was: undisturbed, a picture
keeps every pixel. Nothing depends on anything but the arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, cos, hypot, radians, sin, sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...data.glyphs import Draw
from ...errors import LenetError

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

Pictures = NDArray[np.uint8]  # (N, H, W)
Size = tuple[int, int]  # rows, columns

CUBIC = 3  # the splines' order: a straight line between pixels would blur what is turned
PAD = 8  # pixels of paper about a picture; a spline's coefficients fall to a quarter with each pixel
FINE = 4  # parts of a pixel's side, where fractions of it count
BLOCK = 2_000  # pictures in work at once


@dataclass(frozen=True)
class Affine:
    """The map target = matrix @ source + shift, of (y, x) from the middle, y downwards, in pixels."""

    matrix: tuple[tuple[float, float], tuple[float, float]] = ((1.0, 0.0), (0.0, 1.0))
    shift: tuple[float, float] = (0.0, 0.0)


def scale(factor: float) -> Affine:
    """Return the map that makes a digit ``factor`` times as high and as wide."""
    return Affine(((factor, 0.0), (0.0, factor)))


def rotation(degrees: float) -> Affine:
    """Return the map that turns a digit clockwise."""
    c, s = cos(radians(degrees)), sin(radians(degrees))
    return Affine(((c, s), (-s, c)))


def shear(columns: float) -> Affine:
    """Return the map that moves each row by ``columns`` more than the one above it, about the middle row."""
    return Affine(((1.0, 0.0), (columns, 1.0)))


def shifts(pixels: float) -> tuple[Affine, ...]:
    """Return the maps that move a digit down, right, up and left."""
    return tuple(Affine(shift=(y * pixels, x * pixels)) for y, x in ((1, 0), (0, 1), (-1, 0), (0, -1)))


def moved(pictures: Pictures, maps: Sequence[Affine], canvas: Size) -> Pictures:
    """Return (N, *canvas): pictures under affine maps, which are dealt to them in turn; by cubic splines."""
    _fits(pictures, canvas)
    result = np.empty((len(pictures), *canvas), np.uint8)
    for place, map_ in enumerate(maps):
        weights = _weights(map_, (pictures.shape[1], pictures.shape[2]), canvas)
        for block in _blocks(len(pictures), place, len(maps)):
            splines = _splines(pictures[block], map_)
            ink = (weights @ splines.reshape(len(splines), -1).T).T
            result[block] = np.rint(ink.clip(0, 255)).reshape(-1, *canvas)
    return result


def _splines(pictures: Pictures, map_: Affine) -> NDArray[np.float32]:
    """Return the coefficients of the splines through the pixels, (n, H + 2 PAD, W + 2 PAD), with paper all around.

    Where the map shrinks, the ink is smoothed first, or thin strokes would fall between the pixels: a pixel is taken
    for a Gaussian of half a pixel, and what it has before the map is made up to what it must have.
    """
    from scipy.ndimage import gaussian_filter1d, spline_filter1d  # type: ignore[import-untyped]

    ink = np.pad(pictures.astype(np.float32), [(0, 0), (PAD, PAD), (PAD, PAD)])
    blur = sqrt(max(0.0, 1 / abs(np.linalg.det(map_.matrix)) - 1)) / 2
    for side in (1, 2):
        if blur:
            ink = gaussian_filter1d(ink, blur, axis=side, mode="constant")
        ink = spline_filter1d(ink, CUBIC, axis=side, output=np.float32, mode="mirror")
    return np.asarray(ink)


def _weights(map_: Affine, size: Size, canvas: Size) -> csr_matrix:
    """Return (pixels of the canvas, coefficients): the four by four about the place that each pixel comes from."""
    from scipy.sparse import csr_matrix

    high, wide = size[0] + 2 * PAD, size[1] + 2 * PAD
    target = np.moveaxis(np.indices(canvas), 0, -1).reshape(-1, 2) - _middle(canvas)
    source = (target - map_.shift) @ np.linalg.inv(map_.matrix).T + _middle((high, wide))
    corner = np.floor(source).astype(np.int64)
    t = source - corner
    cubic = np.stack([(1 - t) ** 3, 4 - 6 * t**2 + 3 * t**3, 1 + 3 * t + 3 * t**2 - 3 * t**3, t**3]) / 6
    weights = csr_matrix((len(source), high * wide), dtype=np.float32)
    for dy, dx in product(range(4), repeat=2):
        y, x = corner[:, 0] + dy - 1, corner[:, 1] + dx - 1
        there = np.flatnonzero((y >= 0) & (y < high) & (x >= 0) & (x < wide))
        shares = (cubic[dy, there, 0] * cubic[dx, there, 1]).astype(np.float32)
        weights += csr_matrix((shares, (there, y[there] * wide + x[there])), shape=weights.shape)
    return weights


def kept(pictures: Pictures, maps: Sequence[Affine], canvas: Size) -> float:
    """Return the share of all ink that stays on the canvas under ``maps``, each taken equally often."""
    _fits(pictures, canvas)
    rows, columns = pictures.shape[1:]
    ink = pictures.sum(axis=0, dtype=np.float64).repeat(FINE, axis=0).repeat(FINE, axis=1)
    fine = rows * FINE, columns * FINE
    places = (np.moveaxis(np.indices(fine), 0, -1) - _middle(fine)) / FINE
    shares = []
    for map_ in maps:
        target = places @ np.array(map_.matrix).T + map_.shift
        inside = (np.abs(target) <= np.array(canvas) / 2).all(axis=-1)
        shares.append(ink[inside].sum() / ink.sum() if ink.any() else 1.0)
    return float(np.mean(shares))


def widened(pictures: Pictures, pixels: float, canvas: Size) -> Pictures:
    """Return (N, *canvas): strokes wider by ``pixels``, or thinner where it is below 0.

    Greyscale dilation, or erosion, by a disc of half of that as its radius. A pixel is taken for a square of one grey,
    and cut into ``FINE`` x ``FINE`` parts; each becomes the darkest (lightest) that the disc about it touches, and the
    pixel the mean of its parts. So strokes grow by fractions of a pixel, in steps of 2 / ``FINE``, and by 0 not at all.
    """
    framed = _framed(pictures, canvas)
    if pixels < 0:  # the ink's erosion is the paper's dilation, and outside there is paper
        return np.asarray(255 - _dilated(255 - framed, -pixels / 2, 255), np.uint8)
    return _dilated(framed, pixels / 2, 0)


def _dilated(pictures: Pictures, radius: float, outside: int) -> Pictures:
    _, rows, columns = pictures.shape
    reach = ceil(radius)
    around = ((0, 0), (reach, reach), (reach, reach))
    result = np.empty_like(pictures)
    parts = (np.arange(FINE) + 0.5) / FINE - 0.5  # their middles, from the pixel's
    for block in _blocks(len(pictures)):
        padded = np.pad(pictures[block], around, constant_values=outside)
        total = np.zeros(pictures[block].shape, np.uint16)
        for y, x in product(parts, repeat=2):
            most = pictures[block].copy()
            for dy, dx in product(range(-reach, reach + 1), repeat=2):
                if hypot(max(abs(dy - y) - 0.5, 0), max(abs(dx - x) - 0.5, 0)) <= radius:
                    at = padded[:, reach + dy : reach + dy + rows, reach + dx : reach + dx + columns]
                    np.maximum(most, at, out=most)
            total += most
        result[block] = np.rint(total / FINE**2)
    return result


def noisy(pictures: Pictures, share: float, canvas: Size, seed: int = 0) -> Pictures:
    """Return (N, *canvas): each pixel of the picture turned over with a chance of ``share``, ink to paper and back.

    The paper's salt-and-pepper noise. What the canvas has beyond the picture stays clean. The chances are the same
    whatever the share and the canvas: more noise is what there was, and more.
    """
    draw = Draw(seed)
    result = np.empty_like(pictures)
    for block in _blocks(len(pictures)):
        some = pictures[block]
        result[block] = np.where(draw(0, 1, *some.shape) < share, 255 - some, some)
    return _framed(result, canvas)


def _framed(pictures: Pictures, canvas: Size) -> Pictures:
    """Return the pictures in the middle of the canvas."""
    _fits(pictures, canvas)
    borders = [((a - b) // 2, (a - b) // 2) for a, b in zip(canvas, pictures.shape[1:], strict=True)]
    return np.pad(pictures, [(0, 0), *borders])


def _fits(pictures: Pictures, canvas: Size) -> None:
    for name, wide, size in zip(("rows", "columns"), canvas, pictures.shape[1:], strict=True):
        if wide < size or (wide - size) % 2:
            raise LenetError(
                f"a canvas must have as many {name} as the picture's {size}, or 2, 4, ... more, not {wide}"
            )


def _middle(size: Size) -> NDArray[np.float64]:
    return (np.array(size) - 1) / 2


def _blocks(count: int, first: int = 0, step: int = 1) -> Iterable[slice]:
    return (slice(at, min(at + BLOCK * step, count), step) for at in range(first, count, BLOCK * step))

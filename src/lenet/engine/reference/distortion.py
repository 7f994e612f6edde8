"""Random distortions of pictures: planar affine maps (the paper, section III.A), elastic displacement, and noise.

Simard, Steinkraus and Platt (2003), section 2, describe the elastic one. x runs right and y down, from the picture's
middle; the random numbers of a picture are those of its key (``randomness``), by number:

    0: whether it is distorted    1, 2: shift x, y    3: scale    4: squeeze    5: shear    6: rotation
    16 + pixel: the noise of dx   16 + rows x columns + pixel: the noise of dy   (pixels row by row)
    16 + 2 x rows x columns + pixel: whether it is turned over, in all channels
"""

from __future__ import annotations

from math import ceil, cos, radians, sin, sqrt

import numpy as np

from ...recipe import Distortion
from .arrays import Array, Places
from .randomness import Words, draw

ELASTIC = 16  # number of the first random number of the elastic displacement


def distort(p: Array, keys: Words, distortion: Distortion) -> Array:
    """Return distorted pictures: ``p`` (N, channels, rows, columns), 0 the background; ``keys`` (N,), one a picture."""
    result = p.copy()
    for n, key in enumerate(keys):
        if draw(key, 0)[0] < distortion.share:
            x, y = sources(key, distortion, p.shape[2], p.shape[3])
            result[n] = noisy(bilinear(p[n], x, y), key, distortion.noise)
    return result


def noisy(picture: Array, key: Words, chance: float) -> Array:
    """Return ``picture`` (channels, rows, columns) with salt and pepper: 1 - p where a pixel is turned over.

    The chance is taken in float32, as the fast engine has it: then the very same pixels are.
    """
    _, rows, columns = picture.shape
    first = ELASTIC + 2 * rows * columns
    turned = draw(key, first + np.arange(rows * columns)).reshape(rows, columns) < np.float32(chance)
    return np.where(turned, 1 - picture, picture)


def sources(key: Words, distortion: Distortion, rows: int, columns: int) -> tuple[Array, Array]:
    """Return the column x and the row y that each pixel of the distorted picture comes from, (rows, columns) each."""
    matrix, shift = affine(key, distortion)
    row, column = np.indices((rows, columns))
    middle = np.array([(columns - 1) / 2, (rows - 1) / 2])
    target = np.stack([column, row], axis=-1) - middle
    x, y = np.moveaxis((target - shift) @ np.linalg.inv(matrix).T + middle, -1, 0)
    dx, dy = elastic(key, distortion, rows, columns) if distortion.elastic else (0.0, 0.0)
    return x + dx, y + dy


def affine(key: Words, distortion: Distortion) -> tuple[Array, Array]:
    """Return the map target = matrix @ source + shift, of (x, y) from the middle: rotation x shear x scale."""
    d = distortion
    ranges = np.array([d.shift, d.shift, d.scale, d.squeeze, d.shear, d.rotation])
    shift_x, shift_y, scale, squeeze, shear, rotation = (2 * draw(key, np.arange(1, 7)) - 1) * ranges
    angle = radians(rotation)  # from x to y: clockwise, as y runs down
    turned = np.array([[cos(angle), -sin(angle)], [sin(angle), cos(angle)]])
    sheared = np.array([[1, shear], [0, 1]])
    scaled = np.diag([(1 + scale) * (1 + squeeze), (1 + scale) / (1 + squeeze)])
    return turned @ sheared @ scaled, np.array([shift_x, shift_y])


def elastic(key: Words, distortion: Distortion, rows: int, columns: int) -> tuple[Array, Array]:
    """Return the displacements dx and dy (rows, columns): noise, smoothed, of a deviation of ``elastic`` pixels.

    Noise uniform in [-1, 1) has a variance of 1/3, and smoothing multiplies it by the kernel's sum of squares, which
    for a product of two Gaussians is the square of one's.
    """
    weights = gaussian(distortion.smoothness)
    size = distortion.elastic * sqrt(3) / (weights**2).sum()
    along_rows, along_columns = band(weights, rows), band(weights, columns)
    fields = 2 * draw(key, ELASTIC + np.arange(2 * rows * columns)).reshape(2, rows, columns) - 1
    dx, dy = size * (along_rows @ fields @ along_columns.T)
    return dx, dy


def gaussian(deviation: float) -> Array:
    """Return a Gaussian's weights at -radius to radius pixels, radius = ceil(3 deviation); they sum to 1."""
    radius = ceil(3 * deviation)
    weights = np.exp(-(np.arange(-radius, radius + 1) ** 2) / (2 * deviation**2))
    smoothing: Array = weights / weights.sum()
    return smoothing


def band(weights: Array, length: int) -> Array:
    """Return the matrix (length, length) that smooths along one side; there is nothing outside the picture."""
    radius = len(weights) // 2
    at, from_ = np.indices((length, length))
    near = abs(from_ - at) <= radius
    return np.where(near, weights[np.clip(from_ - at + radius, 0, 2 * radius)], 0)


def bilinear(picture: Array, x: Array, y: Array) -> Array:
    """Return ``picture`` (channels, rows, columns) at columns ``x`` and rows ``y``, mixed from the four pixels around.

    Every pixel outside the picture is 0.
    """
    left, top = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    right_share, low_share = (x - left).astype(picture.dtype), (y - top).astype(picture.dtype)
    upper = (1 - right_share) * _at(picture, left, top) + right_share * _at(picture, left + 1, top)
    lower = (1 - right_share) * _at(picture, left, top + 1) + right_share * _at(picture, left + 1, top + 1)
    return (1 - low_share) * upper + low_share * lower


def _at(picture: Array, column: Places, row: Places) -> Array:
    _, rows, columns = picture.shape
    inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
    return np.where(inside, picture[:, np.clip(row, 0, rows - 1), np.clip(column, 0, columns - 1)], 0)

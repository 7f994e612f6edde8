"""Glyphs drawn from the paper's 7x12 bitmaps and distorted: for trying things out, and for tests, without a network.

Each bitmap becomes a field of distances from its outline. Drawing a glyph is then a look-up: a pixel is taken back
through the glyph's distortion to a place in the field, and the distance there, less the thickness of the pen, is
how much ink the pixel has, with smooth edges at every scale.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from ..errors import LenetError
from ..network.rbf import COLUMNS, ROWS, bitmaps
from .arrays import Labels
from .dataset import Dataset

DIGITS = "0123456789"
TRAIN, TEST = 10_000, 2_000

FINE = 16  # places of the field a bitmap's pixel
MARGIN = 3  # of the field around a bitmap, its pixels
BLOCK = 512  # glyphs drawn at once

Floats = NDArray[np.float32]


def glyphs(count: int, seed: int, classes: str = DIGITS, size: int = 28) -> tuple[NDArray[np.uint8], Labels]:
    """Draw glyphs in a random order of classes, each class alike; the same arguments draw the same glyphs.

    A glyph is bright on 0 and fills about 20/28 of the picture at most, round its centre of mass, as MNIST's digits do.
    Sizes, slant, rotation, squeeze, waviness, the pen's thickness, sharpness and grain are drawn at random.

    Args:
        count: how many.
        seed: of everything random, 0 or more.
        classes: printable ASCII characters; a label is a place in this string.
        size: rows and columns of a picture.

    Returns:
        Pictures, uint8 (count, size, size), and labels, uint8 (count,).

    Raises:
        LenetError: a character has no bitmap, or a number is out of range.
    """
    if count < 1 or seed < 0 or size < 8:
        raise LenetError(
            f"glyphs need a count of 1 or more, a seed of 0 or more and a size of 8 or more, "
            f"but these are {count}, {seed} and {size}"
        )
    strange = [character for character in classes if character not in bitmaps() or character == " "]
    if strange or not classes or len(set(classes)) != len(classes):
        raise LenetError(f"the classes of glyphs must be different characters from ! to ~, but are {classes!r}")
    draw = Draw(seed)
    labels = (np.arange(count) % len(classes))[np.argsort(draw(0, 1, count), kind="stable")].astype(np.uint8)
    pictures = np.empty((count, size, size), np.uint8)
    fields = np.stack([_field(character) for character in classes])
    extents = np.array([_extent(character) for character in classes], np.float32)
    for first in range(0, count, BLOCK):
        some = labels[first : first + BLOCK]
        pictures[first : first + BLOCK] = _drawn(fields, extents[some], some, size, draw)
    return pictures, labels


class Draw:
    """Uniform random numbers from raw bits, whose stream NumPy promises for all its versions."""

    def __init__(self, seed: int) -> None:
        self.bits = np.random.PCG64(seed)

    def __call__(self, low: float, high: float, *shape: int) -> Floats:
        """Return float32 numbers from low to high, of a shape."""
        raw = self.bits.random_raw(int(np.prod(shape))).reshape(shape)
        return np.asarray(low + (high - low) * ((raw >> np.uint64(11)) * 2.0**-53), np.float32)


def _ink(character: str) -> NDArray[np.float64]:
    """Return a bitmap, 1 where there is ink; without the bar over 0, 2, 4 and 5, which handwriting hasn't."""
    rows = bitmaps()[character]
    if character in DIGITS and "#" not in rows[1]:
        rows = (rows[1], *rows[1:])
    return np.array([[pixel == "#" for pixel in row] for row in rows], np.float64)


@cache
def _field(character: str) -> Floats:
    """Return the distance to a character's rounded outline, in pixels of its bitmap, negative within the ink."""
    from scipy.ndimage import distance_transform_edt, gaussian_filter  # type: ignore[import-untyped]

    ink = np.kron(np.pad(_ink(character), MARGIN), np.ones((FINE, FINE)))
    ink = gaussian_filter(ink, 0.45 * FINE) > 0.5  # rounds the steps of slanted strokes
    return np.asarray((distance_transform_edt(~ink) - distance_transform_edt(ink)) / FINE, np.float32)


@cache
def _extent(character: str) -> tuple[float, float, float, float]:
    """Return a character's centre of mass (y, x), and how far its ink goes from there (y, x), in bitmap pixels."""
    ink = _ink(character)
    total = ink.sum()
    y = float((ink.sum(1) * (np.arange(ROWS) + 0.5)).sum() / total)
    x = float((ink.sum(0) * (np.arange(COLUMNS) + 0.5)).sum() / total)
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    return (
        y + MARGIN,
        x + MARGIN,
        max(y - rows[0], rows[-1] + 1 - y),
        max(x - columns[0], columns[-1] + 1 - x),
    )


def _drawn(fields: Floats, extents: Floats, labels: NDArray[np.uint8], size: int, draw: Draw) -> NDArray[np.uint8]:
    count = len(labels)
    rotation, slant, squeeze = draw(-0.2, 0.2, count), draw(-0.15, 0.35, count), draw(0.75, 1.3, count)
    # From bitmap to picture, in (y, x): squeeze, then slant, then rotation.
    cos, sin = np.cos(rotation), np.sin(rotation)
    yy, yx = cos - sin * slant, sin * squeeze
    xy, xx = -sin - cos * slant, cos * squeeze
    height = np.abs(yy) * extents[:, 2] + np.abs(yx) * extents[:, 3]
    width = np.abs(xy) * extents[:, 2] + np.abs(xx) * extents[:, 3]
    scale = size * 10 / 28 * draw(0.8, 1.0, count) / np.maximum(height, width)  # picture's pixels a bitmap's
    determinant = yy * xx - yx * xy
    back = np.stack([xx, -yx, -xy, yy]) / (determinant * scale)  # the inverse

    place = np.arange(size, dtype=np.float32) + 0.5 - size / 2
    phase = draw(0, 6.3, 2, count)[:, :, None] + draw(0.15, 0.35, 2, count)[:, :, None] * place * (28 / size)
    wave = np.sin(phase) * draw(0, 0.8, 2, count)[:, :, None] * (size / 28)
    shift = draw(-0.5, 0.5, 2, count)[:, :, None]
    y = (place + shift[0])[:, :, None] + wave[0][:, None, :]  # (N, H, W): a column's shift waves along the row
    x = (place + shift[1])[:, None, :] + wave[1][:, :, None]
    a, b, c, d = back[:, :, None, None]
    distance = _look_up(
        fields, labels, a * y + b * x + extents[:, 0, None, None], c * y + d * x + extents[:, 1, None, None]
    )

    pixel = scale[:, None, None]
    pen = draw(-0.25, 0.35, count)[:, None, None]  # bitmap pixels
    sharpness = draw(0.5, 1.0, count)[:, None, None]
    ink = np.clip((pen - distance) * pixel * sharpness + 0.5, 0, 1)
    grain = draw(0.9, 1.0, count, size, size)
    return np.asarray(np.rint(ink * grain * 255), np.uint8)


def _look_up(fields: Floats, labels: NDArray[np.uint8], y: Floats, x: Floats) -> Floats:
    """Return the fields' values at places (N, H, W), in bitmap pixels from the field's corner; the nearest does."""
    _, rows, columns = fields.shape
    row = np.clip((y * FINE).astype(np.int32), 0, rows - 1)
    column = np.clip((x * FINE).astype(np.int32), 0, columns - 1)
    return np.asarray(fields.reshape(-1)[(labels.astype(np.int32)[:, None, None] * rows + row) * columns + column])


def dataset() -> Dataset:
    """Return the data set ``glyphs``: 10,000 digits to train on and 2,000 to test on."""
    train, test = glyphs(TRAIN, seed=0), glyphs(TEST, seed=1)
    return Dataset("glyphs", tuple(DIGITS), *train, *test)

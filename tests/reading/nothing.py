"""Pictures without a digit: plain, noise, textures, strokes of one pixel, what photographs look like, letters."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage

from lenet.data import glyphs

Bytes = NDArray[np.uint8]
LETTERS = "ACEFHKMNPRTUVWXYaefhkmnprtuvwxy"  # none that is written as a digit may be
ROWS, COLUMNS = 120, 160


def stretched(field: NDArray[np.float64], low: float = 0, high: float = 255) -> Bytes:
    """Return a field of any range as greys from ``low`` to ``high``."""
    field = field - field.min()
    return np.rint(low + (high - low) * field / max(field.max(), 1e-9)).astype(np.uint8)


def cloud(rng: np.random.Generator, rows: int = ROWS, columns: int = COLUMNS) -> NDArray[np.float64]:
    """Return a random field whose amplitudes fall with frequency, as those of photographs do."""
    noise = np.fft.rfft2(rng.standard_normal((rows, columns)))
    down, across = np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None]
    return np.fft.irfft2(noise / np.maximum(np.hypot(down, across), 1 / max(rows, columns)), (rows, columns))


def cat(rng: np.random.Generator) -> Bytes:
    """Return shaded bodies before a background, an outline and fur: edges, shadows and grain, in colour."""
    layers = []
    for _ in range(3):
        picture = Image.new("L", (4 * COLUMNS, 4 * ROWS), int(rng.integers(80, 180)))
        draw = ImageDraw.Draw(picture)
        for _ in range(6):
            left, top = rng.integers(0, 4 * COLUMNS), rng.integers(0, 4 * ROWS)
            wide, high = rng.integers(100, 400, 2)
            draw.ellipse((left - wide, top - high, left + wide, top + high), fill=int(rng.integers(20, 240)))
        layers.append(np.asarray(picture.resize((COLUMNS, ROWS)), np.float64) + 12 * cloud(rng) / cloud(rng).std())
    return np.clip(np.stack(layers, axis=-1), 0, 255).astype(np.uint8)


def blobs(rng: np.random.Generator) -> Bytes:
    """Return a field cut into two greys: large dark patches with smooth edges."""
    return np.where(ndimage.gaussian_filter(rng.standard_normal((ROWS, COLUMNS)), 18) > 0, 230, 40).astype(np.uint8)


def waves(down: float, across: float) -> Bytes:
    """Return stripes or a weave of some periods, in pixels; 0: none that way."""
    rows, columns = np.mgrid[:ROWS, :COLUMNS].astype(np.float64)
    return stretched(
        sum(np.sin(2 * np.pi * places / period) for places, period in ((rows, down), (columns, across)) if period)
    )


def ruled(*lines: tuple[int, int, int, int]) -> Bytes:
    """Return lines of one pixel, each from (x, y) to (x, y), black on white."""
    picture = Image.new("L", (COLUMNS, ROWS), 255)
    for line in lines:
        ImageDraw.Draw(picture).line(line, fill=0)
    return np.asarray(picture)


def plain() -> dict[str, Bytes]:
    """Return pictures of one grey, of any shape."""
    shapes = (28, 28), (1, 1), (1, 500), (500, 1), (2, 3), (300, 200)
    return {f"{grey} {shape}": np.full(shape, grey, np.uint8) for grey in (0, 128, 255) for shape in shapes}


def pictures() -> dict[str, Bytes]:
    """Return pictures with something on them that is no digit, by name."""
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[:ROWS, :COLUMNS]
    made: dict[str, Callable[[], Bytes]] = {
        "noise": lambda: rng.integers(0, 256, (ROWS, COLUMNS), np.uint8),
        "noise of 28 x 28": lambda: rng.integers(0, 256, (28, 28), np.uint8),
        "noise in colour": lambda: rng.integers(0, 256, (ROWS, COLUMNS, 3), np.uint8),
        "faint noise": lambda: np.clip(rng.normal(200, 6, (ROWS, COLUMNS)), 0, 255).astype(np.uint8),
        "salt and pepper": lambda: rng.choice(np.array([0, 255], np.uint8), (ROWS, COLUMNS), p=(0.05, 0.95)),
        "smoothed noise": lambda: stretched(ndimage.gaussian_filter(rng.standard_normal((ROWS, COLUMNS)), 2)),
        "a chessboard": lambda: ((rows // 8 + columns // 8) % 2 * 255).astype(np.uint8),
        "a chessboard of pixels": lambda: ((rows + columns) % 2 * 255).astype(np.uint8),
        "stripes": lambda: waves(12, 0),
        "a weave": lambda: waves(9, 7),
        "a slope": lambda: stretched((rows + columns).astype(np.float64)),
        "a vignette": lambda: stretched(-np.hypot(rows - ROWS / 2, columns - COLUMNS / 2), 60, 250),
        "halves": lambda: ((columns < COLUMNS // 2) * 255).astype(np.uint8),
        "a pixel": lambda: ruled((80, 60, 80, 60)),
        "a level stroke": lambda: ruled((20, 60, 140, 60)),
        "three level strokes": lambda: ruled(*((20, y, 140, y) for y in (40, 60, 80))),
        "a grid": lambda: np.where((rows % 16 == 8) | (columns % 16 == 8), 0, 255).astype(np.uint8),
        "a cloud": lambda: stretched(cloud(rng)),
        "a dim cloud": lambda: stretched(cloud(rng), 90, 140),
        "blobs": lambda: blobs(rng),
        "more blobs": lambda: blobs(rng),
        "a cat": lambda: cat(rng),
        "another cat": lambda: cat(rng),
    }  # fmt: skip
    return {name: make() for name, make in made.items()}


def letters(count: int) -> list[Bytes]:
    """Return drawn letters, dark on light."""
    images, _ = glyphs(count, seed=0, classes=LETTERS, size=56)
    return list(255 - images)

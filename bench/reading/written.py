"""Pictures made of MNIST's test digits, as files like any other: each digit as a picture, and digits as lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

import lenet

from .pictures import Kind, Picture, PictureSet

HIGH = 20, 400  # of a picture, pixels; as many on each scale: the logarithm is uniform
WIDE = 1.0, 1.6  # of its height
FILLED = 0.75, 1.0  # of the height, by the frame of 28 pixels that holds the digit
TURN = 5.0  # degrees, at most
PAPER, INK = (200, 255), (0, 80)  # greys of dark ink on light paper; of light on dark, 255 less those
FINE = 4  # times MNIST's pixels in which a digit is turned
SEED = 1998

Bytes = NDArray[np.uint8]


def mnist(folder: Path, count: int) -> list[PictureSet]:
    """Write MNIST's first test digits as pictures; return the sets: as they are, dark on light, light on dark."""
    images, labels = _digits(count)
    ways = {
        "mnist as it is": lambda: iter(images),
        "mnist dark on light": lambda: pictures(images, dark=True),
        "mnist light on dark": lambda: pictures(images, dark=False),
    }
    return [_written(folder / name, Kind.DIGIT, zip(make(), labels, strict=True)) for name, make in ways.items()]


def lines(folder: Path, count: int) -> PictureSet:
    """Write lines of MNIST's test digits, as the reader is trained on those of its training digits; return the set."""
    return _written(folder / "written lines", Kind.LINE, made_lines(count))


def made_lines(count: int) -> Iterator[tuple[Bytes, str]]:
    """Yield pictures of lines made of MNIST's test digits, and their digits without the marks between them."""
    write_line: Any = import_module("lenet.data.writing").write_line
    data = lenet.data.load("mnist")
    rng = np.random.default_rng(SEED)
    while count:
        line = write_line(rng, (data.test_images, data.test_labels))
        digits = "".join(character for character in line.text if character.isdigit())
        if digits and "?" not in line.text:
            yield line.picture, digits
            count -= 1


def pictures(images: Bytes, *, dark: bool, seed: int = SEED) -> Iterator[Bytes]:
    """Yield each digit as a picture of its own: of any size, off centre, slightly turned.

    Args:
        images: uint8 (N, 28, 28), 0 paper and 255 ink.
        dark: whether ink is darker than paper.
        seed: of sizes, places, turns and greys; the same ones for dark and for light ink.
    """
    rng = np.random.default_rng(seed)
    for image in images:
        ink = _laid(rng, image)
        paper, pen = rng.uniform(*PAPER), rng.uniform(*INK)
        grey = np.rint(paper + (pen - paper) * ink).astype(np.uint8)
        yield grey if dark else 255 - grey


def _laid(rng: np.random.Generator, image: Bytes) -> NDArray[np.float64]:
    """Return a digit's ink, 0 to 1, in a picture of some size, all of it inside a border of paper."""
    high = round(float(np.exp(rng.uniform(*np.log(HIGH)))))
    wide = round(high * rng.uniform(*WIDE))
    side = round(high * rng.uniform(*FILLED))
    fine = Image.fromarray(image).resize((28 * FINE, 28 * FINE), Image.Resampling.BICUBIC)
    turned = fine.rotate(rng.uniform(-TURN, TURN), Image.Resampling.BICUBIC)
    ink = np.asarray(turned.resize((side, side), Image.Resampling.BICUBIC), np.float64) / 255
    down, across = (np.flatnonzero((ink > 0).any(axis=axis)) for axis in (1, 0))
    cut = ink[down[0] : down[-1] + 1, across[0] : across[-1] + 1]
    page = np.zeros((high, wide))
    top, left = (int(rng.integers(1, room)) for room in np.subtract(page.shape, cut.shape))
    page[top : top + cut.shape[0], left : left + cut.shape[1]] = cut
    return page


def _digits(count: int) -> tuple[Bytes, list[str]]:
    data = lenet.data.load("mnist")
    return data.test_images[:count], [str(label) for label in data.test_labels[:count]]


def _written(folder: Path, kind: Kind, made: Iterable[tuple[Bytes, str]]) -> PictureSet:
    """Write pictures as PNG into a new folder and return them as a set of its name."""
    folder.mkdir(parents=True)
    found = []
    for number, (picture, label) in enumerate(made):
        path = folder / f"{number:05}.png"
        Image.fromarray(picture).save(path, compress_level=1)
        found.append(Picture(path, label))
    return PictureSet(folder.name, kind, tuple(found))

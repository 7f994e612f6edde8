"""Pictures in a terminal: half-block characters in greys where there is colour, plain characters where there isn't."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

WIDE = 14  # columns of a drawing: five of them and their gaps fit into 80
GAP = "  "
RAMP = " .:-=+*#%@"  # from paper to ink
BLOCKS = " ▄▀█"  # by (upper half, lower half)
GREYS = 24  # of the 256 colours: 232 (almost black) to 255 (almost white)
INK = 0.35  # share of full ink from which a block is drawn

Picture = NDArray[Any]  # uint8, or float from 0 to 1; (H, W) or (C, H, W)


class Style(Enum):
    """What the terminal can show."""

    GREYS = "greys"  # 256 colours and half blocks
    BLOCKS = "blocks"  # half blocks, no colour
    ASCII = "ascii"  # the plain characters of ``RAMP``


def shrink(picture: NDArray[np.floating[Any]], rows: int, columns: int) -> NDArray[np.float64]:
    """Return ``picture`` (H, W) as (rows, columns): each the mean over its share of the area."""
    across, down = _shares(picture.shape[1], columns), _shares(picture.shape[0], rows)
    return np.asarray(down @ picture @ across.T, np.float64)


def _shares(size: int, parts: int) -> NDArray[np.float64]:
    """Return (parts, size): the weight of each of ``size`` pixels in each of ``parts`` stretches; rows sum to 1."""
    ends = np.linspace(0, size, parts + 1)
    pixels = np.arange(size)
    overlap = np.minimum(ends[1:, None], pixels + 1) - np.maximum(ends[:-1, None], pixels)
    return np.asarray(np.clip(overlap, 0, None) * (parts / size), np.float64)


def draw(picture: Picture, style: Style, columns: int = WIDE) -> list[str]:
    """Return the lines that draw a picture in ``columns`` characters; a character is twice as high as wide.

    Args:
        picture: uint8 (H, W) or (C, H, W), 255 ink; or float, 1 ink.
        style: what the terminal can show.
        columns: characters across.
    """
    full = 255.0 if picture.dtype.kind == "u" else 1.0
    grey = np.clip((picture.mean(axis=0) if picture.ndim == 3 else picture) / full, 0, 1)
    lines = max(1, round(columns * grey.shape[0] / grey.shape[1] / 2))
    if style is Style.ASCII:
        marks = np.rint(shrink(grey, lines, columns) * (len(RAMP) - 1)).astype(int)
        return ["".join(RAMP[mark] for mark in row) for row in marks]
    halves = shrink(grey, 2 * lines, columns).reshape(lines, 2, columns)
    paint = _greys if style is Style.GREYS else _blocks
    return [paint(upper, lower) for upper, lower in halves]


def _blocks(upper: NDArray[np.float64], lower: NDArray[np.float64]) -> str:
    return "".join(BLOCKS[2 * (u > INK) + (d > INK)] for u, d in zip(upper, lower, strict=True))


def _greys(upper: NDArray[np.float64], lower: NDArray[np.float64]) -> str:
    shades = np.rint(np.stack([upper, lower], axis=1) * (GREYS - 1)).astype(int) + 232
    return "".join(f"\x1b[38;5;{u};48;5;{d}m▀" for u, d in shades.tolist()) + "\x1b[0m"


def gallery(pictures: Sequence[Picture], captions: Sequence[Sequence[str]], style: Style, width: int = 80) -> str:
    """Return pictures side by side, at most five in a row and as many as fit, each above the lines of its caption.

    Args:
        pictures: each as ``draw`` takes it.
        captions: for each picture the lines below it; cut to its width.
        style: what the terminal can show.
        width: of the terminal, in characters.
    """
    abreast = min(5, max(1, (width + len(GAP)) // (WIDE + len(GAP))))
    drawings = [draw(picture, style) for picture in pictures]
    rows = []
    for first in range(0, len(drawings), abreast):
        some = slice(first, first + abreast)
        texts = [[line[:WIDE].ljust(WIDE) for line in caption] for caption in captions[some]]
        lines = (*zip(*drawings[some], strict=True), *zip(*texts, strict=True))
        rows += [*(GAP.join(line).rstrip() for line in lines), ""]
    return "\n".join(rows).rstrip("\n")

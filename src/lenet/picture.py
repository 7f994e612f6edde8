"""A picture of one character as MNIST would hold it: white on black, in a box of 20 pixels, centred by its mass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .errors import LenetError

BOX = 20 / 28  # of a side: MNIST's digits fill at most 20 of 28 pixels (the paper's section III.A)
FAINT = 48  # of 255: where ink and paper differ by less, there is no ink
SAME = 0.08  # a character that fills the box to this share is left at its size
Grey = NDArray[np.uint8]


def prepare(grey: Grey, rows: int = 28, columns: int = 28) -> Grey:
    """Return the one character of a picture as MNIST would hold it, uint8 (rows, columns): 0 paper, 255 ink.

    The border's brightness tells paper from ink; the ink's box is cut out, scaled to fit 20/28 of the sides with its
    proportions kept, and laid so that its centre of mass is the middle, to the nearest pixel.

    Args:
        grey: uint8 (rows, columns), any size.
        rows: of the result.
        columns: of the result.

    Raises:
        LenetError: the picture is empty: paper and ink differ too little.
    """
    ink, least = _ink(grey)
    down, across = (np.flatnonzero((ink > least).any(axis=axis)) for axis in (1, 0))
    cut = ink[down[0] : down[-1] + 1, across[0] : across[-1] + 1]
    return _centred(_fitted(cut, rows * BOX, columns * BOX), rows, columns)


def _ink(grey: Grey) -> tuple[NDArray[np.float64], float]:
    """Return how much ink each pixel holds, 0 to 255, and how much of it may be noise of the paper."""
    border = np.concatenate([grey[0], grey[-1], grey[1:-1, 0], grey[1:-1, -1]]).astype(np.float64)
    paper = float(np.median(border))
    dark_ink = paper - float(grey.min()) > float(grey.max()) - paper
    ink = np.clip((paper - grey) if dark_ink else (grey - paper), 0, None)
    most = float(ink.max())
    if most < FAINT:
        raise LenetError(
            f"the picture is empty: its darkest and lightest pixels differ by {most:.0f} of 255, "
            f"and ink must differ from paper by {FAINT} or more"
        )
    noise = 4 * 1.4826 * float(np.median(np.abs(border - paper)))  # 4 deviations of the paper
    return ink * (255 / most), min(noise, most / 2) * (255 / most)


def _fitted(cut: NDArray[np.float64], high: float, wide: float) -> NDArray[np.float64]:
    """Return ink scaled to fit (high, wide) pixels, its darkest pixel at 255 again."""
    from PIL import Image

    scale = min(high / cut.shape[0], wide / cut.shape[1])
    if abs(scale - 1) <= SAME:
        return cut
    size = max(1, round(cut.shape[1] * scale)), max(1, round(cut.shape[0] * scale))
    scaled = np.asarray(Image.fromarray(cut.astype(np.float32)).resize(size, Image.Resampling.BILINEAR))
    return np.clip(scaled * (255 / max(float(scaled.max()), 1)), 0, 255).astype(np.float64)


def _centred(ink: NDArray[np.float64], rows: int, columns: int) -> Grey:
    """Return ink on black (rows, columns), its centre of mass in the middle, as far as it stays inside.

    As in MNIST, the middle of 28 pixels is that of the fifteenth, so that the centre of mass lies in [13.5, 14.5) when
    pixels are counted from 0: it does in each of MNIST's 10,000 test digits.
    """
    page = np.zeros((rows, columns), np.uint8)
    high, wide = ink.shape
    centres = (np.arange(size) @ ink.sum(axis=1 - axis) / ink.sum() for axis, size in enumerate(ink.shape))
    top, left = (
        int(np.clip(np.ceil(side // 2 - 0.5 - centre), 0, side - size))
        for side, centre, size in zip((rows, columns), centres, (high, wide), strict=True)
    )
    page[top : top + high, left : left + wide] = np.rint(ink)
    return page

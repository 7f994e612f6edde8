"""A picture of any of Pillow's modes laid flat: grey or RGB, uint8, on paper where it is transparent, not too large."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from .levels import Pixels, levels

if TYPE_CHECKING:
    from PIL.Image import Image

ENOUGH = 4_000_000  # pixels: a sheet of A4 at 200 to the inch, at which writing is scanned to be read
SHORT = 1_000  # pixels of the shorter side: a long strip of writing isn't made flatter than this for its length
MOST = 16_000_000  # pixels of a frame, however long and narrow
STRIP = 1 << 21  # pixels laid flat at a time: copies of a whole large picture would take too much memory
LIGHT = 200  # of 255: ink as light as this or lighter vanishes on white paper
ORIENTATION = 0x0112  # Exif's tag


def reduction(width: int, height: int) -> int:
    """Return by what a picture's sides are divided, 1, 2, 4 or 8, to leave about 4 million pixels at most."""
    for factor in (1, 2, 4):
        pixels = width * height / factor**2
        narrow = min(width, height) < 2 * factor * SHORT
        if pixels <= ENOUGH or (narrow and pixels <= MOST):
            return factor
    return 8


def lay_flat(image: Image, factor: int = 1, called: str = "source") -> Pixels:
    """Return a loaded image as uint8 (rows, columns) or (rows, columns, 3), its sides divided by ``factor``.

    Numbers of more than 8 bits are scaled (see ``levels``). What is transparent becomes white; or black, where light
    ink on nothing would vanish.

    Raises:
        LenetError: the image is of floats or signed numbers that are no levels of grey.
    """
    from PIL import Image as Pillow

    if image.mode.startswith("I") or image.mode == "F":
        image = Pillow.fromarray(levels(np.asarray(image), called))
    if image.mode == "La":
        image = image.convert("LA")  # Pillow turns it into nothing else
    rows = max(STRIP // image.width // factor, 1) * factor
    boxes = [(0, top, image.width, min(top + rows, image.height)) for top in range(0, image.height, rows)]
    paper = _paper(image, boxes) if _transparent(image) else None
    flat = []
    for box in boxes:
        strip = _grey_or_rgb(image.crop(box), paper)
        flat.append(np.asarray(strip.reduce(factor) if factor > 1 else strip))
    return np.concatenate(flat) if len(flat) > 1 else flat[0]


def _grey_or_rgb(strip: Image, paper: str | None) -> Image:
    from PIL import Image as Pillow

    if paper is not None:
        grey = strip.mode in ("1", "L", "LA", "La")
        strip = Pillow.alpha_composite(Pillow.new("RGBA", strip.size, paper), strip.convert("RGBA"))
        return strip.convert("L" if grey else "RGB")
    if strip.mode in ("L", "RGB"):
        return strip
    if strip.mode == "LAB":
        return strip.getchannel("L")  # the lightness; Pillow turns LAB into nothing else without a colour profile
    return strip.convert("L" if strip.mode == "1" else "RGB")


def _transparent(image: Image) -> bool:
    return image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info


def _paper(image: Image, boxes: list[tuple[int, int, int, int]]) -> str:
    """Return what a transparent picture is laid on: white, or black where the little that can be seen is all light."""
    seen, darkest = 0, 255
    for box in boxes:
        strip = image.crop(box).convert("RGBA")
        there = np.asarray(strip.getchannel("A")) > 127
        seen += int(there.sum())
        darkest = min(darkest, int(np.asarray(strip.convert("L")).min(initial=255, where=there)))
    return "black" if darkest >= LIGHT and 0 < 2 * seen < image.width * image.height else "white"


def upright(pixels: Pixels, image: Image) -> Pixels:
    """Return the pixels of an image turned and mirrored as its camera noted in Exif's orientation, 1 to 8."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            orientation = image.getexif().get(ORIENTATION, 1)
    except Exception:  # damaged notes are no reason not to read the picture
        return pixels
    if orientation not in range(2, 9):
        return pixels
    if orientation >= 5:
        pixels = pixels.swapaxes(0, 1)
    down, across = {2: (1, -1), 3: (-1, -1), 4: (-1, 1), 5: (1, 1), 6: (1, -1), 7: (-1, -1), 8: (-1, 1)}[orientation]
    return np.ascontiguousarray(pixels[::down, ::across])

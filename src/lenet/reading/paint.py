"""What the pictures that are drawn of a reading share: colours, letters, files."""

from __future__ import annotations

import os
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ..errors import LenetError
from ..files import write_atomically

FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP", ".tif": "TIFF", ".tiff": "TIFF"}
OPTIONS: dict[str, dict[str, Any]] = {"JPEG": {"quality": 92}, "TIFF": {"compression": "tiff_lzw"}}

PAPER, INK, SOFT, RULE = "#ffffff", "#222222", "#767676", "#d4d4d4"
# Two of Okabe and Ito's colours, which eyes of every kind tell apart; what is rejected is dashed, too.
ANSWER, REJECTED = "#0072b2", "#d55e00"

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@lru_cache(64)
def font(size: int) -> Font:
    """Return Pillow's own letters, ``size`` pixels high."""
    return ImageFont.load_default(size)


def extent(text: str, letters: Font) -> tuple[int, int]:
    """Return the width and height of a line of text, the height that of the font's tallest letters."""
    left, _, right, _ = letters.getbbox(text)
    _, top, _, bottom = letters.getbbox("Ágj")
    return round(right - left), round(bottom - top)


def wrapped(text: str, letters: Font, width: int) -> list[str]:
    """Return a text as lines of at most ``width`` pixels; a longer word stands alone."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and letters.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def image_of(pixels: NDArray[np.uint8]) -> Image.Image:
    """Return pixels, uint8 (rows, columns) or (rows, columns, 3), as an RGB image to draw on."""
    return Image.fromarray(np.ascontiguousarray(pixels)).convert("RGB")


def scaled(image: Image.Image, factor: float) -> Image.Image:
    """Return an image ``factor`` times as large; where it is much larger, each pixel shows."""
    if factor == 1:
        return image.copy()
    size = max(1, round(image.width * factor)), max(1, round(image.height * factor))
    how = Image.Resampling.NEAREST if factor >= 3 and max(image.size) < 64 else Image.Resampling.LANCZOS
    return image.resize(size, how)


def on(image: Image.Image) -> ImageDraw.ImageDraw:
    """Return what draws on an image; a colour's opacity counts."""
    return ImageDraw.Draw(image, "RGBA")


def check(path: str | os.PathLike[str]) -> Path:
    """Return ``path`` if a picture can be written there; called before the work that is drawn.

    Raises:
        LenetError: the name doesn't end in one of ``FORMATS``, it is a folder, or there is no such folder.
    """
    path = Path(path)
    if path.suffix.lower() not in FORMATS:
        raise LenetError(f"the name of a picture must end in one of {', '.join(FORMATS)}, but is {path}")
    if path.is_dir():
        raise LenetError(f"{path} is a folder; a picture needs the path of a file")
    if not path.parent.is_dir():
        raise LenetError(f"there is no folder {path.parent} to write {path.name} to")
    return path


def save(image: Image.Image, path: str | os.PathLike[str]) -> None:
    """Write an image in the format of the file's ending; in full or not at all.

    Raises:
        LenetError: it can't be written.
    """
    path, data = check(path), BytesIO()
    kind = FORMATS[path.suffix.lower()]
    image.save(data, kind, **OPTIONS.get(kind, {}))
    write_atomically(path, data.getvalue())

"""A contact sheet of the pictures that were read wrong, each with its label and the answer."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw, ImageOps

from .pictures import Picture
from .systems.base import Answer, opened

CELL = 150, 80  # pixels: width and height of the picture in it
TEXT = 26  # pixels below it, for two lines
COLUMNS = 8


def sheet(wrong: Sequence[tuple[str, Picture, Answer]]) -> bytes:
    """Return a PNG of pictures, each scaled into a cell over its set and file, its label, the answer and how sure.

    Args:
        wrong: the set's name, the picture and the answer of each.
    """
    wide, high = CELL[0] + 6, CELL[1] + TEXT + 6
    rows = -(-len(wrong) // COLUMNS)
    page = Image.new("RGB", (COLUMNS * wide, max(rows, 1) * high), "white")
    draw = ImageDraw.Draw(page)
    for place, (name, picture, answer) in enumerate(wrong):
        left, top = place % COLUMNS * wide + 3, place // COLUMNS * high + 3
        page.paste(ImageOps.contain(opened(picture.path), CELL), (left, top))
        sure = f" {answer.confidence:.3f}" if answer.text else ""
        draw.text((left, top + CELL[1]), f"{name[:12]} {picture.path.stem}", fill="grey")
        draw.text((left, top + CELL[1] + TEXT // 2), f"{picture.label} -> {answer.text or 'none'}{sure}", fill="red")
    file = BytesIO()
    page.save(file, "PNG")
    return file.getvalue()

"""Ink as the tests draw it: digits, rules, and what they should leave."""

from __future__ import annotations

from functools import cache

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from lenet.data.glyphs import glyphs
from lenet.page.ink import Ink

FOUR = 4  # times as fine as a pixel: what is drawn is drawn so, and reduced


def ink(amount) -> Ink:
    """Ink of amounts (rows, columns) in [0, 1]; a stroke is where there is more than 0.3."""
    amount = np.asarray(amount, np.float32)
    mask = amount > 0.3
    return Ink(amount * mask, mask, stroke(mask))


def stroke(mask) -> float:
    """Width of the pen: twice the area over the outline's length."""
    if not mask.any():
        return 0.0
    padded = np.pad(mask, 1)
    edges = (padded[1:] ^ padded[:-1]).sum() + (padded[:, 1:] ^ padded[:, :-1]).sum()
    return float(2 * mask.sum() / (edges * np.pi / 4))


def strokes(shape, *ways, pen=3.0) -> np.ndarray:
    """Amounts of a pen's ways, each of points (x, y), round at their ends."""
    rows, columns = shape
    sheet = Image.new("L", (columns * FOUR, rows * FOUR))
    draw = ImageDraw.Draw(sheet)
    for way in ways:
        points = [((x + 0.5) * FOUR, (y + 0.5) * FOUR) for x, y in way]
        draw.line(points, fill=255, width=round(pen * FOUR), joint="curve")
        for x, y in points:
            r = pen * FOUR / 2
            draw.ellipse((x - r, y - r, x + r, y + r), fill=255)
    return np.asarray(sheet.resize((columns, rows), Image.Resampling.BOX), np.float32) / 255


def ring(x, y, across, down, count=60):
    """A way round an ellipse."""
    turns = np.linspace(0, 2 * np.pi, count)
    return [(x + across * np.cos(t), y + down * np.sin(t)) for t in turns]


@cache
def digits(count, height, seed=0, classes="0123456789"):
    """Glyphs cut out at their edges, about so many rows high."""
    pictures, labels = glyphs(count, seed, classes, size=round(height * 1.4))
    cut = []
    for picture in pictures / np.float32(255):
        rows, columns = (np.flatnonzero((picture > 0.3).any(axis=axis)) for axis in (1, 0))
        cut.append(picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    return cut, labels


def put(sheet, piece, left, top):
    """Lay a piece onto a sheet."""
    place = sheet[top : top + piece.shape[0], left : left + piece.shape[1]]
    np.maximum(place, piece[: place.shape[0], : place.shape[1]], out=place)


def write(sheet, left, baseline, text, gap=6):
    """Write glyphs onto a sheet side by side, their feet on a line; return the column where they end."""
    for piece in text:
        put(sheet, piece, left, baseline - piece.shape[0])
        left += piece.shape[1] + gap
    return left - gap


def turned(sheet, degrees):
    """A sheet whose lines fall to the right by so many degrees."""
    return np.asarray(Image.fromarray(sheet).rotate(-degrees, Image.Resampling.BILINEAR))


def holes(mask) -> int:
    """How many pieces of paper ink encloses."""
    return ndimage.label(~np.pad(mask, 1))[1] - 1

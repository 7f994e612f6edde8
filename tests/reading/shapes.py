"""Digits and marks of straight strokes, where each of them stands, and a model that knows their shapes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from lenet import zoo
from lenet.engine.layout import Layout
from lenet.model import Model
from lenet.page.box import Box
from lenet.page.candidates import find_candidates
from lenet.page.cuts import find_cuts
from lenet.page.ink import find_ink
from lenet.page.straight import straighten
from lenet.reading.line import SYMBOLS

FINE = 8  # times a pixel: what is drawn is drawn so, and reduced
PEN = 0.12  # of a digit's height
RING = [(0.3 + 0.3 * np.cos(t), 0.5 - 0.5 * np.sin(t)) for t in np.linspace(0, 2 * np.pi, 40)]
# Of each character the ways of the pen, points (x, y) of a digit 1 high; beside it comes the next.
SHAPES: dict[str, list[list[tuple[float, float]]]] = {
    "0": [RING],
    "1": [[(0, 0), (0, 1)]],
    "2": [[(0, 0), (0.5, 0), (0.5, 0.5), (0, 0.5), (0, 1), (0.5, 1)]],
    "3": [[(0, 0), (0.5, 0), (0.5, 1), (0, 1)], [(0.1, 0.5), (0.5, 0.5)]],
    "4": [[(0, 0), (0, 0.55), (0.55, 0.55)], [(0.4, 0.2), (0.4, 1)]],
    "5": [[(0.5, 0), (0, 0), (0, 0.45), (0.5, 0.45), (0.5, 1), (0, 1)]],
    "6": [[(0.4, 0), (0, 0.5), (0, 1), (0.5, 1), (0.5, 0.55), (0, 0.55)]],
    "7": [[(0, 0), (0.55, 0), (0.1, 1)]],
    "8": [[(0, 0), (0.5, 0), (0.5, 1), (0, 1), (0, 0)], [(0, 0.5), (0.5, 0.5)]],
    "9": [[(0.5, 0.45), (0, 0.45), (0, 0), (0.5, 0), (0.5, 0.5), (0.3, 1)]],
    ".": [[(0, 0.88), (0.1, 0.88), (0.1, 0.98), (0, 0.98), (0, 0.88)]],
    "-": [[(0, 0.5), (0.4, 0.5)]],
    "=": [[(0, 0.4), (0.4, 0.4)], [(0, 0.65), (0.4, 0.65)]],
    "?": [[(0, 0), (0.9, 1)], [(0.9, 0), (0, 1)], [(0.45, 0), (0.45, 1)], [(0, 0.5), (0.9, 0.5)]],
}


@dataclass(frozen=True)
class Text:
    """A picture, uint8 (rows, columns), and the box of each character's ink."""

    picture: NDArray[np.uint8]
    boxes: list[Box]


def written(text: str, height: float = 32, *, slant: float = 0.0, gap: float = 0.3, margin: int = 9) -> Text:
    """Return a text, dark on light; strokes lie ``slant`` columns further to the right a row further down."""
    pen, x, ways = PEN * height, 0.0, []
    for character in text:
        shape = [[(height * across, height * down) for across, down in way] for way in SHAPES[character]]
        ways.append([[(x + across + slant * down, down) for across, down in way] for way in shape])
        x = max(across for way in shape for across, _ in way) + pen + gap * height + x
    points = [point for shape in ways for way in shape for point in way]
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    room = margin + pen / 2
    size = round(right - left + 2 * room), round(height + 2 * room)
    boxes, ink = [], np.zeros(size[::-1])
    for shape in ways:
        one = _drawn([[(x - left + room, y + room) for x, y in way] for way in shape], size, pen)
        rows, columns = (np.flatnonzero((one > 0.5).any(axis=axis)) for axis in (1, 0))
        boxes.append(Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1))
        ink = np.maximum(ink, one)
    return Text(np.rint(230 - 190 * ink).astype(np.uint8), boxes)


def _drawn(shape: list[list[tuple[float, float]]], size: tuple[int, int], pen: float) -> NDArray[np.float64]:
    sheet = Image.new("L", (FINE * size[0], FINE * size[1]))
    draw = ImageDraw.Draw(sheet)
    r = FINE * pen / 2
    for way in shape:
        points = [(FINE * x, FINE * y) for x, y in way]
        draw.line(points, fill=255, width=round(2 * r))
        for x, y in points:
            draw.ellipse((x - r, y - r, x + r, y + r), fill=255)
    return np.asarray(sheet.resize(size, Image.Resampling.BOX), np.float64) / 255


class Matcher(Model):
    """A model that knows the characters' shapes: its score is a picture's squared distance from them.

    What is further than ``RUBBISH`` from all of them is none.
    """

    RUBBISH = 30.0
    SHARP = 0.35  # of a score, for each unit of squared distance

    def __init__(self) -> None:
        row = zoo.entry("reader")
        zeros = np.zeros(Layout(row.network).size, np.float32)
        super().__init__(row.network, row.recipe.preparation, zeros, classes=SYMBOLS)
        self.metrics = {}
        self._known = {symbol: self._seen(symbol) for symbol in SYMBOLS if symbol in SHAPES}

    @staticmethod
    def _seen(symbol: str) -> NDArray[np.float32]:
        line = straighten(find_ink(written(symbol, 40).picture), slant=False, height=45)
        assert line is not None
        found = find_candidates(line, find_cuts(line)[0])
        whole = np.argmax(found.ends - found.starts)
        return found.images[whole].astype(np.float32) / 255

    def scores(self, images) -> NDArray[np.float32]:
        """Return float32 (N, 15), smaller is better."""
        pictures = np.asarray(images, np.float32) / 255
        scores = np.full((len(pictures), len(SYMBOLS)), 99.0, np.float32)
        for symbol, known in self._known.items():
            scores[:, SYMBOLS.index(symbol)] = ((pictures - known) ** 2).sum(axis=(1, 2))
        scores[:, -1] = self.RUBBISH
        return self.SHARP * scores

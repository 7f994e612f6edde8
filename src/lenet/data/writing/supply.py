"""The strokes of characters, taken from a data set's digits, or made."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...network.rbf import bitmaps
from .chance import Rng
from .marks import MARKS, mark
from .strokes import Strokes, of_digit

Digits = tuple[NDArray[np.uint8], NDArray[np.uint8]]

LETTERS = "AEFHKMNPRTUVWXYadefhkmnrtuvwxy"


class Supply:
    """Gives the strokes of a line's characters."""

    def __init__(self, rng: Rng, digits: Digits, same: bool = False) -> None:
        """Take digits from images uint8 (N, 28, 28) and labels uint8 (N,); ``same``: a digit twice is the same one."""
        self.rng = rng
        self.images, self.labels = digits
        self.same = same
        self.seen: dict[str, Strokes] = {}

    def __call__(self, character: str) -> Strokes:
        """Return a character's strokes, 1 high."""
        if character in MARKS:
            return mark(self.rng, character)
        if character == "?":
            return self.negative()
        if self.same and character in self.seen:
            return self.seen[character]
        strokes = self.seen[character] = self.digit(int(character))
        return strokes

    def digit(self, label: int) -> Strokes:
        """Return the strokes of a digit of the data."""
        while True:
            number = int(self.rng.integers(len(self.labels)))
            if self.labels[number] == label:
                return of_digit(self.images[number])

    def negative(self) -> Strokes:
        """Return the strokes of something that's no digit and no mark."""
        letter = LETTERS[int(self.rng.integers(len(LETTERS)))]
        bitmap = np.array([[pixel == "#" for pixel in row] for row in bitmaps()[letter]], np.uint8) * 255
        return of_digit(np.pad(np.kron(bitmap, np.ones((3, 3), np.uint8)), 2))

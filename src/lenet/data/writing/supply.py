"""The strokes of characters, taken from a data set's digits, or made."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ...errors import LenetError
from .chance import Rng, between
from .marks import MARKS, mark
from .negatives import Negatives, negative
from .strokes import Strokes, of_digit
from .templates import DIGITS, shaped
from .variants import Variants, varied

USUAL = Variants()

Digits = tuple[NDArray[np.uint8], NDArray[np.uint8]]


class Supply:
    """Gives the strokes of the characters that one hand writes."""

    def __init__(
        self,
        rng: Rng,
        digits: Digits,
        same: bool = False,
        negatives: Mapping[str, float] | None = None,
        variants: Variants = USUAL,
    ) -> None:
        """Take digits from images uint8 (N, 28, 28) and labels uint8 (N,).

        Args:
            rng: of which, and how.
            digits: images and labels.
            same: whether a digit written twice is the same of the data.
            negatives: how often which; None: those of a line.
            variants: how often digits are written otherwise.
        """
        self.rng = rng
        self.images, self.labels = digits
        self.same = same
        self.negatives = Negatives().hand if negatives is None else negatives
        self.variants = variants
        self.shapes = between(rng, variants.shape)
        self.seen: dict[str, Strokes] = {}

    def __call__(self, character: str) -> Strokes:
        """Return a character's strokes, 1 high: of a digit, a mark, or ``?`` for something that's none of both.

        Raises:
            LenetError: no picture of that digit was given.
        """
        if character in MARKS:
            return mark(self.rng, character)
        if character == "?":
            return negative(self.rng, self.digit, self.negatives)
        strokes = self.seen.get(character) if self.same else None
        if strokes is None:
            strokes = self.seen[character] = self._new(character)
        return varied(self.rng, character, strokes, self.variants)

    def _new(self, character: str) -> Strokes:
        if self.rng.random() < self.shapes:
            forms = DIGITS[character]
            return shaped(self.rng, forms[int(self.rng.integers(len(forms)))])
        return self.digit(int(character))

    def digit(self, label: int) -> Strokes:
        """Return the strokes of a digit of the data; raise ``LenetError`` where it has none."""
        places = np.flatnonzero(self.labels == label)
        if not len(places):
            raise LenetError(
                f"to write, pictures of all ten digits are needed, but none shows a {label}; give a whole set's"
            )
        return of_digit(self.images[places[int(self.rng.integers(len(places)))]])

"""A plain LeNet-5 on a carefully normalised picture: what can be had without a reader around the network."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import lenet
from lenet.errors import LenetError
from lenet.picture import prepare

from .base import DIGITS, Answer, Reader, opened

WEIGHTS = "lenet5-best"


class Plain(Reader):
    """The border tells paper from ink, the ink's box is scaled to 20 pixels and centred by its mass; ten classes."""

    name = "plain LeNet-5"
    packages = ("lenet", "numpy", "pillow")
    lines = False
    note = f"`{WEIGHTS}` on `lenet.picture.prepare`: the ink's box in 20x20, centred by its mass; single digits only"

    def __init__(self, threads: int) -> None:
        super().__init__(threads)
        self.model = lenet.load(WEIGHTS)

    def one(self, path: Path, line: bool) -> Answer:
        """Read a picture of one digit; an empty one has no answer."""
        try:
            probabilities = self.model.probabilities(prepare(np.asarray(opened(path).convert("L"))))
        except LenetError:
            return Answer()
        best = int(probabilities.argmax())
        sure = float(probabilities[best])
        return Answer(DIGITS[best], sure, (sure,), probable=True)

"""The digits that the systems train on and read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lenet.data import load
from lenet.errors import LenetError

from .problem import Bytes, Labels

MOST = 10_000  # digits that are read at once


@dataclass(frozen=True)
class Digits:
    """Digits to train on and to read.

    Attributes:
        source: where they came from, in words.
        train: uint8 (N, 28, 28).
        labels: of those, (N,).
        test: uint8 (10,000, 28, 28); where there are fewer, they come again.
    """

    source: str
    train: Bytes
    labels: Labels
    test: Bytes


def digits(data: str | None = None) -> Digits:
    """Return the digits of a data set, by name or path; of None, MNIST, or drawn digits where it can't be had.

    Raises:
        LenetError: there is no such data set.
    """
    why = ""
    try:
        found = load(data or "mnist")
    except LenetError as error:
        if data is not None:
            raise
        found, why = load("glyphs"), f", since there is no MNIST here ({error})"
    source = f"{found.name}, {len(found.train_images):,} to train on and {len(found.test_images):,} to read{why}"
    test = np.resize(found.test_images, (MOST, *found.test_images.shape[1:]))
    return Digits(source, found.train_images, found.train_labels.astype(np.int64), test)

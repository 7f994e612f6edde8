"""The digits that the systems train on and read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lenet.data import load

from .problem import Bytes, Labels


@dataclass(frozen=True)
class Digits:
    """Digits to train on and to read: uint8 (N, 28, 28) with labels (N,), and uint8 (M, 28, 28)."""

    source: str
    train: Bytes
    labels: Labels
    test: Bytes


def digits(data: str = "mnist") -> Digits:
    """Return the digits of a data set, by name or path; where ``mnist`` can't be had, ``glyphs`` will do.

    Raises:
        LenetError: there is no such data set.
    """
    found = load(data)
    source = f"{found.name}, {len(found.train_images):,} to train on and {len(found.test_images):,} to read"
    return Digits(source, found.train_images, found.train_labels.astype(np.int64), found.test_images)

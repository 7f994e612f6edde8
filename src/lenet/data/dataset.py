"""A data set in memory: pictures and labels, to train on and to test on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import LenetError
from ..network import Shape
from . import idx
from .arrays import Labels

PICTURES = "pictures"
Progress = Callable[[int, "int | None", str], None]  # bytes (or PICTURES) that are there, in all if known, of what

MOST_CLASSES = 10_000


class Parts(NamedTuple):
    """The four arrays of a data set, in the order in which the four IDX files are always named.

    Pictures are uint8 (N, H, W) or (N, C, H, W); labels are uint8 or int64 (N,); the test part may be empty.
    """

    train_images: NDArray[np.uint8]
    train_labels: Labels
    test_images: NDArray[np.uint8]
    test_labels: Labels

    def digests(self) -> tuple[str, ...]:
        """Return the SHA-256 of each array as an IDX file, header included."""
        return tuple(idx.digest(array) for array in self)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Pictures and labels, to train on and to test on.

    Attributes:
        name: what it is called in reports.
        classes: the name of each label, from 0.
        train_images: uint8 (N, H, W) or (N, C, H, W), 0 to 255.
        train_labels: uint8 or int64 (N,).
        test_images: uint8, shaped as the training pictures; may hold none.
        test_labels: uint8 or int64, one for each test picture.
        digests: SHA-256 of each array as an IDX file, where it has been worked out already.
    """

    name: str
    classes: tuple[str, ...]
    train_images: NDArray[np.uint8]
    train_labels: Labels
    test_images: NDArray[np.uint8]
    test_labels: Labels
    digests: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """Check that pictures, labels and classes fit together."""
        if not len(self.train_images):
            raise LenetError(f"{self.name} has no training pictures; at least one is needed")
        for part, images, labels in (
            ("training", self.train_images, self.train_labels),
            ("test", self.test_images, self.test_labels),
        ):
            if images.dtype != np.uint8 or images.ndim not in (3, 4):
                raise LenetError(
                    f"the {part} pictures of {self.name} must be uint8 (N, H, W) or (N, C, H, W), "
                    f"but are {images.dtype} {images.shape}"
                )
            if 0 in images.shape[1:]:
                raise LenetError(f"the {part} pictures of {self.name} have no pixels: they are {images.shape[1:]}")
            if labels.dtype not in (np.uint8, np.int64) or labels.ndim != 1:
                raise LenetError(
                    f"the {part} labels of {self.name} must be uint8 or int64 (N,), "
                    f"but are {labels.dtype} {labels.shape}"
                )
            if len(images) != len(labels):
                raise LenetError(
                    f"{self.name} has {len(images):,} {part} pictures but {len(labels):,} labels; "
                    "each picture needs one label, in the same order"
                )
            if len(labels) and not 0 <= int(labels.min()) <= int(labels.max()) < len(self.classes):
                raise LenetError(
                    f"the {part} labels of {self.name} must be 0 to {len(self.classes) - 1}, one for each of its "
                    f"{len(self.classes)} classes, but run from {labels.min()} to {labels.max()}"
                )
        if self.train_images.shape[1:] != self.test_images.shape[1:]:
            raise LenetError(
                f"the training pictures of {self.name} are {self.train_images.shape[1:]} "
                f"and its test pictures {self.test_images.shape[1:]}; they must be of one size"
            )

    @property
    def shape(self) -> Shape:
        """Channels, rows and columns of a picture."""
        channels, rows, columns = (1, *self.train_images.shape[1:])[-3:]
        return channels, rows, columns

    @cached_property
    def checksum(self) -> str:
        """SHA-256 over those of the four arrays as IDX files: the same pictures have the same, whatever the format."""
        parts = Parts(self.train_images, self.train_labels, self.test_images, self.test_labels)
        return hashlib.sha256("\n".join(self.digests or parts.digests()).encode()).hexdigest()


def numbered(*labels: Labels) -> tuple[str, ...]:
    """Return the class names of labels that have none: ``"0"`` to the largest.

    Raises:
        LenetError: a label is too large to count classes by.
    """
    largest = max((int(part.max()) for part in labels if len(part)), default=0)
    if largest >= MOST_CLASSES:
        raise LenetError(f"a label is {largest:,}; labels count the classes from 0, and {MOST_CLASSES:,} are the most")
    return tuple(str(label) for label in range(largest + 1))

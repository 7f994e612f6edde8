"""The four IDX files of a set in a folder, under the names that MNIST and its kin have."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import LenetError
from . import arrays, idx
from .dataset import Parts
from .npz import untested

# train-images-idx3-ubyte, t10k-labels.idx1-ubyte.gz, emnist-letters-test-images-idx3-ubyte, qmnist-test-labels-idx2-int
NAME = re.compile(r"(.*?)(train|t10k|test)-(images|labels)[-.]idx\d-(?:ubyte|int)(\.gz)?", re.IGNORECASE)
EMNIST = re.compile(r"(?<![a-z])emnist", re.IGNORECASE)

Files = dict[tuple[str, str], Path]  # ("train" or "test", "images" or "labels") -> where it is


def families(folder: Path) -> dict[str, Files]:
    """Return the IDX files of a folder by what their names begin with: ``""`` of MNIST, ``"emnist-digits-"``."""
    found: dict[str, Files] = {}
    for path in sorted(folder.iterdir(), reverse=True):  # a name comes after the same with .gz, and takes its place
        if (match := NAME.fullmatch(path.name)) and path.is_file():
            part = "train" if match[2].lower() == "train" else "test"
            found.setdefault(match[1], {})[part, match[3].lower()] = path
    return found


def read(files: Files, where: str) -> Parts:
    """Return the arrays of one family; the test part may be missing.

    EMNIST's pictures are stored column by column, and are turned; QMNIST's labels have 8 columns, and the first is
    the digit; EMNIST letters are labelled 1 to 26, which becomes 0 to 25.

    Raises:
        LenetError: a file is missing or isn't what it should be.
    """
    train = _part(files, "train", where)
    if not any(part == "test" for part, _ in files):
        return untested(*train)
    return Parts(*train, *_part(files, "test", where))


def _part(files: Files, part: str, where: str) -> tuple[NDArray[np.uint8], arrays.Labels]:
    for kind in ("images", "labels"):
        if (part, kind) not in files:
            raise LenetError(
                f"{where} has no {part} {kind}; expected a file such as "
                f"{part}-{kind}-{'idx1' if kind == 'labels' else 'idx3'}-ubyte, with .gz or without"
            )
    path, label_path = files[part, "images"], files[part, "labels"]
    images = idx.read(path)
    if images.ndim != 3:
        raise LenetError(f"{path} holds an array of {images.ndim} dimensions; pictures have 3: number, rows, columns")
    labels = idx.read(label_path)
    if labels.ndim == 2:
        labels = labels[:, 0]
    if len(images) != len(labels):
        raise LenetError(f"{path} holds {len(images):,} pictures but {label_path} {len(labels):,} labels")
    found = arrays.labels(labels, str(label_path))
    if path.name.lower().startswith("emnist-letters") and len(found) and found.min() > 0:
        found = found - found.dtype.type(1)
    return upright(arrays.pictures(images, str(path)), path), found


def upright(images: NDArray[np.uint8], path: Path) -> NDArray[np.uint8]:
    """Turn pictures over their diagonal, where a file is EMNIST's by its name."""
    return np.ascontiguousarray(images.swapaxes(1, 2)) if EMNIST.search(path.name) else images


DIGITS = tuple("0123456789")
CAPITALS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
EMNIST_CLASSES = {
    "letters": CAPITALS,
    "byclass": DIGITS + CAPITALS + tuple("abcdefghijklmnopqrstuvwxyz"),
    "bymerge": DIGITS + CAPITALS + tuple("abdefghnqrt"),  # letters alike in both cases are one class
    "balanced": DIGITS + CAPITALS + tuple("abdefghnqrt"),
}


def classes(path: Path) -> tuple[str, ...] | None:
    """Return the class names of an EMNIST file, by its name; None: the numbers will do."""
    for name, known in EMNIST_CLASSES.items():
        if path.name.lower().startswith(f"emnist-{name}"):
            return known
    return None

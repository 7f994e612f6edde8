"""NumPy's .npz: a zip file of arrays, read without ever unpickling."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from ..errors import LenetError
from . import arrays
from .dataset import Parts
from .stream import DEFLATE, Stream

# Names of training pictures and labels, and of test pictures and labels, as found in the wild.
NAMES = (
    ("x_train", "y_train", "x_test", "y_test"),
    ("train_images", "train_labels", "test_images", "test_labels"),
    ("training_images", "training_labels", "test_images", "test_labels"),
    ("images", "labels", "test_images", "test_labels"),
)


def read(path: Path) -> Parts:
    """Return the arrays of an .npz file.

    Raises:
        LenetError: it can't be read, is damaged, or lacks the arrays (``NAMES``).
    """
    try:
        with path.open("rb") as file:
            return decode(file, str(path))
    except OSError as error:
        raise LenetError(f"{path} can't be read: {error.strerror or error}") from error


def decode(file: BinaryIO, name: str) -> Parts:
    """Return the arrays of an open .npz file. Raises as ``read`` does."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
            used = {part for names in NAMES for part in names}
            return named(
                {part: _member(archive, info, f"{part} in {name}") for part, info in members.items() if part in used},
                name,
                tuple(members),
            )
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise LenetError(f"{name} is damaged or isn't an .npz file: {error}") from error


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> NDArray[Any]:
    with archive.open(info) as file:
        try:
            version = npy.read_magic(file)
            header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
            shape, fortran, dtype = header(file)
        except ValueError as error:
            raise LenetError(f"{name} isn't a NumPy array: {error}") from error
        if dtype.kind not in "biuf":
            raise LenetError(f"{name} must hold numbers, but holds {dtype}; objects are never unpickled")
        room = min(info.file_size, info.compress_size * DEFLATE)
        return arrays.read(Stream(cast("BinaryIO", file), room, name), shape, dtype, fortran)


def named(found: Mapping[str, NDArray[Any]], name: str, all_names: tuple[str, ...]) -> Parts:
    """Return the four arrays out of those of a file, by their names; a test part may be missing.

    Args:
        found: array by name.
        name: of the file, for errors.
        all_names: of everything in the file, for errors.

    Raises:
        LenetError: no set of names is there, or the values aren't pictures and labels.
    """
    for x, y, x_test, y_test in NAMES:
        if x in found and y in found:
            images = arrays.pictures(found[x], f"{x} in {name}")
            labels = arrays.labels(found[y], f"{y} in {name}")
            if x_test not in found and y_test not in found:
                return untested(images, labels)
            for part in (x_test, y_test):
                if part not in found:
                    raise LenetError(f"{name} has test arrays, but no {part!r}; it holds {', '.join(all_names)}")
            return Parts(
                images,
                labels,
                arrays.pictures(found[x_test], f"{x_test} in {name}"),
                arrays.labels(found[y_test], f"{y_test} in {name}"),
            )
    raise LenetError(
        f"{name} holds {', '.join(sorted(all_names)[:12]) or 'nothing'}; "
        "expected x_train, y_train and, for a test part, x_test, y_test; or images and labels"
    )


def untested(images: NDArray[np.uint8], labels: arrays.Labels) -> Parts:
    """Return the four arrays of a set that has no test part."""
    return Parts(images, labels, images[:0], labels[:0])

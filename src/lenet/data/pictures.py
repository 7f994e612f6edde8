"""A folder of pictures by class: ``train/cat/1.png``, ``train/dog/7.jpg``, ``test/cat/...``; or the classes alone.

Pictures become grey and of one size. Their polarity stays as it is: a network trained on dark ink reads dark ink.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import LenetError
from ..page.source import frames
from . import arrays
from .dataset import Parts
from .npz import untested
from .stream import LIMIT


def read(folder: Path, shape: tuple[int, int] = (28, 28)) -> tuple[Parts, tuple[str, ...]]:
    """Return the arrays of a folder of pictures by class, and the class names.

    The classes are the names of the folders, sorted; by value where all are whole numbers. A folder ``train``
    makes its own folders the training part, and those of ``test`` beside it the test part.

    Args:
        folder: where the pictures are.
        shape: rows and columns that each picture is resized to.

    Raises:
        LenetError: there are no pictures, one can't be read, or the test part has a class that training lacks.
    """
    train = folder / "train" if (folder / "train").is_dir() else folder
    names = _classes(train)
    if not names:
        raise LenetError(f"{train} holds no folders of pictures; expected one for each class, named after it")
    images, labels = _part(train, names, shape)
    if train is folder or not (folder / "test").is_dir():
        return untested(images, labels), names
    if strange := set(_classes(folder / "test")) - set(names):
        raise LenetError(f"{folder / 'test'} has the class {min(strange)!r}, but {train} hasn't")
    return Parts(images, labels, *_part(folder / "test", names, shape)), names


def _classes(folder: Path) -> tuple[str, ...]:
    names = [path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")]
    whole = all(name.isascii() and name.isdigit() for name in names)
    return tuple(sorted(names, key=(lambda name: (int(name), name)) if whole else None))


def is_picture_folder(folder: Path) -> bool:
    """Return whether a folder holds folders, as one of pictures by class does."""
    return bool(_classes(folder))


def _part(folder: Path, names: tuple[str, ...], shape: tuple[int, int]) -> tuple[NDArray[np.uint8], arrays.Labels]:
    from PIL import Image

    known = {*Image.registered_extensions(), ".heic", ".heif"}
    files, labels = [], []
    for label, name in enumerate(names):
        inside = sorted((folder / name).iterdir()) if (folder / name).is_dir() else []
        pictures = [path for path in inside if path.suffix.lower() in known and not path.name.startswith(".")]
        files += pictures
        labels += [label] * len(pictures)
    if not files:
        raise LenetError(f"the folders of {folder} hold no pictures, such as .png or .jpg")
    if len(files) * shape[0] * shape[1] > LIMIT:
        raise LenetError(f"{folder} holds {len(files):,} pictures; of {shape[0]}x{shape[1]} they are too many to hold")
    images = np.empty((len(files), *shape), np.uint8)
    for row, path in enumerate(files):
        images[row] = grey(path, shape)
    return images, arrays.labels(np.array(labels, np.int64), str(folder))


def grey(path: Path, shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Return a picture as grey uint8 (H, W): what is see-through lies on white, and a camera's turn is undone.

    Raises:
        LenetError: it can't be read as a picture, or is too large.
    """
    from PIL import Image

    try:
        pixels = next(frames(path)).grey
    except LenetError as error:
        raise LenetError(f"{error}; mend the picture or take it out of the folder") from None
    if pixels.shape == shape:
        return pixels
    return np.asarray(Image.fromarray(pixels).resize((shape[1], shape[0]), Image.Resampling.LANCZOS))

"""A folder of pictures by class: ``train/cat/1.png``, ``train/dog/7.jpg``, ``test/cat/...``; or the classes alone.

Pictures become grey and of one size. Their polarity stays as it is: a network trained on dark ink reads dark ink.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..errors import LenetError
from . import arrays
from .dataset import Parts
from .npz import untested
from .stream import LIMIT

if TYPE_CHECKING:
    from PIL import Image


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

    known = set(Image.registered_extensions())
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
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as picture:
                plain = _flat(ImageOps.exif_transpose(picture) or picture)
            if plain.size != (shape[1], shape[0]):
                plain = plain.resize((shape[1], shape[0]), Image.Resampling.LANCZOS)
            return np.asarray(plain)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise LenetError(f"the picture {path} is too large to be read: {error}") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:  # what Pillow raises for damaged files
        raise LenetError(f"the picture {path} can't be read ({error}); mend it or take it out of the folder") from error


def _flat(picture: Image.Image) -> Image.Image:
    from PIL import Image

    if picture.mode.startswith(("I", "F")):  # 16 bits, where `convert` would clip
        values = np.asarray(picture, np.float64)
        values = values / 257 if values.max(initial=0) > 255 else values
        return Image.fromarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))
    if "A" in picture.getbands() or "transparency" in picture.info:
        ink = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", ink.size, "white"), ink).convert("L")
    return picture.convert("L")

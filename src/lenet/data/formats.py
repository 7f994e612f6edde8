"""A user's own data, in whichever format: recognised by what the folder holds or by the file's name."""

from __future__ import annotations

from pathlib import Path

from ..errors import LenetError
from . import families, npz, pickled, pictures, tables
from .dataset import Dataset, Parts, numbered

EXPECTED = (
    "IDX files such as train-images-idx3-ubyte(.gz) and train-labels-idx1-ubyte(.gz), an .npz, a mnist.pkl.gz, "
    "a .csv, or a folder for each class with pictures in it"
)


def read(path: Path, shape: tuple[int, int] = (28, 28)) -> Dataset:
    """Return the data set that a file or folder holds.

    Args:
        path: an .npz, .pkl(.gz), .csv(.gz) or IDX file (the other files of its set beside it); or a folder that
            holds one of these, or pictures by class.
        shape: rows and columns of pictures by class; other formats have a size of their own.

    Raises:
        LenetError: it isn't there, isn't in one of the formats, or is damaged.
    """
    parts, classes = _read(path, shape)
    classes = classes or numbered(parts.train_labels, parts.test_labels)
    return Dataset(path.resolve().name, classes, *parts)


def read_parts(path: Path) -> Parts:
    """Return the four arrays alone. Raises as ``read`` does."""
    return _read(path, (28, 28))[0]


def _read(path: Path, shape: tuple[int, int]) -> tuple[Parts, tuple[str, ...] | None]:
    try:
        if path.is_dir():
            return _folder(path, shape)
        if path.is_file():
            return _file(path)
    except OSError as error:
        raise LenetError(f"{path} can't be read: {error.strerror or error}") from error
    raise LenetError(f"there is no file or folder {path}")


def _file(path: Path) -> tuple[Parts, tuple[str, ...] | None]:
    if match := families.NAME.fullmatch(path.name):
        family = families.families(path.parent)[match[1]]
        return families.read(family, str(path.parent)), families.classes(path)
    name = path.name.lower().removesuffix(".gz")
    if name.endswith(".npz"):
        return npz.read(path), None
    if name.endswith((".pkl", ".pickle")):
        return pickled.read(path), None
    if name.endswith(".csv"):
        return tables.read(path), families.classes(path)
    raise LenetError(f"the name of {path} tells no format; expected {EXPECTED}")


def _folder(folder: Path, shape: tuple[int, int]) -> tuple[Parts, tuple[str, ...] | None]:
    if found := families.families(folder):
        if len(found) > 1:
            prefixes = ", ".join(sorted(repr(prefix) for prefix in found))
            raise LenetError(
                f"{folder} holds IDX files of {len(found)} sets, whose names begin with {prefixes}; "
                "give the path of one file of the set that is meant"
            )
        (files,) = found.values()
        return families.read(files, str(folder)), families.classes(next(iter(files.values())))
    for endings in ((".npz",), (".pkl", ".pkl.gz", ".pickle")):
        files_found = _ending(folder, endings)
        if len(files_found) == 1:
            return _file(files_found[0])
        if files_found:
            raise LenetError(f"{folder} holds {len(files_found)} files of {endings[0]}; give the path of one of them")
    if tables_found := _ending(folder, (".csv", ".csv.gz")):
        return _tables(folder, tables_found)
    if pictures.is_picture_folder(folder):
        return pictures.read(folder, shape)
    raise LenetError(f"{folder} holds nothing that can be read; expected {EXPECTED}")


def _ending(folder: Path, endings: tuple[str, ...]) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.name.lower().endswith(endings) and path.is_file())


def _tables(folder: Path, files: list[Path]) -> tuple[Parts, tuple[str, ...] | None]:
    if len(files) == 1:
        return _file(files[0])
    train = [path for path in files if "train" in path.name.lower()]
    test = [path for path in files if "test" in path.name.lower()]
    if len(train) == 1 and len(test) == 1:
        return tables.read(train[0], test[0]), families.classes(train[0])
    raise LenetError(
        f"{folder} holds {len(files)} .csv files; give the path of one, "
        "or leave two, with 'train' and 'test' in their names"
    )

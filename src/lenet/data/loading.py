"""``load``: a data set by name or path."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import LenetError
from . import formats, named
from .dataset import Dataset, Progress


def load(
    name_or_path: str | os.PathLike[str],
    *,
    folder: str | os.PathLike[str] | None = None,
    shape: tuple[int, int] = (28, 28),
    progress: Progress | None = None,
) -> Dataset:
    """Return a data set.

    Args:
        name_or_path: one of ``names()``, or the path of a file or folder of one's own (docs/data.md gives the
            formats). A name comes first: write ``./mnist`` for a folder called mnist.
        folder: where a named set's files are, to take it from there and nowhere else.
        shape: rows and columns that a folder of pictures is resized to.
        progress: is called with bytes that have come, bytes in all or None, and of what; of a set that is made, with
            pictures that are made, pictures in all, and ``dataset.PICTURES``.

    Raises:
        LenetError: there is no such name or path, no source has it, or the data are damaged.
    """
    name = name_or_path if isinstance(name_or_path, str) else ""
    if name in (named.GLYPHS, *named.MADE) and folder is not None:
        raise LenetError(f"the data set {name} is made here and comes from no folder; leave the folder out")
    if name == named.GLYPHS:
        from .glyphs import dataset

        return dataset()
    if name in named.MADE:
        return named.make(name, progress)
    if name in named.names():
        where = None if folder is None else Path(folder).expanduser()
        return named.obtain(named.find(name), folder=where, progress=progress)
    path = Path(name_or_path).expanduser()
    if path.exists() and folder is None:
        return formats.read(path, shape)
    if path.exists():
        raise LenetError(f"a folder is for a data set that is named, and {path} is a path; give one of the two")
    if name and not path.suffix and path.name == name:
        raise named.no_such(name)
    raise LenetError(f"there is no file or folder {path}; the named data sets are {', '.join(named.names())}")

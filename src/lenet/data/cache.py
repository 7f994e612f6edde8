"""The cache: a folder for each set in the user's cache folder; of a fetched set raw IDX files, checked at each reading.

A file is written beside its place, synced and renamed, so that it is whole or absent; two processes that fill the
cache at once each put the same bytes there.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

from ..errors import LenetError
from . import idx
from .arrays import Labels
from .dataset import Parts
from .sets import NamedSet
from .sources import FILES


def place(name: str) -> Path:
    """Return the folder that a set is kept in: under ``LENET_CACHE``, or in the user's cache folder."""
    if given := os.environ.get("LENET_CACHE"):
        return Path(given) / name
    import platformdirs

    return Path(platformdirs.user_cache_dir("lenet", appauthor=False)) / name


def folder(named: NamedSet) -> Path:
    """Return where a fetched set is kept."""
    return place(named.name)


def holds(named: NamedSet) -> bool:
    """Return whether the four files are there; ``read`` checks what is in them."""
    return all((folder(named) / name).is_file() for name in FILES)


def read(named: NamedSet) -> Parts | None:
    """Return a set's arrays out of the cache; None where it isn't all there.

    Raises:
        LenetError: a file is damaged; it is never used.
    """
    if not holds(named):
        return None
    parts = Parts(*(idx.read(folder(named) / name) for name in FILES))
    verify(parts, named)
    return parts


def verify(parts: Parts, named: NamedSet) -> None:
    """Check that arrays are a set's, bit for bit.

    Raises:
        LenetError: they aren't; the text says which.
    """
    wrong = [name for name, came, right in zip(FILES, parts.digests(), named.digests, strict=True) if came != right]
    if wrong:
        raise LenetError(f"the checksum of {', '.join(wrong)} isn't {named.name}'s")


def store(parts: Parts, named: NamedSet) -> None:
    """Keep a set's arrays for the next time; where that can't be done, warn and go on."""

    def write(place: Path) -> None:
        for name, array in zip(FILES, parts, strict=True):
            _write(place / name, array)

    keep(named.name, write, "fetched")


def keep(name: str, write: Callable[[Path], None], how: str) -> None:
    """Write into a set's folder; where that can't be done, warn that it will be ``how`` again the next time."""
    try:
        place(name).mkdir(parents=True, exist_ok=True)
        write(place(name))
    except (OSError, LenetError) as error:
        reason = getattr(error, "strerror", None) or error
        warnings.warn(
            f"{name} can't be kept in {place(name)} ({reason}), and will be {how} again; "
            "set LENET_CACHE to a folder that can be written",
            stacklevel=3,
        )


def _write(path: Path, array: Labels) -> None:
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    os.close(handle)
    try:
        idx.write(Path(beside), array)
        Path(beside).chmod(0o644)  # mkstemp's is for its owner alone, and a cache may be shared
        _sync(Path(beside))
        _replace(Path(beside), path)
    finally:
        Path(beside).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _replace(beside: Path, path: Path) -> None:
    try:
        beside.replace(path)
    except PermissionError:  # Windows, where another process is reading the file that it has just put there itself
        if not path.is_file():
            raise

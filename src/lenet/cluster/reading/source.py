"""Where pictures come from: what every kind of source is, and which kind a path is."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from ...errors import LenetError
from ...page.folder import ENDINGS, inside

Picture = str | bytes | LenetError  # a path, what a file holds, or why there is none
Named = tuple[str, Picture]  # what it is called, and the picture

TABLES = (".parquet", ".pq")
TARS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")


class Pictures(Protocol):
    """Some pictures of a source that lie side by side; they can be sent to another machine, and be had there."""

    def __iter__(self) -> Iterator[Named]: ...


class Source(Protocol):
    """All pictures of a source, counted, in an order that doesn't change.

    Attributes:
        names: of its files.
        facts: what changes when they do, by file.
    """

    @property
    def names(self) -> tuple[str, ...]:
        """Return them."""

    @property
    def facts(self) -> tuple[str, ...]:
        """Return it."""

    def __len__(self) -> int: ...

    def cut(self, first: int, count: int) -> Sequence[Pictures]:
        """Return ``count`` of them from the place ``first`` on, or as many as there are."""


def find(called: str, column: str | None = None) -> Source:
    """Return the pictures of a folder, of a Parquet file, of a tar, or of a folder of either.

    Args:
        called: the path.
        column: which of a Parquet file has the pictures.

    Raises:
        LenetError: there is none, or it can't be read.
    """
    path = Path(called)
    if path.is_dir():
        try:
            entries = list(inside(called, True, (*ENDINGS, *TABLES, *TARS)))
        except OSError as error:
            raise LenetError(f"{error.filename} can't be read: {error.strerror}") from None
    elif not path.exists():
        raise LenetError(f"there is no {called}; --ray reads a folder of pictures, Parquet, or a tar of pictures")
    kinds = {
        kind: [called] if path.is_file() else sorted(entry.path for entry in entries if _ends(entry.path, kind))
        for kind in (TABLES, TARS, ENDINGS)
        if path.is_dir() or _ends(called, kind)
    }
    some = {kind: files for kind, files in kinds.items() if files}
    if not some:
        raise LenetError(
            f"{called} holds no pictures: neither files of pictures, nor Parquet, nor tars"
            if path.is_dir()
            else f"{called} is neither a folder, nor Parquet ({', '.join(TABLES)}), nor a tar ({', '.join(TARS)})"
        )
    if len(some) > 1:
        raise LenetError(
            f"{called} holds several of pictures, Parquet files and tars; give the path of a folder of one kind"
        )
    ((kind, files),) = some.items()
    if column is not None and kind != TABLES:
        raise LenetError(f"--column names a column of Parquet, but {called} is none")
    if kind == TABLES:
        from .tables import tables

        return tables(files, called, column)
    if kind == TARS:
        from .tars import tars

        return tars(files)
    if path.is_file():
        raise LenetError(f"{called} is a single picture; read it by `lenet read {called}`")
    from .files import folder

    return folder(called, entries)


def checksum(source: Source) -> str:
    """Return the SHA-256 of a source's listing: names, sizes and times of its files."""
    digest = hashlib.sha256()
    for name, fact in zip(source.names, source.facts, strict=True):
        digest.update(os.fsencode(name) + b"\0" + fact.encode() + b"\n")
    return digest.hexdigest()


def unseen(path: str) -> LenetError:
    """Return the error of a machine that doesn't see a source."""
    return LenetError(
        f"the machine {platform.node()} doesn't see {path} as it is where the command was given; "
        "put it on a file system that all machines of the cluster share, at the same path"
    )


def fact(path: str) -> str:
    """Return what changes when a file does: its size in bytes and when it was changed."""
    about = os.stat(path)  # noqa: PTH116  a Path for each would be slow
    return f"{about.st_size} {about.st_mtime_ns}"


def _ends(path: str, endings: tuple[str, ...]) -> bool:
    return path.lower().endswith(endings)

"""Pictures that are files of a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ...errors import LenetError
from .source import Named, unseen


@dataclass(frozen=True)
class Folder:
    """The pictures of a folder and of those in it, in the order of their paths.

    Attributes:
        called: the folder, as it was given.
        path: its full path.
        names: of the pictures, seen from it.
        facts: for each, its size in bytes and when it was changed, as text.
    """

    called: str
    path: str
    names: tuple[str, ...]
    facts: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.names)

    def cut(self, first: int, count: int) -> list[Files]:
        """Return some of them."""
        return [Files(self.called, self.path, self.names[first : first + count])]


@dataclass(frozen=True)
class Files:
    """Some of them; see ``Folder``."""

    called: str
    path: str
    names: tuple[str, ...]

    def __iter__(self) -> Iterator[Named]:
        """Yield them; raise ``LenetError`` where this machine sees none of them."""
        if not any((Path(self.path) / name).exists() for name in self.names):
            raise unseen(self.path)
        for name in self.names:
            yield os.path.join(self.called, name), os.path.join(self.path, name)  # noqa: PTH118  keeps ./


def folder(called: str, entries: list[os.DirEntry[str]]) -> Folder:
    """Return the pictures that a walk through a folder has found.

    Raises:
        LenetError: one is gone meanwhile.
    """
    entries = sorted(entries, key=lambda entry: entry.path)
    try:
        facts = tuple(f"{entry.stat().st_size} {entry.stat().st_mtime_ns}" for entry in entries)
    except OSError as error:
        raise LenetError(f"{error.filename} can't be read: {error.strerror}") from None
    before = len(os.path.join(called, ""))  # noqa: PTH118  keeps ./, as the entries' paths do
    names = tuple(entry.path[before:] for entry in entries)
    return Folder(called, str(Path(called).absolute()), names, facts)

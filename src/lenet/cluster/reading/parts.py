"""The folder of results: a file for each chunk of the source, and one that says what they are of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ...errors import LenetError
from ...extras import require
from ...files import lock, read_whole, remove_parts, write_atomically

MANIFEST, LOCK = "_lenet.json", ".lock"  # readers of Parquet pass over names that begin so
SOURCE = ("source", "column", "pictures", "listing")


class Parts:
    """The parts in a folder, which belongs to this process inside ``with``.

    Attributes:
        folder: where they are.
        chunk: how many pictures a part has.
        count: how many parts there will be.
    """

    def __init__(self, folder: Path, about: dict[str, Any], chunk: int) -> None:
        """Take the folder; nothing is made before ``with``.

        Args:
            folder: where the parts are, or will be.
            about: what decides what is in them; JSON. ``pictures`` is how many the source has.
            chunk: how many pictures a part has, unless parts are there already.
        """
        self.folder, self.chunk, self._about = folder, chunk, about

    @property
    def count(self) -> int:
        """How many parts there will be."""
        return int(-(-self._about["pictures"] // self.chunk))

    def __enter__(self) -> Parts:
        """Make the folder, or go on with it.

        Raises:
            LenetError: it can't be made, another process works in it, or what is there is something else.
        """
        manifest = self.folder / MANIFEST
        try:
            if self.folder.exists() and not manifest.exists() and self._others():
                raise LenetError(f"{self.folder} holds something else already; give another folder by --to")
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = (self.folder / LOCK).open("ab")
        except OSError as error:
            raise LenetError(f"the folder {self.folder} can't be used: {error.strerror or error}") from None
        try:
            lock(self._lock, f"another lenet read writes to {self.folder}; wait for it, or give another folder by --to")
            remove_parts(self.folder)
            if manifest.exists():
                self._go_on(manifest)
            else:
                write_atomically(manifest, json.dumps({**self._about, "chunk": self.chunk}, indent=2).encode() + b"\n")
        except BaseException:
            self._lock.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Let others work in the folder."""
        self._lock.close()

    def rest(self) -> list[int]:
        """Return the numbers of the parts that aren't there yet."""
        there = {path.name for path in self.folder.glob("part-*.parquet")}
        return [number for number in range(self.count) if self._path(number).name not in there]

    def add(self, number: int, data: bytes) -> None:
        """Write a part; raise ``LenetError`` where that fails, and leave nothing of it."""
        write_atomically(self._path(number), data)

    def tally(self) -> dict[str, int]:
        """Return how many pages there are of a kind."""
        parquet = require("pyarrow.parquet", "ray", "reading Parquet")
        tally = {"pages": 0, "read": 0, "rejected": 0, "failed": 0}
        for number in range(self.count):
            with parquet.ParquetFile(self._path(number)) as file:
                for row in file.read(["rejected", "error"]).to_pylist():
                    tally["pages"] += 1
                    tally["failed" if row["error"] else "rejected" if row["rejected"] else "read"] += 1
        return tally

    def _path(self, number: int) -> Path:
        return self.folder / f"part-{number:06d}.parquet"

    def _others(self) -> bool:
        """Whether the folder, or what is there in its place, holds anything that isn't ours."""
        if not self.folder.is_dir():
            raise LenetError(f"{self.folder} is a file; with --ray, --to takes a folder")
        return any(path.name != LOCK and not path.name.startswith(f".{MANIFEST}.") for path in self.folder.iterdir())

    def _go_on(self, manifest: Path) -> None:
        """Take over the size of the chunks; raise ``LenetError`` where the parts are of something else."""
        try:
            before = json.loads(read_whole(manifest))
            chunk, differ = before["chunk"], [name for name in self._about if before[name] != self._about[name]]
            settings = [name for name in self._about["settings"] if differs(name, before, self._about)]
            if not (isinstance(chunk, int) and chunk >= 1):
                raise ValueError
        except (ValueError, LookupError, TypeError):
            raise LenetError(f"{manifest} is damaged; remove {self.folder}, or give another folder by --to") from None
        if differ:
            if "source" in differ:
                why = f"is of {before['source']}"
            elif any(name in SOURCE for name in differ):
                why = f"was begun before {before['source']} changed, or was read from another column"
            else:
                why = f"was read with other settings ({', '.join(settings) or 'by another version of lenet'})"
            raise LenetError(f"{self.folder} {why}; remove it to begin anew, or give another folder by --to")
        self.chunk = chunk


def differs(setting: str, before: dict[str, Any], now: dict[str, Any]) -> bool:
    """Whether a setting isn't as it was."""
    return bool(before["settings"].get(setting) != now["settings"][setting])

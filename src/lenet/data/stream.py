"""Bytes from files that nobody vouches for: gzip or not, bounded before anything is allocated."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ..errors import LenetError

LIMIT = 4 << 30  # bytes; the largest array that is read
DEFLATE = 1032  # deflate never packs tighter than 1032 to 1 (zlib's technical notes)
CHUNK = 1 << 20


class Stream(NamedTuple):
    """An open file, unpacked as it is read.

    Attributes:
        file: what to read from.
        room: the most bytes that can come out of it.
        name: what errors call it.
    """

    file: BinaryIO
    room: int
    name: str

    def exactly(self, count: int) -> bytes:
        """Return the next ``count`` bytes; memory is taken only as they come.

        Raises:
            LenetError: the file ends first, or can't hold so many.
        """
        self.allow(count)
        if count <= CHUNK:
            data = self.file.read(count)
            while len(data) < count and (more := self.file.read(count - len(data))):
                data += more
        else:
            whole = bytearray()
            while len(whole) < count and (more := self.file.read(min(CHUNK, count - len(whole)))):
                whole += more
            data = bytes(whole)
        if len(data) < count:
            raise LenetError(f"{self.name} is cut short: {count:,} bytes were to come, but only {len(data):,} did")
        return data

    def allow(self, count: int) -> None:
        """Refuse a declared number of bytes that is too many, or more than the file can hold."""
        if count > LIMIT:
            raise LenetError(f"{self.name} declares {count:,} bytes; more than {LIMIT:,} isn't read")
        if count > self.room:
            raise LenetError(
                f"{self.name} declares {count:,} bytes but can hold at most {self.room:,}: it is cut short or damaged"
            )

    def end(self) -> None:
        """Check that nothing is left."""
        if self.file.read(1):
            raise LenetError(f"{self.name} goes on after the end that it declares: it is damaged, or of another format")


@contextmanager
def opened(path: Path) -> Iterator[Stream]:
    """Open a file, through gzip where its first bytes say so.

    Raises:
        LenetError: it can't be read, or is damaged; also for what goes wrong inside the ``with``.
    """
    try:
        with path.open("rb") as file, unpacked(file, path.stat().st_size, str(path)) as stream:
            yield stream
    except OSError as error:
        raise LenetError(f"{path} can't be read: {error.strerror or error}") from error


@contextmanager
def unpacked(file: BinaryIO, size: int, name: str) -> Iterator[Stream]:
    """Look through gzip, where a file's first bytes say that it is packed.

    Args:
        file: at its beginning; it can seek.
        size: its bytes.
        name: what errors call it.
    """
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    if not packed:
        yield Stream(file, size, name)
        return
    try:
        with gzip.GzipFile(fileobj=file, mode="rb") as plain:
            yield Stream(io.BufferedReader(plain), size * DEFLATE, name)
    except EOFError as error:
        raise LenetError(f"{name} is cut short: its gzip data end early; copy or download it again") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise LenetError(f"{name} is damaged: its gzip data don't unpack; copy or download it again") from error

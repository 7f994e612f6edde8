"""Pictures in tars, packed or not."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from ...errors import LenetError
from ...page.folder import ENDINGS
from .shards import Shards
from .source import Named, Picture, fact, unseen

MOST_BYTES = 1 << 28  # of a picture, which is held in memory
UNPACKERS: dict[bytes, Callable[[str], Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": lzma.open}


@dataclass(frozen=True)
class Member:
    """A picture in a tar: its name, its size in bytes, and at which byte of the tar it begins."""

    name: str
    size: int
    begin: int


@dataclass(frozen=True)
class Tar:
    """A tar.

    Attributes:
        called: its path, as it was given.
        path: its full path.
        size: in bytes.
        packed: whether it is compressed: its pictures are then reached by unpacking what stands before them.
        members: its pictures.
    """

    called: str
    path: str
    size: int
    packed: bool
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Members:
    """Some pictures of a tar; ``first`` is how many of its pictures stand before them."""

    tar: Tar
    first: int

    def __iter__(self) -> Iterator[Named]:
        """Yield them; raise ``LenetError`` where the tar can't be read on this machine."""
        tar = self.tar
        if not Path(tar.path).is_file() or Path(tar.path).stat().st_size != tar.size:
            raise unseen(tar.path)
        with _reading(tar.called):
            for member, picture in zip(tar.members, self._packed() if tar.packed else self._plain(), strict=True):
                yield f"{tar.called}/{member.name}", picture

    def _plain(self) -> Iterator[Picture]:
        with Path(self.tar.path).open("rb") as file:
            for member in self.tar.members:
                file.seek(member.begin)
                yield file.read(member.size) if member.size <= MOST_BYTES else _too_large(member)

    def _packed(self) -> Iterator[Picture]:
        last = self.first + len(self.tar.members)
        with _opened(self.tar.path) as file:
            for place, info in enumerate(_pictures(file)):
                if place >= self.first:
                    member = self.tar.members[place - self.first]
                    data = file.extractfile(info) if member.size <= MOST_BYTES else None
                    yield _too_large(member) if data is None else data.read()
                if place + 1 == last:
                    return


def tars(files: list[str]) -> Shards[Tar]:
    """Return the pictures in tars, in the order in which they stand there.

    Raises:
        LenetError: a file is damaged, no tar, or holds no picture.
    """
    found = []
    for file in files:
        with _reading(file):
            packed = _unpacker(file) is not None
            with _opened(file) as opened:
                members = tuple(Member(info.name, info.size, info.offset_data) for info in _pictures(opened))
                if not packed and 0 < Path(file).stat().st_size - opened.offset < tarfile.BLOCKSIZE:
                    raise tarfile.ReadError("it breaks off")  # which tarfile takes for an end
        if not members:
            raise LenetError(f"{file} holds no pictures")
        path = Path(file).absolute()
        found.append(Tar(file, str(path), path.stat().st_size, packed, members))
    return Shards(tuple(files), tuple(map(fact, files)), found, [len(tar.members) for tar in found], _part)


def _part(tar: Tar, first: int, count: int) -> Members:
    members = tar.members[first : first + count]
    return Members(Tar(tar.called, tar.path, tar.size, tar.packed, members), first)


def _unpacker(file: str) -> Callable[[str], Any] | None:
    """Return what unpacks a compressed tar, by its first bytes; None: its pictures can be reached one by one."""
    with Path(file).open("rb") as opened:
        begin = opened.read(6)
    return next((unpack for mark, unpack in UNPACKERS.items() if begin.startswith(mark)), None)


@contextmanager
def _opened(file: str) -> Iterator[tarfile.TarFile]:
    """Open a tar; a compressed one is unpacked here, since tarfile takes one that breaks off for a whole one."""
    unpack = _unpacker(file)
    if unpack is None:
        with tarfile.open(file, "r:") as tar:
            yield tar
    else:
        with unpack(file) as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
            yield tar


def _pictures(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """Yield what is a picture by its ending and isn't hidden; nothing is ever unpacked onto the disk."""
    for info in tar:
        name = PurePosixPath(info.name)
        if info.isreg() and name.suffix.lower() in ENDINGS and not name.name.startswith("."):
            if info.issparse():
                raise LenetError(f"{info.name} is kept with holes, which aren't read; pack it without --sparse")
            yield info


@contextmanager
def _reading(file: str) -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise LenetError(f"{file} can't be read as a tar: {error}") from None


def _too_large(member: Member) -> LenetError:
    return LenetError(f"it is of {member.size:,} bytes, of which {MOST_BYTES:,} are read at most")

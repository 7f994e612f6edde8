"""Pictures in tars, packed or not."""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from lzma import LZMAError
from pathlib import Path, PurePosixPath

from ...errors import LenetError
from ...page.folder import ENDINGS
from .shards import Shards
from .source import Named, Picture, fact, unseen

MOST_BYTES = 1 << 28  # of a picture, which is held in memory


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
        with tarfile.open(self.tar.path, "r|*") as file:
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
            packed = not _plain(file)
            with tarfile.open(file, "r:*") as opened:
                members = tuple(Member(info.name, info.size, info.offset_data) for info in _pictures(opened))
                _check_end(opened)
        if not members:
            raise LenetError(f"{file} holds no pictures")
        path = Path(file).absolute()
        found.append(Tar(file, str(path), path.stat().st_size, packed, members))
    return Shards(tuple(files), tuple(map(fact, files)), found, [len(tar.members) for tar in found], _part)


def _part(tar: Tar, first: int, count: int) -> Members:
    members = tar.members[first : first + count]
    return Members(Tar(tar.called, tar.path, tar.size, tar.packed, members), first)


def _plain(file: str) -> bool:
    """Whether a tar isn't compressed, so that its pictures can be reached one by one."""
    try:
        with tarfile.open(file, "r:"):
            return True
    except tarfile.ReadError:
        return False


def _check_end(tar: tarfile.TarFile) -> None:
    """Raise ``ReadError`` where what comes after the last member isn't a tar's end, which ``tarfile`` passes over."""
    assert tar.fileobj is not None
    tar.fileobj.seek(tar.offset)
    if tar.fileobj.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
        raise tarfile.ReadError("it breaks off, or is damaged")


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
    except (tarfile.TarError, OSError, EOFError, zlib.error, LZMAError) as error:
        raise LenetError(f"{file} can't be read as a tar: {error}") from None


def _too_large(member: Member) -> LenetError:
    return LenetError(f"it is of {member.size:,} bytes, of which {MOST_BYTES:,} are read at most")

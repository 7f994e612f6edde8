"""Files that are there in full or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO

from .errors import LenetError


def write_atomically(path: str | os.PathLike[str], data: bytes | Iterable[bytes], *, durable: bool = True) -> None:
    """Write ``data`` to ``path``: a reader sees the old file or the whole new one, even if the process is killed.

    The bytes go to a file beside it, which then takes its name.

    Args:
        path: where to; the folder must exist.
        data: the whole file, or its parts, which are drawn one after the other.
        durable: whether to wait until the bytes are on the disk, so that a power cut can't lose them either.

    Raises:
        LenetError: the file can't be written, for want of room or permission, say; nothing is left behind.
    """
    path = Path(path)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        try:
            with aside.open("wb") as file:
                file.writelines((data,) if isinstance(data, bytes) else data)
                file.flush()
                if durable:
                    os.fsync(file.fileno())
            aside.replace(path)
        except BaseException:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
            raise
        if durable:
            _sync_folder(path.parent)
    except OSError as error:
        raise LenetError(f"{path} can't be written: {_reason(error)}") from None


def remove_parts(folder: Path) -> None:
    """Remove what a kill in the middle of ``write_atomically`` left in a folder that nobody else writes to."""
    for part in folder.glob(".*.part"):
        with suppress(OSError):
            part.unlink()


def append_to(path: Path, data: bytes) -> None:
    """Add ``data`` to the end of a file; raise ``LenetError`` where that fails, which can leave a part of it."""
    try:
        with path.open("ab") as file:
            file.write(data)
    except OSError as error:
        raise LenetError(f"{path} can't be written: {_reason(error)}") from None


def _sync_folder(folder: Path) -> None:
    """Put the new name on the disk too; where a system can't do that to a folder, it does so by itself."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def whole_lines(path: Path) -> bytes:
    """Return a file's lines; a last one that a kill cut short is cut off the file, so that the next begins a line.

    Raises:
        LenetError: it is there, and can't be read.
    """
    try:
        with path.open("r+b") as file:
            text = file.read()
            whole = text.rfind(b"\n") + 1
            file.truncate(whole)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise LenetError(f"{path} can't be read: {_reason(error)}") from None
    return text[:whole]


def cut_off(path: Path, size: int) -> None:
    """Keep the first ``size`` bytes of a file; raise ``LenetError`` where that fails."""
    try:
        os.truncate(path, size)
    except OSError as error:
        raise LenetError(f"{path} can't be written: {_reason(error)}") from None


def take(folder: Path, who: str, option: str = "--out") -> IO[bytes]:
    """Make a folder and lock it, until what is returned is closed or the process ends, however it ends.

    Args:
        folder: which.
        who: works in it, such as ``lenet reproduce``, for the text of the error.
        option: where its command is told the folder, likewise.

    Raises:
        LenetError: another process works in it, or it can't be used.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / ".lock").open("ab")
    except OSError as error:
        raise LenetError(f"the folder {folder} can't be used: {_reason(error)}") from None
    try:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:  # pragma: no cover - Windows
        pass
    except OSError:
        file.close()
        raise LenetError(f"another {who} works in {folder}; wait for it, or give another folder by {option}") from None
    return file


def read_whole(path: str | os.PathLike[str], check: Callable[[Path, int], None] | None = None) -> bytes:
    """Return the bytes of a file.

    Args:
        path: which file.
        check: called with the path and the file's size in bytes before anything is read; it may raise.

    Raises:
        LenetError: there is no such file, it is a folder, or it can't be read.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise LenetError(f"{path} is a folder; the path of a file is needed")
        with path.open("rb") as file:
            if check is not None:
                check(path, os.fstat(file.fileno()).st_size)
            return file.read()
    except FileNotFoundError:
        raise LenetError(f"there is no file {path}") from None
    except (OSError, ValueError) as error:
        raise LenetError(f"{path} can't be read: {_reason(error)}") from None


def numbered_folder(parent: str | os.PathLike[str], name: str) -> Path:
    """Make and return ``parent/name-001``, or the first higher number that is free; two callers never get the same.

    Raises:
        LenetError: the folder can't be made.
    """
    parent = Path(parent)
    try:
        parent.mkdir(parents=True, exist_ok=True)
        taken = [int(p.name[len(name) + 1 :]) for p in parent.glob(f"{name}-*") if p.name[len(name) + 1 :].isdecimal()]
        number = max(taken, default=0)
        while True:
            number += 1
            with suppress(FileExistsError):
                folder = parent / f"{name}-{number:03d}"
                folder.mkdir()
                return folder
    except OSError as error:
        raise LenetError(f"no folder can be made in {parent}: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)

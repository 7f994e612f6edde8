"""What the arguments of ``lenet read`` stand for: files, those in folders, stdin; shares; values."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from ..errors import LenetError
from .common import is_terminal

STDIN = "-"


class Share(click.ParamType[float]):
    """A share, 0 to 1, or with a percent sign."""

    name = "share"

    def __init__(self, most: float = 1) -> None:
        """Take up to ``most`` without a percent sign; more is likely to be meant in percent."""
        self._most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number, or fail."""
        text = str(value).strip()
        try:
            share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            share = -1
        if not 0 <= share <= 1:
            self.fail(f"{text!r} is not a share from 0 to 1, such as 0.9 or 90%", param, ctx)
        if share > self._most and not text.endswith("%"):
            self.fail(f"{text} is {share:.0%}; did you mean {text}%? Write a percent sign", param, ctx)
        return share


def found(pictures: tuple[str, ...], recursive: bool) -> list[str]:
    """Return the files that are named, and those in folders, sorted; each once."""
    from ..page.folder import inside

    files: dict[str, None] = {}
    for what in pictures:
        if what == STDIN or not Path(what).is_dir():
            files[what] = None
            continue
        them = sorted(entry.path for entry in inside(what, recursive))
        if not them:
            more = "" if recursive else "; --recursive looks into the folders in it, too"
            raise LenetError(f"{what} holds no pictures{more}")
        files.update(dict.fromkeys(them))
    return list(files)


def source(file: str) -> str | bytes:
    """Return what is read of a file's name: itself, or what stdin holds."""
    return sys.stdin.buffer.read() if file == STDIN else file


def values(text: str) -> list[str]:
    """Return the allowed values that an option names, or that its file has."""
    if not text.startswith("@"):
        return [value.strip() for value in text.split(",") if value.strip()]
    from ..files import read_whole

    try:
        return read_whole(text[1:]).decode("utf-8-sig").split()
    except UnicodeDecodeError:
        raise LenetError(f"{text[1:]} is no text in UTF-8; --values reads a file of one value a line") from None


@contextmanager
def counting_files(files: int) -> Iterator[Callable[..., None]]:
    """Yield what moves a bar, on a terminal and where there are several files.

    It is called after each file; or with how many are done.
    """
    if files < 2 or not is_terminal(sys.stderr):
        yield lambda done=None: None
        return
    from .live import counting

    before = 0
    with counting(sys.stderr) as came:

        def count(done: int | None = None) -> None:
            nonlocal before
            before = before + 1 if done is None else done
            came(before, files, "reading")

        yield count

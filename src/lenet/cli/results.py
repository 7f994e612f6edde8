"""Files of results: written as they come, so that a stop loses nothing, and there in full or not at all."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from ..errors import LenetError
from ..files import write_atomically
from ..version import version

FORMATS = (".csv", ".json", ".jsonl")
PLACE = ("left", "top", "right", "bottom")
COLUMNS = ("file", "page", "line", "text", "confidence", "rejected", "reason", *PLACE, "error", "alternatives")
Document = dict[str, Any]  # of a reading, as ``Reading.to_dict`` gives it


class Results:
    """Readings on their way to a file.

    They are kept in a file beside it that ends in ``.part``: a line that says what they are read for, then a line for
    each picture, a JSON list of its pages. ``finish`` makes the file of it, and takes it away.

    Attributes:
        path: the file.
        part: the file beside it.
        done: the pictures that were there when it was opened.
    """

    def __init__(self, path: Path, settings: Document) -> None:
        """Begin it, or go on with it.

        Args:
            path: ends in one of ``FORMATS``.
            settings: what the pictures are read for; JSON.

        Raises:
            LenetError: it can't be written, or what is there was read for something else.
        """
        if path.suffix.lower() not in FORMATS:
            raise LenetError(f"the name of the results must end in one of {', '.join(FORMATS)}, but is {path}")
        if path.is_dir():
            raise LenetError(f"{path} is a folder; results need the path of a file")
        self.path, self.part, self.done = path, path.with_name(path.name + ".part"), set[str]()
        try:
            self._file: BinaryIO = self.part.open("a+b")
            try:
                self._go_on(settings)
            except BaseException:
                self.close()
                raise
        except OSError as error:
            raise LenetError(f"{self.part} can't be written: {error.strerror or error}") from None

    def _go_on(self, settings: Document) -> None:
        """Note what is there, and write the first line where it isn't."""
        head = _line({"lenet": version(), "settings": settings})
        self._file.seek(0)
        first = self._file.readline()
        if first == head:
            # A line that a kill broke off is taken away.
            self._file.truncate(len(head) + sum(map(len, self._read_again())))
        elif head.startswith(first):
            self._file.truncate(0)
            self._write(head)
        else:
            raise LenetError(_others(self.part, first, settings))

    def add(self, pages: Iterable[Document]) -> None:
        """Add the readings of a picture, all of its pages at once."""
        try:
            self._write(_line(list(pages)))
        except OSError as error:
            raise LenetError(
                f"{self.part} can't be written: {error.strerror or error}; what is there is kept"
            ) from None

    def finish(self, alternatives: int = 0) -> dict[str, int]:
        """Make the file of what has come, in the format of its ending, and return how many pages there are of a kind.

        Args:
            alternatives: how many of a line's other answers a table has.
        """
        parts = {".csv": _table, ".json": _list, ".jsonl": _lines}[self.path.suffix.lower()]
        tally = {"pages": 0, "read": 0, "rejected": 0, "failed": 0}
        write_atomically(self.path, parts(self._documents(tally), alternatives))
        self.close()
        with suppress(OSError):
            self.part.unlink()
        return tally

    def close(self) -> None:
        """Leave it as it is, to be gone on with."""
        self._file.close()

    def _write(self, line: bytes) -> None:
        self._file.seek(0, os.SEEK_END)
        self._file.write(line)
        self._file.flush()  # to the system: a kill of the process loses nothing

    def _read_again(self) -> Iterator[bytes]:
        """Yield the lines that are whole, and note whose they are."""
        for line in self._file:
            try:
                pages = json.loads(line) if line.endswith(b"\n") else []
                self.done.add(pages[0]["file"])
            except (ValueError, LookupError, TypeError):
                return
            yield line

    def _documents(self, tally: dict[str, int]) -> Iterator[Document]:
        """Yield what has come, and count it."""
        self._file.seek(0)
        next(self._file)
        for line in self._file:
            for document in json.loads(line):
                tally["pages"] += 1
                tally["failed" if document["error"] else "rejected" if document["rejected"] else "read"] += 1
                yield document


def _line(document: Any) -> bytes:
    return json.dumps(document, allow_nan=False).encode() + b"\n"


def _others(part: Path, first: bytes, settings: Document) -> str:
    """Return what is wrong with a file that was begun with other settings."""
    try:
        before = json.loads(first)["settings"]
        differ = [name for name in settings if _line(before[name]) != _line(settings[name])]
        why = f"was read with other settings ({', '.join(differ) or 'by another version of lenet'})"
    except (ValueError, LookupError, TypeError):
        why = "isn't a list of readings that lenet began"
    return f"{part} {why}; remove it to begin anew, or write to another file"


def _lines(documents: Iterator[Document], _: int) -> Iterator[bytes]:
    return map(_line, documents)


def _list(documents: Iterator[Document], _: int) -> Iterator[bytes]:
    before = b"[\n"
    for document in documents:
        yield before + _line(document).rstrip()
        before = b",\n"
    yield b"\n]\n" if before == b",\n" else b"[]\n"


def _table(documents: Iterator[Document], alternatives: int) -> Iterator[bytes]:
    """Yield a table: a row for each line of writing, and for each picture without any."""
    columns = COLUMNS if alternatives else COLUMNS[:-1]
    yield _row(columns)
    for document in documents:
        for row in rows(document, alternatives):
            yield _row([row.get(column, "") for column in columns])


def rows(document: Document, alternatives: int = 0) -> Iterator[Document]:
    """Yield the cells of a reading's rows, by column; those that are empty are left out."""
    about = {"file": document["file"], "page": document["page"]}
    for number, line in enumerate(document["lines"], 1):
        yield {
            **about,
            "line": number,
            "text": "" if line["rejected"] else line["text"],
            **_judged(line),
            **dict(zip(PLACE, line["box"], strict=True)),
            "alternatives": " ".join(
                f"{other['text']}:{other['probability']:.4f}" for other in line["alternatives"][:alternatives]
            ),
        }
    if document["error"]:
        yield {**about, "rejected": "true", "error": document["error"]}
    elif not document["lines"]:
        yield {**about, **_judged(document)}


def _judged(what: Document) -> Document:
    rejected = "true" if what["rejected"] else "false"
    return {"confidence": f"{what['confidence']:.4f}", "rejected": rejected, "reason": what["reason"]}


def _row(cells: Iterable[Any]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue().encode("utf-8", "surrogateescape")

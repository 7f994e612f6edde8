"""The pages of one source, read one after the other."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from ..errors import LenetError
from ..page.source import Frame, frames
from .result import Reading

if TYPE_CHECKING:
    from .reader import Reader
    from .steps import Steps

Portable = str | bytes | list[Frame]

NO_PAGE = "it holds no picture"


def read_each(source: Any, reader: Reader, steps: Steps | None = None) -> Iterator[Reading]:
    """Yield the reading of each page, timed from before it is decoded.

    Args:
        source: what ``frames`` takes, or frames.
        reader: what reads.
        steps: is given the steps of the first page.

    Raises:
        LenetError: the source, or its next page, can't be read.
    """
    begun = perf_counter()
    for frame in source if isinstance(source, list) else frames(source):
        reading = reader.read(frame, steps=steps)
        file = name(source) or reading.file or frame.name
        yield replace(reading, file=file, page=frame.page, seconds=perf_counter() - begun)
        begun, steps = perf_counter(), None


def attempt(source: Any, reader: Reader, pages: bool) -> list[Reading]:
    """Return the reading of the first page, or of every page; what goes wrong is told in one that has failed."""
    readings: list[Reading] = []
    begun = perf_counter()
    try:
        for reading in read_each(source, reader):
            readings.append(reading)
            if not pages:
                return readings
            begun = perf_counter()
        if readings:
            return readings
        text = NO_PAGE
    except Exception as error:  # one picture among a million must not end the work
        text = told(error)
    failed = Reading.failed(text, name(source), perf_counter() - begun)
    return [*readings, replace(failed, page=len(readings) + 1)]


def told(error: Exception) -> str:
    """Return in words what went wrong with a picture."""
    if isinstance(error, LenetError):
        return str(error)
    if isinstance(error, MemoryError):
        return "there is not enough memory to read it"
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"this is a bug in lenet: {type(error).__name__}: {error} (line {last.lineno} of {Path(last.filename).name})"


def name(source: Any) -> str:
    """Return the path of a source as it was given; empty where it comes from memory."""
    return os.fsdecode(source) if isinstance(source, (str, os.PathLike)) else ""


def portable(source: Any, pages: bool) -> Portable:
    """Return a source as it can be sent to another process: a path, bytes, or the frames of anything else.

    Raises:
        LenetError: it can't be read.
    """
    if isinstance(source, bytes):
        return source
    return name(source) or list(frames(source) if pages else islice(frames(source), 1))

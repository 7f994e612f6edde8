"""Many pictures, read on all cores, in order, in bounded memory."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Iterator
from itertools import chain
from time import perf_counter
from typing import Any

from ..errors import LenetError
from ..processes import can_begin_processes, cores
from .crew import Crew
from .pages import attempt, name, portable, told
from .result import Reading
from .settings import Settings

ALONE = 0.5  # seconds: about what it takes to begin processes, so that what ends sooner is done without them
AHEAD = 2  # sources a process that are sent or read at a time
KEPT = 32  # sources a process whose turn hasn't come


def stream(
    settings: Settings, sources: Iterable[Any], *, workers: int | None = None, pages: bool = False
) -> Generator[list[Reading], None, None]:
    """Return the readings of each source, in their order, as they come; the settings are checked at once.

    Args:
        settings: what they are read for.
        sources: paths, bytes, arrays...; an iterator is drawn from as needed.
        workers: processes that read; None: one a core, once reading has taken half a second without them.
        pages: whether a list has a reading of each of the source's pages, or only that of its first.

    Raises:
        LenetError: the settings are wrong; later, while iterating, that no process could be begun.
    """
    if workers is not None and not (isinstance(workers, int) and workers >= 1):
        raise LenetError(f"workers must be a whole number, 1 or more, but is {workers!r}")
    reader = settings.reader()
    if isinstance(sources, (str, bytes, os.PathLike)):
        raise LenetError("read_many reads a list of pictures, but one was given; put it into a list, or use read")

    def readings() -> Generator[list[Reading], None, None]:
        rest = iter(sources)
        most = (workers or cores()) if can_begin_processes() else 1
        until = perf_counter() + (ALONE if workers is None else 0)
        for source in rest:
            if most > 1 and perf_counter() >= until:
                yield from _side_by_side(settings, chain((source,), rest), most, pages)
            else:
                yield attempt(source, reader, pages)

    return readings()


def _side_by_side(
    settings: Settings, sources: Iterator[Any], workers: int, pages: bool
) -> Generator[list[Reading], None, None]:
    """Yield readings in order; not all are begun before the first is taken, nor are more kept than ``KEPT`` says."""
    found: dict[int, list[Reading]] = {}  # by their place, while those before them aren't there
    begun = given = away = 0  # sources drawn, readings yielded, sources that the crew has
    more, crew = True, Crew(settings, workers)
    try:
        while more or given < begun:
            while more and away < AHEAD * workers and begun - given < KEPT * workers:
                try:
                    source = next(sources)
                except StopIteration:
                    more = False
                    break
                try:
                    crew.ask(begun, portable(source, pages), pages)
                    away += 1
                except Exception as error:
                    found[begun] = [Reading.failed(told(error), name(source))]
                begun += 1
            if given in found:
                yield found.pop(given)
                given += 1
            elif away:
                place, readings = crew.answer()
                found[place] = readings
                away -= 1
    finally:
        crew.end()

"""What a worker of the cluster does: it reads a chunk of the pictures, and returns the part that they make."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

from ...errors import LenetError
from ...reading import Reading, Settings
from ...reading.crew import Crew
from ..jobs import check_version
from . import rows
from .source import Picture, Pictures

if TYPE_CHECKING:
    import pyarrow


@dataclass(frozen=True)
class Chunk:
    """Some pictures of a source.

    Attributes:
        number: of the part that they make.
        first: the first one's place in the source, from 0.
        pictures: where they are.
    """

    number: int
    first: int
    pictures: Sequence[Pictures]


def read_chunk(batch: pyarrow.Table, settings: Settings, key: str, sender: str) -> pyarrow.Table:
    """Return one row: a chunk's number, its part as a Parquet file, and why there is none.

    Args:
        batch: one row, whose ``chunk`` is a pickled ``Chunk``.
        settings: what the pictures are read for.
        key: the same for the same settings.
        sender: version of lenet where the command was given.
    """
    import pyarrow

    chunk: Chunk = pickle.loads(batch["chunk"][0].as_py())
    part, error = b"", ""
    try:
        check_version(sender)
        part = rows.pack(_read(chunk, _crew(settings, key)))
    except LenetError as wrong:
        error = str(wrong)
    return pyarrow.table({"number": [chunk.number], "part": [part], "error": [error]})


_crews: dict[str, Crew] = {}  # of this worker, one at most: by its key


def _crew(settings: Settings, key: str) -> Crew:
    """Return a process beside this one that reads, so that a bad picture can't end the worker; it is kept.

    A picture that ends that process twice gets a row with an error, as ``lenet read`` gives it.
    """
    if key not in _crews:
        while _crews:
            _crews.popitem()[1].end()
        _crews[key] = Crew(settings, 1)
    return _crews[key]


def _read(chunk: Chunk, crew: Crew) -> Iterator[rows.Numbered]:
    for number, (name, picture) in enumerate(chain.from_iterable(chunk.pictures), chunk.first):
        for reading in _pages(picture, crew):
            # Errors tell of a path as it was given, not of where this machine has it.
            error = reading.error.replace(picture, name) if isinstance(picture, str) else reading.error
            yield number, replace(reading, file=name, error=error)


def _pages(picture: Picture, crew: Crew) -> list[Reading]:
    if isinstance(picture, LenetError):
        return [Reading.failed(str(picture))]
    crew.ask(0, picture, True)
    return crew.answer()[1]

"""``lenet read --ray``: a source of any size, read by a cluster into a folder of Parquet files.

The source is listed, and cut into chunks of a fixed number of pictures. Ray Data hands them to workers, and hands one
out again when its worker is lost. A worker returns what it has read as the bytes of a Parquet file; the process that
gave the command writes each of them atomically, under the chunk's number. So a picture is in the results once, however
often it was read; what is there isn't read again; and only the source has to be seen by all machines.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import pickle
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from ...errors import LenetError
from ...extras import require
from ...files import read_whole
from ...reading import Settings
from ...version import version
from ..connection import connected
from ..jobs import told
from .parts import Parts
from .source import Source, checksum, find
from .worker import Chunk, read_chunk

FEWEST, MOST = 8, 256  # pictures a chunk: a part of a second to half a minute on a core
CHUNKS, MOST_CHUNKS = 1_000, 50_000  # that a source is cut into


def read_source(
    settings: Settings,
    source: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    column: str | None = None,
    address: str | None = None,
    workers: int | None = None,
    chunk: int | None = None,
    tell: Callable[[int, int], None] = lambda done, all_: None,
) -> dict[str, int]:
    """Read all pictures of a source on a cluster, or go on with that, and return how many pages there are of a kind.

    Args:
        settings: what they are read for.
        source: path of a folder of pictures, a Parquet file, a tar, or a folder of either; all machines see it there.
        out: folder of the results, which is made; its files and columns are in docs/scale.md.
        column: of Parquet: that has the pictures; None: ``bytes``, ``image`` or ``path``.
        address: of the cluster; see ``connected``.
        workers: that read at a time; None: one for each processor of the cluster.
        chunk: pictures a part; None: by their number.
        tell: called with how many pictures are done, and how many there are.

    Raises:
        LenetError: the source can't be read, ``out`` holds something else, or the cluster is lost; what is done is
            kept, and the same call goes on.
    """
    require("ray", "ray", "reading on many machines")
    settings.reader()  # what is wrong with them is told before anything is made
    found = find(os.fspath(source), column)
    settings, weights = _sent(settings)
    about = {
        "lenet": version(),
        "source": str(Path(source).absolute()),
        "column": column,
        "pictures": len(found),
        "listing": checksum(found),
        "settings": {**settings.to_dict(), "model": weights},
    }
    key = json.dumps(about["settings"])
    with Parts(Path(out), json.loads(json.dumps(about)), chunk or size(len(found))) as parts:
        rest = parts.rest()
        done = parts.count - len(rest)
        tell(min(done * parts.chunk, len(found)), len(found))
        if rest:
            with closing(_read(settings, key, _chunks(found, rest, parts.chunk), address, workers)) as results:
                for number, data in results:
                    parts.add(number, data)
                    done += 1
                    tell(min(done * parts.chunk, len(found)), len(found))
            if missing := parts.rest():
                raise LenetError(f"the cluster lost {len(missing)} of {parts.count} parts; the same command reads them")
        return parts.tally()


def size(pictures: int) -> int:
    """Return how many pictures a part has, where there are so many of them."""
    return max(FEWEST, min(MOST, pictures // CHUNKS), pictures // MOST_CHUNKS)


def _chunks(source: Source, numbers: list[int], each: int) -> list[Chunk]:
    return [Chunk(number, number * each, source.cut(number * each, each)) for number in numbers]


def _read(
    settings: Settings, key: str, chunks: list[Chunk], address: str | None, workers: int | None
) -> Generator[tuple[int, bytes], None, None]:
    """Yield the parts of chunks by their numbers, as they come."""
    with connected(address, workers=workers) as ray:
        data = require("ray.data", "ray", "reading on many machines")
        logging.getLogger("ray.data").setLevel(logging.CRITICAL)
        context = data.DataContext.get_current()
        context.enable_progress_bars = context.print_on_execution_start = False
        rows = data.from_items([{"chunk": pickle.dumps(each)} for each in chunks], override_num_blocks=len(chunks))
        parts = rows.map_batches(
            read_chunk,
            fn_args=(settings, key, version()),
            batch_size=None,
            batch_format="pyarrow",
            num_cpus=1,
            compute=data.TaskPoolStrategy(workers),  # None: as many as there are processors
        )
        try:
            for batch in parts.iter_batches(batch_size=None, batch_format="pyarrow", prefetch_batches=0):
                for row in batch.to_pylist():
                    if row["error"]:
                        raise LenetError(row["error"])
                    yield row["number"], row["part"]
        except ray.exceptions.RayTaskError as error:
            raise told(error) from None
        except ray.exceptions.RayError as error:
            first = str(error).strip().partition("\n")[0]
            raise LenetError(f"the cluster is lost: {first}; the same command goes on") from None


def _sent(settings: Settings) -> tuple[Settings, str | None]:
    """Return settings that need no file of this machine, and the name or the checksum of their weights."""
    from ...model.description import file_of
    from ...weights import load, names

    model = settings.model
    if model is None or model in names() or not isinstance(model, (str, os.PathLike)):
        return settings, None if model is None else str(model)
    weights = hashlib.sha256(read_whole(file_of(model))).hexdigest()
    return replace(settings, model=load(model)), weights

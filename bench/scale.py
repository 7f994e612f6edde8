"""What more machines buy: reading by processes and by a cluster, measured here, and reckoned for 1, 10 and 100."""

from __future__ import annotations

import os
import resource
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

from lenet.report.table import Table

from .reading.speed import amounts

PICTURES, QUICK = 1_000, 200  # amounts that are read
CHUNKS = 5, 25  # pictures a part, here: the difference tells what a part costs
CORES = 16  # of each machine that is reckoned with
MACHINES, SOURCES = (1, 10, 100), (10_000, 1_000_000, 100_000_000)
SLOW = 2  # a straggler: a core that takes so many times as long for the last part


@dataclass(frozen=True)
class Measured:
    """What a picture takes: seconds of a processor, which don't depend on what else the machine does.

    Attributes:
        pictures: that were read.
        workers: that read them.
        file: bytes of a picture's file.
        row: bytes of a picture's row.
        alone: a picture, in one process.
        processes: a picture, by the processes of ``lenet read``.
        ray: a picture, by the workers of ``lenet read --ray``, without ``part``.
        part: a part of the results.
        driver: a part, where the command was given.
        first: of wall time, until the first part came, the cluster being begun.
        listing: of wall time, of listing the source, a picture.
    """

    pictures: int
    workers: int
    file: float
    row: float
    alone: float
    processes: float
    ray: float
    part: float
    driver: float
    first: float
    listing: float


def run(workers: int, quick: bool) -> Measured:
    """Write the pictures, read them in each way, and return what that took."""
    source = import_module("lenet.cluster.reading.source")
    settings = import_module("lenet.reading").Settings.of(line=True)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "in"
        folder.mkdir()
        paths = amounts(folder, QUICK if quick else PICTURES)
        begun = perf_counter()
        source.checksum(source.find(str(folder)))
        listing = perf_counter() - begun
        alone, processes = _by_processes(settings, paths, 1), _by_processes(settings, paths, max(2, workers))
        begun = perf_counter()
        with import_module("lenet.cluster").connected("local", workers=workers):
            begin = perf_counter() - begun
            runs = [_by_ray(settings, folder, Path(place) / f"out{chunk}", chunk, workers) for chunk in CHUNKS]
        part = max(0.0, (runs[0].picture - runs[1].picture) / (1 / CHUNKS[0] - 1 / CHUNKS[1]))
        rows = Path(place, f"out{CHUNKS[1]}").glob("*.parquet")
        return Measured(
            pictures=len(paths),
            workers=workers,
            file=sum(path.stat().st_size for path in paths) / len(paths),
            row=sum(path.stat().st_size for path in rows) / len(paths),
            alone=alone,
            processes=processes,
            ray=runs[1].picture - part / CHUNKS[1],
            part=part,
            driver=runs[0].driver,
            first=begin + runs[0].first,
            listing=listing / len(paths),
        )


def _by_processes(settings: Any, paths: list[Path], workers: int) -> float:
    """Return the seconds of a processor for a picture, from when all processes read to the last picture."""
    stream = import_module("lenet.reading.many").stream
    warm, before = len(paths) // 5, 0.0
    for place, _ in enumerate(stream(settings, paths, workers=workers, pages=True)):
        if place == warm:
            before = _used_by_all()
    return (_used_by_all() - before) / (len(paths) - 1 - warm)


@dataclass(frozen=True)
class OnRay:
    """A run of ``lenet read --ray``: see ``Measured``; ``picture`` is all that a picture takes of a worker."""

    first: float
    picture: float
    driver: float


def _by_ray(settings: Any, folder: Path, out: Path, chunk: int, workers: int) -> OnRay:
    begun, came, at = perf_counter(), list[float](), list[tuple[float, float, int, int]]()

    def tell(done: int, pictures: int) -> None:
        came.append(perf_counter() - begun)
        if len(came) == 1 + 2 * workers or done == pictures:  # all of them read; the end
            at.append((_used(), _used_by_all(), done, len(came)))

    import_module("lenet.cluster.reading").read_source(settings, folder, out, chunk=chunk, workers=workers, tell=tell)
    (driver, all_, pictures, parts), last = at[0], at[-1]
    driver = last[0] - driver
    return OnRay(
        first=came[1],  # the one before it is of what was there at first
        picture=(last[1] - all_ - driver) / (last[2] - pictures),
        driver=driver / (last[3] - parts),
    )


def _used() -> float:
    """Return the seconds of a processor that this process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _used_by_all() -> float:
    """Return those that this process, those that it began, and theirs, have used; Linux only."""
    parents, used = dict[int, int](), dict[int, float]()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            cells = stat.read_text().rpartition(")")[2].split()
            parents[int(stat.parent.name)] = int(cells[1])
            used[int(stat.parent.name)] = sum(map(int, cells[11:15])) / os.sysconf("SC_CLK_TCK")
    ours, size = {os.getpid()}, 0
    while len(ours) > size:
        size = len(ours)
        ours |= {process for process, parent in parents.items() if parent in ours}
    return sum(used.get(process, 0.0) for process in ours)


def summary(found: Measured) -> str:
    """Return what was measured, and what it comes to, as Markdown."""
    rows = [
        ("a picture, in one process", f"{1000 * found.alone:.1f} ms"),
        (f"a picture, `lenet read`, {max(2, found.workers)} processes", f"{1000 * found.processes:.1f} ms"),
        (f"a picture, `lenet read` with `--ray`, {found.workers} workers", f"{1000 * found.ray:.1f} ms"),
        ("a part, by a worker", f"{1000 * found.part:.0f} ms"),
        ("a part, where the command was given", f"{1000 * found.driver:.0f} ms"),
        ("listing the source, a picture", f"{1e6 * found.listing:.0f} us"),
        ("until the cluster's first part is there", f"{found.first:.1f} s"),
        ("a picture's file, its row", f"{found.file:,.0f} and {found.row:,.0f} bytes"),
    ]
    heads = ("measured", f"{found.pictures:,} amounts")
    return f"{Table(heads, rows, words=heads[:1]).markdown()}\n\n{Table(*_reckoned(found), words=()).markdown()}\n"


def _reckoned(found: Measured) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the heads and rows of what more machines buy."""
    heads = ("pictures", "machines", "start-up, list", "reading", "last part", "in all", "speedup", "in", "driver busy")
    return heads, list(_rows(found))


def _rows(found: Measured) -> Iterator[tuple[str, ...]]:
    size = import_module("lenet.cluster.reading").size
    for pictures in SOURCES:
        one = 0.0
        for machines in MACHINES:
            cores, chunk = CORES * machines, size(pictures)
            parts = -(-pictures // chunk)
            start = found.first + pictures * found.listing
            reading = (pictures * found.ray + parts * found.part) / cores
            last = chunk * found.ray * SLOW
            seconds = start + max(reading, parts * found.driver) + last
            one = one or seconds
            yield (
                f"{pictures:,}",
                f"{machines}",
                _time(start),
                _time(reading),
                _time(last),
                _time(seconds),
                f"{one / seconds:.1f}",
                f"{pictures / seconds * found.file / 1e6:,.1f} MB/s",
                f"{parts * found.driver / seconds:.0%}",
            )


def _time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.1f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def document(found: Measured) -> dict[str, float]:
    """Return what was measured, for JSON."""
    return asdict(found)

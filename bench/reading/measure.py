"""The whole measurement: set up the systems, let them read the sets, and put together what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from lenet.errors import LenetError

from .. import machine
from ..speed import tell
from .pictures import Kind, PictureSet
from .report import Found, Report
from .systems import USUAL, ready
from .turns import read


def measure(sets: Sequence[PictureSet], names: Sequence[str] | None, threads: int, rounds: int) -> Report:
    """Return what the named systems, ``threads`` each, make of the sets; None: the usual ones that are here.

    Raises:
        LenetError: there is no system of a name, or none that can be set up.
    """
    described = machine.machine()
    if machine.busy():
        tell("The machine is busy: times taken now tell little. Stop what else runs, and wait a minute.")
    skipped: dict[str, str] = {}
    readers = ready(names or USUAL, threads, skipped)
    if not readers:
        raise LenetError("no system can be set up: " + "; ".join(f"{name}: {why}" for name, why in skipped.items()))
    versions = machine.versions(dict.fromkeys(package for reader in readers.values() for package in reader.packages))
    conditions = [f"{what}: {value}" for what, value in described.items()]
    conditions.append("versions: " + ", ".join(f"{name} {version}" for name, version in versions.items()))
    conditions.append(f"threads: {threads}")
    conditions.append(
        f"read {rounds} times, the systems by turns; a picture's time is the median, from its file to the answer"
    )
    conditions += [f"{reader.name}: {reader.note}" for reader in readers.values()]
    conditions += [f"`{name}` was left out: {why}" for name, why in skipped.items()]
    report = Report(conditions, {name: reader.name for name, reader in readers.items()})
    for pictures in sets:
        tell(f"{pictures.title}: {len(pictures.pictures):,}")
        found = Found(pictures, read(readers, pictures, rounds))
        (report.letters if pictures.kind is Kind.LETTER else report.digits).append(found)
    return report

"""What came out: a file of one line a run, written as runs end."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..errors import LenetError
from ..files import lock, whole_lines
from .plan import Unit

FILE, LOCK = "results.jsonl", ".lock"


@dataclass(frozen=True)
class Result:
    """What a run gave.

    Attributes:
        claim: name of the claim.
        seed: of the run.
        digest: SHA-256 of network, recipe and data; see ``Unit.digest``.
        measures: share, or loss, by name; see ``claims.MEASURES``.
        parameters: trainable ones; None: the method has none that are counted so.
        multiply_adds: of reading one picture; likewise.
        seconds: of training.
        threads: that it ran on.
        machine: processor, cores, system and versions.
    """

    claim: str
    seed: int
    digest: str
    measures: dict[str, float]
    parameters: int | None
    multiply_adds: int | None
    seconds: float
    threads: int
    machine: dict[str, str | int] = field(default_factory=dict)


class Results:
    """The results in a folder, which belongs to this process inside ``with``."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; it is made by ``with``."""
        self.folder = folder
        self._known: dict[tuple[str, int, str], Result] = {}

    def __enter__(self) -> Results:
        """Make the folder, lock it and read it; raise ``LenetError`` where another process works in it."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = (self.folder / LOCK).open("ab")
        except OSError as error:
            raise LenetError(f"the folder {self.folder} can't be used: {error.strerror or error}") from None
        try:
            lock(
                self._lock,
                f"another lenet reproduce works in {self.folder}; wait for it, or give another folder by --out",
            )
            self._known = {_key(result): result for result in _read(self.folder / FILE)}
        except BaseException:
            self._lock.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Let others work in the folder."""
        self._lock.close()

    def find(self, unit: Unit, data: str) -> Result | None:
        """Return what came of a run on the data of that checksum; None: it isn't there."""
        return self._known.get((unit.claim.name, unit.seed, unit.digest(data)))

    def add(self, result: Result) -> None:
        """Write a result to the disk; raise ``LenetError`` where it can't be written."""
        path = self.folder / FILE
        try:
            with path.open("ab") as file:
                file.write((json.dumps(asdict(result)) + "\n").encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise LenetError(f"{path} can't be written: {error.strerror or error}") from None
        self._known[_key(result)] = result


def _key(result: Result) -> tuple[str, int, str]:
    return result.claim, result.seed, result.digest


def _read(path: Path) -> Iterable[Result]:
    for number, line in enumerate(whole_lines(path).splitlines(), 1):
        yield _result(line, f"line {number} of {path}")


def _result(line: bytes, where: str) -> Result:
    try:
        columns: Any = json.loads(line)
        return Result(**columns)
    except (ValueError, TypeError):
        raise LenetError(f"{where} is damaged; take it out, and its run is done again") from None

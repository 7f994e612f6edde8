from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import stand_in

HERE = Path(__file__).parent
CODE = "from lenet import reading; from stand_in import StandIn; reading.Settings = StandIn\n"
MAIN = "import sys; from lenet.cli import main; main(sys.argv[1:])"


class Driver:
    """A program in a process of its own, and the cluster that it begins."""

    def __init__(self, code: str, *arguments: object, paths: tuple[Path, ...] = ()) -> None:
        path = os.pathsep.join(map(str, [*paths, HERE, Path(stand_in.__file__).parent, *filter(None, sys.path)]))
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", "RAY_ADDRESS": ""},
            start_new_session=True,
        )

    def end(self, timeout: float = 120) -> tuple[int, str, str]:
        out, err = self.process.communicate(timeout=timeout)
        return self.process.returncode, out, err

    def interrupt(self) -> None:
        """Press Ctrl-C: the whole group of processes hears it."""
        os.killpg(self.process.pid, signal.SIGINT)

    def workers(self, doing: str = "read_chunk") -> list[int]:
        """Return the processes of the cluster that call a function of that name."""
        parents, workers = {}, []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                command = (entry / "cmdline").read_text()
            except OSError:
                continue
            if command.startswith(f"ray::{doing}") or (command.startswith("ray::") and f"({doing})" in command):
                workers.append(int(entry.name))
        return [worker for worker in workers if self.process.pid in _above(worker, parents)]

    def cluster(self) -> int:
        """Return the process that leads the cluster on this machine."""
        (child,) = (
            int(entry.name)
            for entry in Path("/proc").glob("[0-9]*")
            if (entry / "cmdline").read_bytes().partition(b"\0")[0].endswith(b"/raylet")
            and int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == self.process.pid
        )
        return child


def _above(process: int, parents: dict[int, int]) -> list[int]:
    found = []
    while process := parents.get(process, 0):
        found.append(process)
    return found


@pytest.fixture
def drive():
    """Begin Python code, or with ``None`` the command ``lenet`` where the stand-in reads."""
    begun = []

    def begin(code: str | None, *arguments: object, **options) -> Driver:
        begun.append(Driver(CODE + MAIN if code is None else code, *arguments, **options))
        return begun[-1]

    yield begin
    for each in begun:
        if each.process.poll() is None:
            each.process.kill()
        each.process.communicate()


@pytest.fixture
def answer():
    """Return the JSON that a driver prints; its stderr must be empty."""

    def of(driver: Driver) -> object:
        code, out, err = driver.end()
        assert (code, err) == (0, ""), err
        return json.loads(out)

    return of

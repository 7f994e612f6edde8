"""What a whole process takes: the memory of ``lenet train``, the start of ``lenet --help``."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from lenet.errors import LenetError

LENET = (sys.executable, "-m", "lenet")
# The child's own child is the only one that its RUSAGE_CHILDREN counts. ru_maxrss is in KiB, on macOS in bytes.
WATCHER = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == "darwin" else 1024))
sys.exit(code)
"""


def peak_memory(command: Sequence[str]) -> int:
    """Return the most memory that a command held at once, bytes.

    Raises:
        LenetError: the command failed.
    """
    watched = [sys.executable, "-c", WATCHER, *command]
    done = subprocess.run(watched, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LenetError(f"{' '.join(command)} failed: {done.stderr.strip()[-500:]}")
    return int(done.stdout.split()[-1])


def training_memory(data: str | None = None, threads: int = 1, network: str = "tanh-same") -> int:
    """Return the most memory that ``lenet train`` held, bytes, in a folder of its own that is then removed."""
    command = [*LENET, "train", network, "--passes", "1", "--quiet", "--threads", str(threads)]
    with TemporaryDirectory() as folder:
        return peak_memory([*command, "--out", str(Path(folder, "run")), *(["--data", data] if data else [])])


def start_time(runs: int = 9) -> list[float]:
    """Return how long each of some runs of ``lenet --help`` took, seconds, after one that isn't counted."""
    times = []
    for _ in range(runs + 1):
        begin = time.perf_counter()
        done = subprocess.run([*LENET, "--help"], capture_output=True, text=True, check=False)
        times.append(time.perf_counter() - begin)
        if done.returncode:
            raise LenetError(f"lenet --help failed: {done.stderr.strip()[-500:]}")
    return times[1:]


def told(times: list[float]) -> str:
    """Return the median and the spread of some times in milliseconds."""
    low, middle, high = (1000 * value for value in (min(times), median(times), max(times)))
    return f"{middle:.0f} ms ({low:.0f} to {high:.0f}, {len(times)} runs)"

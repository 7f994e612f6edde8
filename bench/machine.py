"""What the time is taken on: the machine, its versions, and its own limit."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from importlib import metadata
from pathlib import Path

from lenet.errors import LenetError

SETS = ("avx512f", "avx2", "fma", "asimd")  # instruction sets that matter here, as Linux names them


def available() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def settle(threads: int) -> None:
    """Bind this process to as many processors as threads, before any system is imported.

    JAX has no other setting for its threads. Threads that wait shall sleep, not spin into the next system's time,
    unless OMP_WAIT_POLICY says otherwise.

    Raises:
        LenetError: there aren't as many processors.
    """
    if not 1 <= threads <= available():
        raise LenetError(f"--threads must be from 1 to {available()}, the processors there are, but is {threads}")
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    os.environ["OMP_NUM_THREADS"] = str(threads)
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("KMP_BLOCKTIME", "0")


def machine() -> dict[str, str]:
    """Return what the machine is, in words."""
    facts = _processor()
    model = facts.get("model name") or platform.processor() or platform.machine()
    flags = set(facts.get("flags", facts.get("Features", "")).split())
    described = {
        "processor": model,
        "processors": str(available()),
        "system": f"{platform.system()} {platform.machine()}",
    }
    if flags:
        described["instruction sets"] = ", ".join(name for name in SETS if name in flags)
    if hasattr(os, "getloadavg"):
        described["load at the start"] = f"{os.getloadavg()[0]:.1f}"
    described["OpenMP's waiting threads"] = os.environ.get("OMP_WAIT_POLICY", "as they like").lower()
    return described


def busy() -> bool:
    """Return whether others have kept more than a tenth of the processors busy over the last minute."""
    return hasattr(os, "getloadavg") and os.getloadavg()[0] > 0.1 * (os.cpu_count() or 1)


def _processor() -> dict[str, str]:
    """Return the first processor's entry in ``/proc/cpuinfo``, where there is one."""
    path = Path("/proc/cpuinfo")
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").split("\n\n")[0].splitlines()
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}


def versions(packages: Iterable[str]) -> dict[str, str]:
    """Return the version of Python and of each package that is installed."""
    found = {"Python": platform.python_version()}
    for package in packages:
        with suppress(metadata.PackageNotFoundError):
            found[package] = metadata.version(package)
    return found


def limit(threads: int, milliseconds: int = 200) -> Callable[[], float]:
    """Return what measures the multiply-adds a second, in single precision, of a loop over registers on all threads."""
    from lenet import _native

    peak: Callable[[], float] = partial(_native.peak, threads, milliseconds)
    return peak

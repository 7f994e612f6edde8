"""The command line of ``python -m bench reading``."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lenet.errors import LenetError
from lenet.files import write_atomically

from .. import machine


def parser(common: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Return the options, those that every benchmark takes among them."""
    options = argparse.ArgumentParser(
        "python -m bench reading",
        description="Measure how well pictures of digits are read, beside other readers.",
        parents=[common],
    )
    add = options.add_argument
    add("--pictures", type=Path, metavar="DIR", help="read sets of pictures: its folders that have a labels.csv")
    add("--only", metavar="SET", help="only that folder of them")
    add("--limit", type=int, metavar="N", help="only the first N pictures of each set")
    add(
        "--mnist", type=int, nargs="?", const=10_000, metavar="N", help="read MNIST's (first N) test digits as pictures"
    )
    add("--written", type=int, metavar="N", help="read N lines written with MNIST's test digits")
    add("--speed", action="store_true", help="take the times of whole tasks, beside their targets")
    add("--rounds", type=int, default=1, metavar="N", help="how often everything is read; default: 1")
    add("--calibration", action="store_true", help="tell expected and found confidence")
    add("--wrong", type=Path, metavar="PNG", help="write there what the first system reads wrong")
    return options


def run(arguments: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    """Measure what was asked for; return it in words and as JSON."""
    for name in ("limit", "mnist", "written", "rounds"):
        if (value := getattr(arguments, name)) is not None and value < 1:
            raise LenetError(f"--{name} must be 1 or more, but is {value}")
    reads = arguments.pictures or arguments.mnist or arguments.written
    if not reads and not arguments.speed:
        raise LenetError("nothing to read: name a folder with --pictures, or ask for --mnist, --written or --speed")
    machine.settle(arguments.threads)  # before anything that makes threads is imported
    texts: list[str] = []
    values: dict[str, Any] = {}
    with TemporaryDirectory() as folder:
        if reads:
            text, values = _read(arguments, Path(folder))
            texts.append(text)
        if arguments.speed:
            from .speed import markdown, speed

            tasks = speed(Path(folder), arguments.rounds)
            texts.append(f"### Speed\n\n{markdown(tasks)}\n")
            values["speed"] = [asdict(task) for task in tasks]
    return "\n".join(texts), values


def _read(arguments: argparse.Namespace, folder: Path) -> tuple[str, dict[str, Any]]:
    from . import written
    from .measure import measure
    from .pictures import PictureSet, sets, with_digits
    from .report import DIGITS_OF
    from .sheet import sheet

    found: list[PictureSet] = []
    if arguments.pictures:
        found = with_digits(sets(arguments.pictures, arguments.only), arguments.pictures, DIGITS_OF)
    found = [one.first(arguments.limit) for one in found]
    if arguments.mnist:
        found += written.mnist(folder, arguments.mnist)
    if arguments.written:
        found.append(written.lines(folder, arguments.written))
    names = arguments.systems.split(",") if arguments.systems else None
    report = measure(found, names, arguments.threads, arguments.rounds)
    if arguments.wrong:
        write_atomically(arguments.wrong, sheet(report.wrong()))
    return report.markdown(arguments.calibration), report.json()

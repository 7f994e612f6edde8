"""How long whole tasks take, beside what was aimed at: a cropped digit, an amount, a page, a folder of amounts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import lenet
from lenet.report.table import Table

from ..rounds import Spread, alternate, seconds
from .written import SEED, Bytes, made_lines, pictures

AMOUNT = 150, 50  # pixels, width and height at most: a cheque amount's
PAGE = 12_000_000  # pixels
PAGES = 8  # that are written; the one of most lines is read
FOLDER = 1000  # amounts
DIGITS = 64  # cropped digits, and amounts that are read one by one


@dataclass(frozen=True)
class Task:
    """A task and the time it should take.

    Attributes:
        title: of it.
        target: seconds, on 2 cores.
        spread: seconds that it took.
    """

    title: str
    target: float
    spread: Spread


def speed(folder: Path, rounds: int) -> list[Task]:
    """Write the pictures into a folder, read them, from file to answer, and return the times."""
    reading: Any = import_module("lenet.reading")
    read, read_many = reading.read, reading.read_many
    digits, some, page = _digits(folder), amounts(folder, FOLDER), _page(folder)

    def each(paths: list[Path], **told: bool) -> float:
        return seconds(lambda: [read(path, **told) for path in paths]) / len(paths)

    runs: dict[str, tuple[float, Callable[[], float]]] = {
        "a cropped digit": (0.002, partial(each, digits, single=True)),
        "an amount": (0.015, partial(each, some[:DIGITS], line=True)),
        f"a page of {PAGE // 1_000_000} megapixels": (1.5, partial(each, [page], page=True)),
        f"a folder of {len(some):,} amounts": (8.0, lambda: seconds(lambda: list(read_many(some, line=True)))),
    }
    for _, run in runs.values():
        run()  # what is loaded only when it is first used
    taken = alternate({title: run for title, (_, run) in runs.items()}, rounds)
    return [Task(title, target, Spread.of(taken[title])) for title, (target, _) in runs.items()]


def markdown(tasks: list[Task]) -> str:
    """Return the times as Markdown."""
    heads = ("from file to answer", "target ms", "median ms", "lowest to highest")
    rows = [
        (task.title, _ms(task.target), _ms(task.spread.median), f"{_ms(task.spread.low)} to {_ms(task.spread.high)}")
        for task in tasks
    ]
    return Table(heads, rows, words=heads[:1]).markdown()


def _ms(value: float) -> str:
    return f"{1000 * value:,.2f}" if value < 0.1 else f"{1000 * value:,.0f}"


def _saved(path: Path, picture: Bytes | Image.Image) -> Path:
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(path, quality=90)
    return path


def _digits(folder: Path) -> list[Path]:
    images = lenet.data.load("mnist").test_images[:DIGITS]
    return [_saved(folder / f"digit{n}.png", picture) for n, picture in enumerate(pictures(images, dark=True))]


def amounts(folder: Path, count: int) -> list[Path]:
    """Write pictures of amounts, and return their paths."""
    paths = []
    for number, (picture, _) in enumerate(islice(made_lines(count), count)):
        image = Image.fromarray(picture)
        image.thumbnail(AMOUNT, Image.Resampling.LANCZOS)
        paths.append(_saved(folder / f"amount{number}.jpg", image))
    return paths


def _page(folder: Path) -> Path:
    write_page: Any = import_module("lenet.data.writing").write_page
    data = lenet.data.load("mnist")
    rng, digits = np.random.default_rng(SEED), (data.test_images, data.test_labels)
    written, _ = max((write_page(rng, digits) for _ in range(PAGES)), key=lambda made: len(made[1]))
    image = Image.fromarray(written.picture)
    scale = (PAGE / (image.width * image.height)) ** 0.5
    size = round(image.width * scale), round(image.height * scale)
    return _saved(folder / "page.jpg", image.resize(size, Image.Resampling.BICUBIC))

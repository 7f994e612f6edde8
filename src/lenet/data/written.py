"""The data set ``written``: characters as the reader cuts them out of writing, and the digits they are written with.

It is made here, of MNIST's training digits, in minutes on all cores, and kept in the cache. Its training part is
written with the first 50,000 of them, its test part with the last 10,000: MNIST's test digits choose nothing.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import LenetError
from ..files import write_atomically
from ..processes import each
from ..zoo import READ
from . import cache, npz
from .dataset import PICTURES, Dataset, Parts, Progress
from .writing.supply import Digits

NAME = "written"
SUMMARY = "digits, marks and rubbish cut out of lines written with MNIST's training digits, and those digits"
MADE_BY = ("page", "data/writing", "data/candidates.py", "data/written.py")  # what a kept file's name depends on
CLASSES = tuple(READ)
BLOCK = 50  # pictures that a process makes at once

Cut = tuple[NDArray[np.uint8], NDArray[np.uint8]]
Block = tuple[bool, int, int]  # lines or singles, first, end
Begin = Callable[[tuple[int, Digits]], Callable[[Block], Cut]]


@dataclass(frozen=True)
class Part:
    """How a part of the set is made.

    Attributes:
        seed: of everything random.
        lines: pictures of lines.
        singles: pictures of single characters.
        rows: first and end of the training digits that they are written with.
        digits: whether these digits belong to the part, too.
    """

    seed: int
    lines: int
    singles: int
    rows: tuple[int, int]
    digits: bool


TRAIN = Part(seed=0, lines=22_000, singles=12_000, rows=(0, 50_000), digits=True)
TEST = Part(seed=1, lines=1_200, singles=1_200, rows=(50_000, 60_000), digits=False)


def dataset(mnist: Callable[[], Dataset], progress: Progress | None = None) -> Dataset:
    """Return the data set, out of the cache or made.

    Args:
        mnist: gives the digits, where they are needed.
        progress: is called with pictures that are made, how many there will be, and ``PICTURES``.
    """
    return Dataset(NAME, CLASSES, *kept(NAME, place(), lambda: make(mnist(), TRAIN, TEST, progress=progress)))


def place() -> Path:
    """Return the file that it is kept in."""
    return file_of(NAME, MADE_BY, TRAIN, TEST)


def kept(name: str, path: Path, make: Callable[[], Parts]) -> Parts:
    """Return the parts of a set that is made: out of its file, or made and then kept in it."""
    try:
        parts = npz.read(path) if path.is_file() else None
    except LenetError:  # damaged: made anew
        parts = None
    if parts is None:
        made = parts = make()
        cache.keep(name, lambda folder: _store(made, folder / path.name), "made")
    return parts


def file_of(name: str, made_by: tuple[str, ...], train: Part, test: Part) -> Path:
    """Return the file of a set that is made; its name tells by what: other settings or code make another file."""
    made = hashlib.sha256(json.dumps([READ, asdict(train), asdict(test)]).encode())
    root = Path(str(files(__package__.rpartition(".")[0])))
    for part in made_by:
        for path in sorted((root / part).rglob("*.py")) or [root / part]:
            made.update(path.read_bytes())
    return cache.place(name) / f"{made.hexdigest()[:16]}.npz"


def make(
    mnist: Dataset,
    train: Part,
    test: Part,
    *,
    how: Begin | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Parts:
    """Make the set; the same arguments make the same, whatever the number of processes.

    Args:
        mnist: the digits.
        train: the training part.
        test: the test part.
        how: what begins the processes that make it; None: ``begin``.
        workers: processes; None: one a core.
        progress: as of ``dataset``.

    Raises:
        LenetError: a digit is missing in some rows, or a process has ended.
    """
    total, done = sum(part.lines + part.singles for part in (train, test)), 0
    found: list[Any] = []
    for part in (train, test):
        digits = tuple(array[slice(*part.rows)] for array in (mnist.train_images, mnist.train_labels))
        cuts = [digits] if part.digits else []
        blocks = list(_blocks(part))
        for (_, first, end), cut in zip(blocks, each(how or begin, (part.seed, digits), blocks, workers), strict=True):
            cuts.append(cut)
            done += end - first
            if progress is not None:
                progress(done, total, PICTURES)
        found += _mixed(cuts, part.seed)
    return Parts(*found)


def begin(how: tuple[int, Digits]) -> Callable[[Block], Cut]:
    """Return what makes a block of pictures and cuts them, of a seed and the digits to write with."""
    from .candidates import cut_out

    return blocks_of(how, cut_out)


def blocks_of(how: tuple[int, Digits], cut: Callable[..., Cut]) -> Callable[[Block], Cut]:
    """Return what makes a block of pictures and cuts them by ``cut(rng, written, slant=)``.

    A block is (lines or singles, first, end); each picture's number and kind seed it.
    """
    from .writing import write_line, write_single

    seed, digits = how

    def block(which: Block) -> Cut:
        lines, first, end = which
        cuts = []
        for number in range(first, end):
            rng = np.random.default_rng((seed, lines, number))
            cuts.append(cut(rng, (write_line if lines else write_single)(rng, digits), slant=lines))
        return _joined(cuts)

    return block


def _blocks(part: Part) -> Iterator[Block]:
    for lines, count in ((True, part.lines), (False, part.singles)):
        for first in range(0, count, BLOCK):
            yield lines, first, min(first + BLOCK, count)


def _joined(cuts: list[Any]) -> Cut:
    images, labels = (np.concatenate(arrays) for arrays in zip(*cuts, strict=True))
    return images, labels


def _mixed(cuts: list[Any], seed: int) -> Cut:
    """Return them in an order of no meaning, so that the first of them are like all of them."""
    images, labels = _joined(cuts)
    order = np.random.default_rng(seed).permutation(len(labels))
    return images[order], labels[order]


def _store(parts: Parts, path: Path) -> None:
    data = io.BytesIO()
    np.savez_compressed(data, x_train=parts[0], y_train=parts[1], x_test=parts[2], y_test=parts[3])
    write_atomically(path, data.getvalue())

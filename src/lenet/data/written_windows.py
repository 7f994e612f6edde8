"""The data set ``windows``: windows of lines written with MNIST's digits, for a network that slides along lines.

It is made and kept as the set ``written`` is, of the same digits.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .dataset import Dataset, Progress
from .windows import SIDE, cut_out
from .writing.supply import Digits
from .written import CLASSES, Block, Cut, Part, blocks_of, file_of, kept, make

NAME = "windows"
SUMMARY = "windows of lines written with MNIST's training digits, for a network that slides along lines"
MADE_BY = ("page", "data/writing", "data/windows.py", "data/written_windows.py")  # what a kept file's name depends on
SHAPE = (SIDE, SIDE)

TRAIN = Part(seed=2, lines=18_000, singles=0, rows=(0, 50_000), digits=False)
TEST = Part(seed=3, lines=600, singles=0, rows=(50_000, 60_000), digits=False)


def dataset(mnist: Callable[[], Dataset], progress: Progress | None = None) -> Dataset:
    """Return the data set, out of the cache or made; as ``written.dataset``."""
    parts = kept(NAME, place(), lambda: make(mnist(), TRAIN, TEST, how=begin, progress=progress))
    return Dataset(NAME, CLASSES, *parts)


def place() -> Path:
    """Return the file that it is kept in."""
    return file_of(NAME, MADE_BY, TRAIN, TEST)


def begin(how: tuple[int, Digits]) -> Callable[[Block], Cut]:
    """Return what makes a block of lines and takes their windows, of a seed and the digits to write with."""
    return blocks_of(how, cut_out)

"""The data set ``windows``: windows of lines written with MNIST's digits, for a network that slides along lines."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from ..page.cleaning import clean
from ..page.straight import straighten
from ..page.strip import strip_of
from . import named
from .candidates import CLASSES
from .dataset import Dataset
from .windows import characters_of, windows
from .writing import Written, write_line

Pair = tuple[NDArray[np.uint8], NDArray[np.uint8]]  # pictures and labels

TRAIN, TEST = 500_000, 10_000  # windows
DIGITS = 50_000  # of MNIST's training digits that lines are written with; the others are left to choose settings by
PART = 100  # lines written by one process at a time
LEGIBLE = 0.4  # of the ink that a line has or seems to have, what is both: with less it can't be read


def dataset(train: int = TRAIN, test: int = TEST, seed: int = 0) -> Dataset:
    """Write lines, and return their windows, (32, 32) each; a window's class is what stands in its middle.

    Lines to train on have digits of MNIST's training part, those to test on digits of its test part. The same
    arguments give the same windows, on any number of processors, all of which are used.

    Args:
        train: how many windows to train on.
        test: how many to test on.
        seed: of everything random.

    Raises:
        LenetError: MNIST can't be had.
    """
    mnist = named.obtain(named.find("mnist"))
    digits = mnist.train_images[:DIGITS], mnist.train_labels[:DIGITS].astype(np.uint8)
    images, labels = written(digits, train, (seed, 0))
    test_images, test_labels = written((mnist.test_images, mnist.test_labels.astype(np.uint8)), test, (seed, 1))
    return Dataset(named.WINDOWS, tuple(CLASSES), images, labels, test_images, test_labels)


def written(digits: Pair, count: int, seed: tuple[int, ...], workers: int | None = None) -> Pair:
    """Return windows of lines, uint8 (count, 32, 32), and what is in their middles, uint8 (count,).

    Args:
        digits: images uint8 (N, 28, 28) and labels uint8 (N,) to write with.
        count: how many windows.
        seed: of everything random.
        workers: processes that write; None: one a processor.
    """
    workers = workers or os.cpu_count() or 1
    with ProcessPoolExecutor(workers, get_context("spawn"), _begin, (digits,)) as pool:
        return _first(count, _in_turn(pool, seed, workers))


def _in_turn(pool: Executor, seed: tuple[int, ...], workers: int) -> Iterator[Pair]:
    """Return the windows of one part of the lines after another, without an end."""
    for first in itertools.count(0, 2 * workers):
        yield from pool.map(_part, [(*seed, part) for part in range(first, first + 2 * workers)])


def _first(count: int, pairs: Iterator[Pair]) -> Pair:
    images, labels = np.empty((count, 32, 32), np.uint8), np.empty(count, np.uint8)
    done = 0
    while done < count:
        some, names = next(pairs)
        end = min(done + len(names), count)
        images[done:end], labels[done:end] = some[: end - done], names[: end - done]
        done = end
    return images, labels


_digits: list[Pair] = []  # of this process


def _begin(digits: Pair) -> None:
    _digits[:] = [digits]


def _part(seed: tuple[int, ...]) -> Pair:
    """Return the windows of some lines."""
    rng = np.random.default_rng(seed)
    images, labels = zip(*(seen(rng, write_line(rng, _digits[0])) for _ in range(PART)), strict=True)
    return np.concatenate(images), np.concatenate(labels)


def seen(rng: np.random.Generator, line: Written) -> Pair:
    """Return windows of a written line, as the reader finds it; none where its ink isn't found."""
    ink = clean(line.picture)
    own = line.owner >= 0
    straight = straighten(ink)
    if straight is None or (own & ink.mask).sum() < LEGIBLE * (own | ink.mask).sum():
        return np.empty((0, 32, 32), np.uint8), np.empty(0, np.uint8)
    strip = strip_of(straight)
    return windows(rng, strip, characters_of(straight, strip, line.owner, line.text))

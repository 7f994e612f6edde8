"""Which numbers each layer answers with: what 8 bits must be able to hold."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...errors import LenetError

if TYPE_CHECKING:
    from ...data import Dataset
    from ...model import Model

COUNT = 1000  # pictures to calibrate on
SOME = 250  # pictures at once: their features take some 10 MB

Ranges = dict[str, tuple[float, float]]  # by a layer's name: the least and the largest number


def data_set(model: Model, data: Dataset | str | os.PathLike[str] | None = None) -> Dataset:
    """Return the data set to calibrate a model on.

    Args:
        model: whose own data set to take where ``data`` is None.
        data: a data set, its name or path.

    Raises:
        LenetError: it can't be had, or its pictures aren't what the model reads.
    """
    from ...data import Dataset, load

    source = data if data is not None else model.data
    if not source:
        raise LenetError(
            f"{model.name} doesn't say what it was trained on; give a data set to calibrate it on by --data"
        )
    try:
        dataset = source if isinstance(source, Dataset) else load(source)
    except LenetError as error:
        raise LenetError(f"no pictures to calibrate {model.name} on: {error}; or give another by --data") from None
    if dataset.shape != model.preparation.shape:
        raise LenetError(
            f"{model.name} reads pictures of {model.preparation.shape}, but those of {dataset.name} are "
            f"{dataset.shape}; give a data set of such pictures to calibrate on by --data"
        )
    return dataset


def pictures(dataset: Dataset, count: int = COUNT) -> NDArray[np.uint8]:
    """Return ``count`` training pictures, or all where there are fewer, spread evenly; never test pictures.

    uint8 (n, channels, rows, columns).
    """
    images = dataset.train_images
    rows = np.linspace(0, len(images), min(count, len(images)), endpoint=False).astype(np.int64)
    chosen: NDArray[np.uint8] = images[rows].reshape(len(rows), *dataset.shape)
    return chosen


def ranges(model: Model, images: NDArray[Any]) -> Ranges:
    """Return the least and the largest number that each layer answers with, over pictures.

    Args:
        model: the model.
        images: pictures as the model reads them, (N, ...); training pictures.

    Returns:
        By each layer's name, and ``input`` for the prepared picture.

    Raises:
        LenetError: there are no pictures, or they aren't what the model reads.
    """
    if not len(images):
        raise LenetError("there are no pictures to calibrate on")
    found: Ranges = {}
    for start in range(0, len(images), SOME):
        for name, numbers in model.features(images[start : start + SOME]).items():
            low, high = float(numbers.min()), float(numbers.max())
            least, most = found.get(name, (low, high))
            found[name] = min(least, low), max(most, high)
    return found

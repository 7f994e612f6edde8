"""What the fast engines are given: any array either is what they need, or a ``LenetError`` says what is wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import LenetError
from ..network import Network
from ..preparation import Preparation
from ..recipe import Distortion, Optimiser
from .state import State

Images = NDArray[np.uint8] | NDArray[np.float32]

BYTES, FLOATS = np.dtype(np.uint8), np.dtype(np.float32)


def weights(flat: NDArray[np.float32], network: Network, size: int) -> NDArray[np.float32]:
    """Return the weights as a C-contiguous float32 row; refuse another size or kind."""
    flat = np.asarray(flat)
    if flat.shape != (size,) or flat.dtype.kind != "f":
        raise LenetError(
            f"network {network.name!r} has weights ({size},) of floating-point numbers, "
            f"not {flat.shape} of {flat.dtype}"
        )
    return np.ascontiguousarray(flat, np.float32)


def state(state: State, optimiser: Optimiser, size: int) -> None:
    """Refuse a state that can't be changed in place, or is another optimiser's."""
    wanted = len(State.fresh(state.flat[:0], optimiser).slots)
    if len(state.slots) != wanted:
        raise LenetError(f"{type(optimiser).__name__} needs {wanted} slots, but the state has {len(state.slots)}")
    for array in (state.flat, *state.slots):
        flags, right = array.flags, array.shape == (size,) and array.dtype == np.float32
        if not (right and flags.c_contiguous and flags.writeable):
            raise LenetError(
                f"a state's arrays are changed in place: they must be writable, contiguous and float32 "
                f"({size},), but one is {array.dtype} {array.shape}"
                f"{'' if flags.writeable else ', read-only'}{'' if flags.c_contiguous else ', not contiguous'}"
            )


def updates(order: NDArray[np.int64], batch: int, rates: NDArray[np.floating]) -> int:
    """Return how many updates ``order`` makes; refuse other than a rate for each."""
    count = -(-len(order) // batch)
    if np.shape(rates) != (count,):
        raise LenetError(f"{len(order)} rows in batches of {batch} need {count} rates, but rates are {np.shape(rates)}")
    return count


def images(given: Images, preparation: Preparation) -> Images:
    """Return the images as (N, C, H, W), C-contiguous, uint8 or float32; refuse others."""
    shape = preparation.shape
    array: NDArray[Any] = np.asarray(given)
    if array.ndim == 3 and shape[0] == 1:
        array = array[:, None]
    if array.ndim != 4 or array.shape[1:] != shape:
        raise LenetError(f"images must be (N, {', '.join(map(str, shape))}), but are {array.shape}")
    if array.dtype not in (BYTES, FLOATS):
        raise LenetError(f"images must be uint8 (0 to 255) or float32 (0 to 1), but are {array.dtype}")
    if array.dtype == FLOATS and array.size and not (array.min() >= 0 and array.max() <= 1):
        if np.isnan(array).any():
            raise LenetError("images must be numbers, but some are NaN")
        raise LenetError(
            f"float pixels must lie between 0 and 1, but run from {array.min()} to {array.max()}; "
            "divide bytes by 255, or pass them as uint8"
        )
    return np.ascontiguousarray(array)


def labels(labels: NDArray[Any], count: int, classes: int) -> NDArray[np.int64]:
    """Return the right classes as an int64 row; refuse other than one for each image."""
    labels = np.asarray(labels)
    if labels.shape != (count,):
        raise LenetError(f"there must be a label for each of the {count} images, but labels are {labels.shape}")
    return _whole(labels, "labels", "classes", classes)


def patterns(values: NDArray[Any], name: str, images: int, distortion: Distortion | None) -> NDArray[np.int64]:
    """Return the numbers of patterns as an int64 row; refuse what isn't there."""
    copies = distortion.copies if distortion else 0
    what = f"patterns, of each image and its {copies} copies," if copies else "rows of the images"
    return _whole(values, name, what, images * (copies + 1))


def _whole(values: NDArray[Any], name: str, what: str, count: int) -> NDArray[np.int64]:
    """Return whole numbers from 0 to ``count`` - 1 as an int64 row; refuse others."""
    values = np.asarray(values)
    if values.ndim != 1 or (values.size and values.dtype.kind not in "iu"):
        raise LenetError(f"{name} must be a row of whole numbers, but are {values.shape} of {values.dtype}")
    if values.size and not (values.min() >= 0 and values.max() < count):
        raise LenetError(f"{name} are {what}, from 0 to {count - 1}, but go from {values.min()} to {values.max()}")
    return np.ascontiguousarray(values, np.int64)

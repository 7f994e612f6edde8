"""What counts as images, and what doesn't."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import LenetError
from ..network import Shape

Images = NDArray[np.uint8] | NDArray[np.float32]


def accept(images: ArrayLike, shape: Shape) -> tuple[Images, bool]:
    """Return images as an engine takes them, and whether a single one came.

    Args:
        images: uint8 (0 paper, 255 ink), or floating-point in [0, 1] (0 paper, 1 ink): one image (H, W), or a batch
            (N, H, W) or (N, C, H, W), or a list of images; with several channels, one image is (C, H, W).
        shape: (C, H, W) of one image.

    Returns:
        uint8 or float32 (N, C, H, W), C-contiguous; and True where ``images`` was one image.

    Raises:
        LenetError: another size, another kind of number, or floats outside [0, 1]; nothing is guessed.
    """
    array = _array(images)
    single = array.shape == (shape[1:] if shape[0] == 1 else shape)
    one = shape[1:] if shape[0] == 1 and array.ndim <= 3 else shape
    if not single and (array.ndim != len(one) + 1 or array.shape[1:] != one):
        raise LenetError(f"images must be {_shapes(shape)}, but are {array.shape}")
    batch: Any = np.ascontiguousarray(_numbers(array)).reshape(-1, *shape)
    return batch, single


def accept_labels(labels: ArrayLike, count: int, classes: int) -> NDArray[Any]:
    """Return labels (N,) of whole numbers below ``classes``, or raise a ``LenetError`` that says what is wrong."""
    array = np.asarray(labels)
    if array.shape != (count,):
        raise LenetError(f"labels must be ({count},), one for each image, but are {array.shape}")
    if count and array.dtype.kind not in "iu":
        raise LenetError(f"labels must be whole numbers from 0 to {classes - 1}, but are {array.dtype}")
    if count and not (array.min() >= 0 and array.max() < classes):
        raise LenetError(f"labels must be from 0 to {classes - 1}, but go from {array.min()} to {array.max()}")
    return array


def _array(images: ArrayLike) -> NDArray[Any]:
    """Return an array; a list must hold images of one size and one kind, or 0 to 255 and 0 to 1 could mix unseen."""
    if isinstance(images, (list, tuple)) and images and all(hasattr(image, "dtype") for image in images):
        kinds = {str(image.dtype) for image in images}
        if len(kinds) > 1:
            raise LenetError(f"a list of images must be all of one type, but has {' and '.join(sorted(kinds))}")
    try:
        return np.asarray(images)
    except (ValueError, TypeError) as error:
        raise LenetError(f"images must be an array, or a list of arrays of one size: {error}") from None


def _numbers(array: NDArray[Any]) -> Images:
    if array.dtype == np.uint8:
        return array
    if array.dtype.kind != "f":
        raise LenetError(
            f"images must be uint8, or floating-point in [0, 1], but are {array.dtype}; "
            "convert 0..255 by images.astype(numpy.uint8), and True/False by images.astype(numpy.float32)"
        )
    if array.size and not (array.min() >= 0 and array.max() <= 1):
        if not np.isfinite(array).all():
            raise LenetError("images hold NaN or infinity; pixels must be in [0, 1]")
        raise LenetError(
            f"floating-point images must be in [0, 1], but go from {array.min():g} to {array.max():g}; divide 0..255 "
            "by 255 (or convert by .astype(numpy.uint8)), and turn -1..1 into (x + 1) / 2"
        )
    return array.astype(np.float32, copy=False)


def _shapes(shape: Shape) -> str:
    channels, rows, columns = shape
    if channels == 1:
        return f"({rows}, {columns}), (N, {rows}, {columns}) or (N, 1, {rows}, {columns})"
    return f"({channels}, {rows}, {columns}) or (N, {channels}, {rows}, {columns})"

"""Pixels as numbers of any kind, in any usual layout, made uint8: 0 black, 255 white."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import LenetError

Pixels = NDArray[np.uint8]  # (rows, columns) grey, or (rows, columns, 3) RGB
DEPTHS = (8, 10, 12, 14, 16, 24, 32)  # bits that scanners, cameras and files use for a pixel, or else 64
LAYOUTS = "(rows, columns), (rows, columns, 1, 3 or 4), or (1 or 3, rows, columns)"


def array(source: Any) -> NDArray[Any]:
    """Return the NumPy array of anything that can be seen as one: arrays, tensors (of a GPU too), buffers.

    Raises:
        LenetError: it can't be one.
    """
    if hasattr(source, "detach"):  # a tensor of PyTorch, which isn't imported for it
        source = source.detach().cpu()
    try:
        return np.asarray(source)
    except (TypeError, ValueError, RuntimeError) as error:
        raise LenetError(f"source is a {type(source).__name__} that NumPy can't see as an array: {error}") from None


def layout(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array as (rows, columns) or (rows, columns, 3 or 4); channels may come first or last.

    Where both readings are possible, as in (3, 200, 3), the channels are last.

    Raises:
        LenetError: the array has another shape, or no pixels.
    """
    if 0 in array.shape:
        raise LenetError(f"source (an array) is {array.shape}: it holds no pixels")
    if array.ndim == 3 and array.shape[2] not in (1, 3, 4) and array.shape[0] in (1, 3):
        array = np.moveaxis(array, 0, 2)
    if array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4)):
        return array
    if array.ndim == 3 and array.shape[2] == 1:
        return array[..., 0]
    batch = "; give the pictures of a batch one by one" if array.ndim >= 3 else ""
    raise LenetError(f"source (an array) is {array.shape}; expected {LAYOUTS}{batch}")


def levels(values: NDArray[Any], called: str = "source") -> Pixels:
    """Return values as uint8 of the same shape.

    Whole numbers are of 8, 10, 12, 14, 16, ... bits: as many as the largest of them needs, of which the highest 8 are
    kept; where it is 1, and for bool, 1 is 255. Floats are in [0, 1] or in 0..255, told by the largest of them.

    Args:
        values: at least one, of any type.
        called: what errors call it.

    Raises:
        LenetError: negative or not finite, floats of another range, or no numbers.
    """
    if values.dtype == np.bool_:
        values = values.astype(np.uint8)
    if values.dtype.kind not in "uif":
        raise LenetError(f"{called} holds {values.dtype}; expected uint8, uint16, bool, or floats in [0, 1] or 0..255")
    least, most = float(values.min()), float(values.max())
    if not (np.isfinite(least) and np.isfinite(most)):
        raise LenetError(f"{called} holds NaN or infinity; expected pixels in [0, 1] or 0..255")
    if least < 0:
        hint = "; turn -1..1 into (x + 1) / 2" if most <= 1 else ""
        raise LenetError(f"{called} goes from {least:g} to {most:g}; expected pixels of 0 or more{hint}")
    if values.dtype.kind != "f":
        if most == 1:
            return _bytes(values) * np.uint8(255)
        bits = next((depth for depth in DEPTHS if most < 2**depth), 64)
        return _bytes(np.right_shift(values, bits - 8) if bits > 8 else values)
    if 1 < most < 2 or most > 255:
        raise LenetError(f"{called} goes from {least:g} to {most:g}; expected floats in [0, 1] or in 0..255")
    return _bytes(np.rint(np.asarray(values, np.float32) * np.float32(255 if most <= 1 else 1)))


def _bytes(values: NDArray[Any]) -> Pixels:
    return values.astype(np.uint8, copy=False)

"""Arrays as files have them, made into uint8 pictures and whole labels, or refused in words."""

from __future__ import annotations

from math import isqrt, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import LenetError
from .stream import CHUNK, LIMIT, Stream

Labels = NDArray[np.uint8] | NDArray[np.int64]


def read(stream: Stream, shape: tuple[int, ...], dtype: np.dtype[Any], fortran: bool = False) -> NDArray[Any]:
    """Read an array's bytes; floats of more than a number a row become pixels as they come, so that few are ever held.

    Args:
        stream: where the bytes are next.
        shape: of the array.
        dtype: of a bool or number, with its byte order.
        fortran: whether the first index runs fastest.

    Returns:
        ``shape``, in the machine's byte order; uint8 where it was made into pixels.

    Raises:
        LenetError: the bytes are too few, or too many to read.
    """
    count = prod(shape)
    stream.allow(count * dtype.itemsize)
    if not count and prod(max(size, 1) for size in shape) > LIMIT:  # NumPy has no such array, though it is empty
        raise LenetError(f"{stream.name} declares the sizes {shape}; so large aren't read")
    pixels = dtype.kind == "f" and prod(shape[1:]) > 1
    result = np.empty(count, np.uint8 if pixels else dtype.newbyteorder("="))
    levels = Levels(stream.name)
    step = CHUNK // dtype.itemsize
    for first in range(0, count, step):
        size = min(step, count - first)
        piece = np.frombuffer(stream.exactly(size * dtype.itemsize), dtype)
        result[first : first + size] = levels(piece) if pixels else piece
    return result.reshape(shape, order="F" if fortran else "C")


class Levels:
    """Makes floats into pixels of 0 to 255, a piece at a time, by the first of these that they fit.

    p / 256 exactly (the old ``mnist.pkl.gz``), anything in [0, 1] as p / 255, whole numbers of 0 to 255.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.scales = [256, 255, 1]
        self.used: int | None = None

    def __call__(self, piece: NDArray[Any]) -> NDArray[np.uint8]:
        """Return the pixels of a piece, any shape.

        Raises:
            LenetError: the values fit no range.
        """
        if piece.size and not np.isfinite(piece).all():
            raise LenetError(f"{self.name} holds pixels that aren't finite numbers")
        self.scales = [scale for scale in self.scales if _fits(piece, scale)]
        if not self.scales or self.used not in (None, self.scales[0]):
            raise LenetError(
                f"{self.name} holds pixels that are neither all in [0, 1] nor all whole numbers of 0 to 255; "
                "scale them to one of the two"
            )
        if piece.any():
            self.used = self.scales[0]
        pixels: NDArray[np.uint8] = np.rint(piece * piece.dtype.type(self.scales[0])).astype(np.uint8)
        return pixels


def _fits(piece: NDArray[Any], scale: int) -> bool:
    if not piece.size:
        return True
    low, high = float(piece.min()), float(piece.max())
    if low < 0 or high > {256: 255 / 256, 255: 1, 1: 255}[scale]:
        return False
    scaled = piece * piece.dtype.type(scale)
    return scale == 255 or bool((scaled == np.rint(scaled)).all())


def pictures(array: NDArray[Any], name: str) -> NDArray[np.uint8]:
    """Return pictures as uint8 (N, H, W) or (N, C, H, W).

    Args:
        array: (N, H, W), (N, C, H, W), (N, H, W, C) with C of 1 or 3, or (N, H H); bool, whole, or float.
        name: what errors call it.

    Raises:
        LenetError: its shape or its values aren't those of pictures.
    """
    array = _shaped(array, name)
    if array.dtype == np.uint8:
        return np.require(array, np.uint8, ["C", "W"])
    if array.dtype == np.bool_:
        return array.astype(np.uint8) * np.uint8(255)
    if array.dtype.kind == "f":
        levels = Levels(name)
        step = max(1, CHUNK // max(1, prod(array.shape[1:])))
        result = np.empty(array.shape, np.uint8)
        for first in range(0, len(array), step):
            result[first : first + step] = levels(array[first : first + step])
        return result
    if array.dtype.kind not in "iu":
        raise LenetError(f"{name} must hold numbers, but holds {array.dtype}")
    if array.size and (array.min() < 0 or array.max() > 255):
        raise LenetError(f"{name} holds pixels of {array.min()} to {array.max()}; they must be 0 to 255")
    return array.astype(np.uint8)


def _shaped(array: NDArray[Any], name: str) -> NDArray[Any]:
    if array.ndim == 2:
        return array.reshape(len(array), *square(array.shape[1], name))
    if array.ndim == 4 and array.shape[3] in (1, 3) and array.shape[1] not in (1, 3):
        array = np.moveaxis(array, 3, 1)
    if array.ndim == 4 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim not in (3, 4):
        raise LenetError(f"{name} has the shape {array.shape}; pictures are (N, H, W), (N, C, H, W) or (N, H x H)")
    return array


def square(pixels: int, name: str) -> tuple[int, int]:
    """Return rows and columns of a picture that is a row of numbers.

    Raises:
        LenetError: it isn't square.
    """
    side = isqrt(pixels)
    if side == 0 or side * side != pixels:
        raise LenetError(f"{name} has {pixels:,} pixels a picture, which is no square number, such as 784 for 28x28")
    return side, side


def labels(array: NDArray[Any], name: str) -> Labels:
    """Return labels as uint8, or as int64 where one is above 255, (N,).

    Args:
        array: (N,) or (N, 1), whole numbers from 0, of any type.
        name: what errors call it.

    Raises:
        LenetError: a label is negative or not whole, or the shape isn't that of labels.
    """
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise LenetError(f"{name} has the shape {array.shape}; labels are (N,), one whole number a picture")
    if array.dtype.kind not in "iuf":
        raise LenetError(f"{name} must hold whole numbers, but holds {array.dtype}")
    if array.size and array.dtype.kind == "f" and not (array == np.rint(array)).all():
        row = int(np.flatnonzero(array != np.rint(array))[0])
        raise LenetError(f"label {row} of {name}, counted from 0, is {array[row]}; labels are whole numbers")
    if array.size and array.min() < 0:
        row = int(np.flatnonzero(array < 0)[0])
        raise LenetError(f"label {row} of {name}, counted from 0, is {array[row]}; labels are 0 or more")
    if array.size and array.max() > np.iinfo(np.int64).max:
        raise LenetError(f"{name} holds a label of {array.max()}; labels count the classes from 0")
    small = not array.size or array.max() < 256
    return array.astype(np.uint8) if small else array.astype(np.int64)

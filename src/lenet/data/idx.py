"""IDX, the format of MNIST: two zero bytes, a type, a number of dimensions, each size in 4 bytes, the values.

Everything is big-endian; a file may be packed with gzip.
"""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import LenetError
from . import arrays
from .stream import Stream, opened

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
CODES = {np.dtype(name): code for code, name in TYPES.items()}


def read(path: Path) -> NDArray[Any]:
    """Return the array of an IDX file, packed with gzip or not; floats of more than one a row as uint8 pixels.

    Raises:
        LenetError: the file can't be read, isn't IDX, or holds fewer or more values than it declares.
    """
    with opened(path) as stream:
        return decode(stream)


def decode(stream: Stream) -> NDArray[Any]:
    """Return the array of an open IDX file. Raises as ``read`` does."""
    magic = stream.exactly(4)
    if magic[:2] != b"\0\0" or magic[2] not in TYPES or not 1 <= magic[3] <= 4:
        raise LenetError(
            f"{stream.name} isn't an IDX file: it begins with {magic.hex(' ')}, "
            "but IDX begins with 00 00, a type (08 for bytes) and the number of dimensions (1 to 4)"
        )
    shape = struct.unpack(f">{magic[3]}I", stream.exactly(4 * magic[3]))
    array = arrays.read(stream, shape, np.dtype(TYPES[magic[2]]))
    stream.end()
    return array


def encode(array: NDArray[Any]) -> tuple[bytes, NDArray[Any]]:
    """Return an IDX file's header and its values, big-endian and contiguous; int64 goes down to 4 bytes."""
    kind = array.dtype.newbyteorder(">")
    stored = np.ascontiguousarray(array, kind if kind in CODES else ">i4")
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, CODES[stored.dtype], array.ndim, *array.shape), stored


def digest(array: NDArray[Any]) -> str:
    """Return the SHA-256, in hexadecimal, of the IDX file that an array would be."""
    header, values = encode(array)
    sha = hashlib.sha256(header)
    sha.update(_bytes(values))
    return sha.hexdigest()


def write(path: Path, array: NDArray[Any]) -> None:
    """Write an array as an IDX file, not packed."""
    header, values = encode(array)
    with path.open("wb") as file:
        file.write(header)
        file.write(_bytes(values))


def _bytes(values: NDArray[Any]) -> memoryview:
    return values.reshape(-1).view(np.uint8).data

"""CSV: a picture a line, its label first and then its pixels, 0 to 255, row by row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import LenetError
from . import arrays
from .dataset import Parts
from .families import upright
from .npz import untested
from .stream import LIMIT, opened

LONGEST = 1 << 20  # bytes of a line


def read(train: Path, test: Path | None = None) -> Parts:
    """Return the arrays of a CSV file, or of one for training and one for testing.

    Raises:
        LenetError: a line isn't a label and a square number of pixels; the text names the line.
    """
    if test is None:
        return untested(*_read(train))
    return Parts(*_read(train), *_read(test))


def _read(path: Path) -> tuple[NDArray[np.uint8], arrays.Labels]:
    pixels, labels, columns = bytearray(), [], 0
    with opened(path) as stream:
        number = 0
        while line := stream.file.readline(LONGEST):
            number += 1
            where = f"line {number} of {path}"
            fields = line.strip().removeprefix(b"\xef\xbb\xbf").split(b",")  # Excel marks UTF-8 so
            if len(line) == LONGEST:
                raise LenetError(f"{where} is longer than {LONGEST:,} bytes; expected a label and pixels")
            if fields == [b""]:
                continue
            if not columns:
                columns = len(fields)
                arrays.square(columns - 1, f"{where}, a label first and then pixels,")
                if number == 1 and not _is_number(fields[0]):
                    continue
            if len(fields) != columns:
                raise LenetError(f"{where} has {len(fields):,} numbers, but the first line has {columns:,}")
            labels.append(_label(fields[0], where))
            pixels += _pixels(fields[1:], where)
            if len(pixels) > LIMIT:
                raise LenetError(f"{path} holds more than {LIMIT:,} pixels; more isn't read")
    if not labels:
        raise LenetError(f"{path} has no lines; expected a picture a line: its label, then its pixels of 0 to 255")
    side = arrays.square(columns - 1, str(path))
    images = np.frombuffer(pixels, np.uint8).reshape(-1, *side)
    return upright(images, path), arrays.labels(np.array(labels, np.int64), str(path))


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


def _label(field: bytes, where: str) -> int:
    if not field.strip().isdigit() or len(field) > 9:
        raise LenetError(f"{where} has the label {_shown(field)}; labels are whole numbers from 0, in the first column")
    return int(field)


def _pixels(fields: list[bytes], where: str) -> bytes:
    try:
        return bytes(map(int, fields))
    except ValueError:
        for column, field in enumerate(fields, 2):
            digits = field.strip()
            if not digits.isdigit() or len(digits) > 9 or int(digits) > 255:
                raise LenetError(
                    f"{where} has the pixel {_shown(field)} in column {column}; pixels are whole numbers of 0 to 255"
                ) from None
        raise


def _shown(field: bytes) -> str:
    return repr(field.decode("utf-8", "replace")[:30])

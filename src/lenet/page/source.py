"""Anything a user gives, as frames: the pictures that are read."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from ..errors import LenetError
from .decode import decode
from .flat import lay_flat, reduction, upright
from .levels import Pixels, array, layout, levels
from .limits import refuse

if TYPE_CHECKING:
    from PIL.Image import Image

CHUNK = 1 << 20
MOST_BYTES = 1 << 28  # of an open file, which is held in memory


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture to read: a file's, or a page of it.

    Attributes:
        pixels: uint8 (rows, columns) grey or (rows, columns, 3) RGB, 255 white; upright.
        name: the file's name, or "".
        page: its number, from 1.
        scale: 1, or less where the picture was reduced: its pixels are those of the frame divided by it.
    """

    pixels: Pixels
    name: str = ""
    page: int = 1
    scale: float = 1.0

    @property
    def grey(self) -> Pixels:
        """Its pixels as greys, uint8 (rows, columns): the luma of colours (ITU-R BT.601)."""
        from PIL import Image

        return self.pixels if self.pixels.ndim == 2 else np.asarray(Image.fromarray(self.pixels).convert("L"))


def frames(source: Any) -> Iterator[Frame]:
    """Yield the pictures of a source, one after the other; more than one where a file has pages (TIFF, PDF).

    Args:
        source: one of
            - the path of a PNG, JPEG, TIFF, WebP, BMP, GIF or PPM file, or of a PDF (the extra ``lenet[pdf]``) or
              HEIC file (``lenet[heic]``); the bytes of such a file, or a binary file that is open, which is read from
              its beginning where it can seek;
            - an image of Pillow: the picture that it stands at;
            - an array or a tensor, (rows, columns), (rows, columns, 1, 3 or 4) or (1 or 3, rows, columns): uint8,
              uint16, bool (True is white), or floats in [0, 1] or 0..255.

    A picture of more than 4 million pixels is reduced to a half, a quarter or an eighth, unless it's narrow.

    Raises:
        LenetError: it can't be read: no such file, no picture, damaged, too large, an array of another shape or range.
    """
    if isinstance(source, (str, os.PathLike)):
        yield from _of_path(Path(source))
    elif isinstance(source, (bytes, bytearray, memoryview)):
        yield from _of_file(io.BytesIO(bytes(source)), "", "source (bytes)")
    elif hasattr(source, "read"):
        yield from _of_open_file(source)
    elif _is_image(source):
        yield _of_image(source)
    elif hasattr(source, "__array__") or hasattr(source, "detach"):
        yield _of_array(source)
    else:
        raise LenetError(
            f"source is a {type(source).__name__}; expected the path or bytes of a picture, an open file, "
            "an image of Pillow, an array or a tensor"
        )


def _of_path(path: Path) -> Iterator[Frame]:
    try:
        if path.is_dir():
            raise LenetError(f"{path} is a folder; name the pictures in it")
        file = path.open("rb")
    except FileNotFoundError:
        raise LenetError(f"there is no file {path}") from None
    except (OSError, ValueError) as error:
        raise LenetError(f"{path} can't be opened: {_reason(error)}") from None
    with file:
        if file.seekable():
            yield from _of_file(file, path.name, str(path))
        else:  # a pipe
            yield from _of_open_file(file)


def _of_open_file(file: Any) -> Iterator[Frame]:
    name = getattr(file, "name", "")
    name = str(name) if isinstance(name, (str, Path)) else ""
    called = name or "source (an open file)"
    try:
        if hasattr(file, "seekable") and file.seekable():
            file.seek(0)
        whole = _whole(file, called)
    except (OSError, ValueError) as error:
        raise LenetError(f"{called} can't be read: {_reason(error)}") from None
    yield from _of_file(whole, Path(name).name, called)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _whole(file: Any, called: str) -> io.BytesIO:
    """Return all the bytes of a file, as one that can seek."""
    whole = io.BytesIO()
    while chunk := file.read(CHUNK):
        if not isinstance(chunk, bytes):
            raise LenetError(f"{called} gives {type(chunk).__name__}, not bytes; open it by open(path, 'rb')")
        if whole.tell() + len(chunk) > MOST_BYTES:
            raise LenetError(f"{called} has more than {MOST_BYTES:,} bytes, which is more than is read of an open file")
        whole.write(chunk)
    whole.seek(0)
    return whole


def _of_file(file: BinaryIO, name: str, called: str) -> Iterator[Frame]:
    for page, (pixels, scale) in enumerate(decode(file, called), start=1):
        yield Frame(pixels, name, page, scale)


def _is_image(source: Any) -> bool:
    from PIL import Image

    return isinstance(source, Image.Image)


def _of_image(image: Image) -> Frame:
    called = "source (an image of Pillow)"
    if 0 in image.size:
        raise LenetError(f"{called} is {image.width} x {image.height}: it holds no pixels")
    refuse(*image.size, 0, called)
    try:
        image.load()
    except Exception as error:  # of a decoder; see decode
        raise LenetError(f"{called} can't be loaded: {error}") from None
    factor = reduction(*image.size)
    name = getattr(image, "filename", "")
    name = Path(name).name if isinstance(name, str) else ""
    return Frame(upright(lay_flat(image, factor, called), image), name, scale=1 / factor)


def _of_array(source: Any) -> Frame:
    from PIL import Image

    pixels = layout(array(source))
    refuse(pixels.shape[1], pixels.shape[0], 0, "source (an array)")
    image = Image.fromarray(np.ascontiguousarray(levels(pixels)))
    factor = reduction(*image.size)
    return Frame(lay_flat(image, factor), scale=1 / factor)

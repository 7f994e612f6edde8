"""The pages of a picture file, decoded: what kind it is, whether it's too large, and each page upright."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, BinaryIO

from ..errors import LenetError
from ..extras import require
from . import limits
from .flat import lay_flat, reduction, upright
from .levels import Pixels

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile
    from PIL.TiffImagePlugin import TiffImageFile

# What a file begins with. All are decoded by Pillow itself: none by another program, as Ghostscript is for PostScript.
BEGINNINGS = {
    b"\x89PNG\r\n\x1a\n": "Png",
    b"\xff\xd8\xff": "Jpeg",
    b"GIF87a": "Gif",
    b"GIF89a": "Gif",
    b"BM": "Bmp",
    b"II*\0": "Tiff",
    b"MM\0*": "Tiff",
    b"II+\0": "Tiff",
    b"MM\0+": "Tiff",
    **{b"P%d" % kind: "Ppm" for kind in range(1, 7)},
}
HEIF = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1")
KINDS = "PNG, JPEG, TIFF, WebP, BMP, GIF, PPM, PDF or HEIC"
HEAD = 1024  # bytes, within which a PDF has to say that it is one


def decode(file: BinaryIO, called: str) -> Iterator[tuple[Pixels, float]]:
    """Yield each page of a picture file: its pixels, upright, and by what its sides were scaled to decode it.

    TIFF and PDF have pages. Of what is animated (GIF, WebP, PNG) the first picture is taken, of HEIC the one that it
    names as its own: the others aren't pages.

    Args:
        file: at its beginning; it can seek.
        called: what errors call it.

    Raises:
        LenetError: it's empty, no picture, damaged, or too large.
    """
    head = file.read(HEAD)
    file.seek(0)
    if not head:
        raise LenetError(f"{called} is empty: it has no bytes")
    kind = kind_of(head)
    if not kind:
        raise LenetError(f"{called} is not a picture that can be read; it can be {KINDS}, but begins with {head[:8]!r}")
    if kind == "Pdf":
        from .pdf import render

        for pixels in render(file, called):
            yield pixels, 1.0
        return
    if kind == "WebP":
        width, height = limits.webp_size(head)
        limits.refuse(width, height, width * height * limits.WEBP, called)
    with _told_in_words(called):
        image: Any = _opener(kind, called)(file)
    page = 0
    while True:
        page += 1
        yield _page(image, f"page {page} of {called}" if page > 1 else called)
        with _told_in_words(f"page {page + 1} of {called}"):
            if kind != "Tiff" or not _next(image):
                return


def kind_of(head: bytes) -> str:
    """Return which of Pillow's plugins reads a file that begins so, or "Pdf", or "" for none."""
    for beginning, kind in BEGINNINGS.items():
        if head.startswith(beginning):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WebP"
    if head[4:8] == b"ftyp" and head[8:12] in HEIF:
        return "Heif"
    return "Pdf" if b"%PDF-" in head else ""


def _opener(kind: str, called: str) -> type[ImageFile]:
    """Return the class that opens a kind of file; where Pillow itself is to choose, it loads all of its 40 first."""
    if kind == "Heif":
        heif: type[ImageFile] = require("pillow_heif", "heic", f"{called} is HEIC, and reading it").HeifImageFile
        return heif
    found: type[ImageFile] = getattr(import_module(f"PIL.{kind}ImagePlugin"), f"{kind}ImageFile")
    return found


def _page(image: ImageFile, called: str) -> tuple[Pixels, float]:
    """Return the pixels of an image's page, upright, and their scale."""
    width, height = image.size
    factor = reduction(width, height)
    with _told_in_words(called):
        if image.format == "JPEG":
            image.draft(None, (width // factor, height // factor))  # decodes to 1/2, 1/4 or 1/8: much faster
        limits.check(image, width, height, called)
        image.load()
    pixels = lay_flat(image, factor if image.size == (width, height) else 1, called)
    return upright(pixels, image), 1 / factor


def _next(image: TiffImageFile) -> bool:
    """Go to the next page of a TIFF; smaller copies of a page, and masks, are none (its tag NewSubfileType)."""
    try:
        image.seek(image.tell() + 1)
        while image.tag_v2.get(254, 0) & 5:
            image.seek(image.tell() + 1)
    except EOFError:
        return False
    return True


@contextmanager
def _told_in_words(called: str) -> Iterator[None]:
    """Turn what a decoder raises into a LenetError: on a stranger's bytes that may be anything."""
    from PIL.Image import DecompressionBombError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about odd metadata
            yield
    except LenetError:
        raise
    except DecompressionBombError as error:
        raise LenetError(f"{called} is too large: {error}; scale it down") from None
    except Exception as error:
        raise LenetError(f"{called} is damaged: {error}") from None

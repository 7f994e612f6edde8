"""How large a picture may be: told from its header, before memory is taken for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import LenetError
from .flat import ORIENTATION

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile
    from PIL.JpegImagePlugin import JpegImageFile

LONGEST = 65_535  # pixels of a side, as of a JPEG's: what is longer is no picture of writing
MOST_PIXELS = 250_000_000  # for the time they take; the largest camera of a telephone has 200 million
MOST_BYTES = 200_000_000  # unpacked: 50 million pixels of colour, 200 million of grey

# Bytes of memory for a pixel, by mode, where they aren't 4: Pillow's, and those for scaling what has more than 8 bits.
# HEIC's decoder takes 4 more for a moment; they aren't counted, so that a telephone's 48 million pixels are read.
BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 5, "I;16L": 5, "I;16B": 5, "I;16N": 5, "I": 9, "F": 13}
SLOW = ("bmp_rle", "ppm", "ppm_plain")  # Pillow's decoders that are loops of Python: a second for 2 million pixels
MOST_SLOW = 2_000_000
WEBP = 16  # the decoder keeps two pictures of 4 bytes a pixel and hands out a third, which Pillow copies
TILE_WIDTH, TILE_LENGTH = 322, 323  # tags of TIFF


def check(image: ImageFile, width: int, height: int, called: str) -> None:
    """Raise a ``LenetError`` if a picture is too large to be unpacked.

    Args:
        image: opened, not loaded; a JPEG at the size that it will be decoded to.
        width: in the file.
        height: in the file.
        called: what the error calls it.
    """
    from PIL.JpegImagePlugin import JpegImageFile
    from PIL.TiffImagePlugin import TiffImageFile

    needed = image.width * image.height * BYTES.get(image.mode, 4)
    if isinstance(image, TiffImageFile):
        turned = image.tag_v2.get(ORIENTATION, 1) != 1  # Pillow turns it as it loads it, from one copy to another
        tile = image.tag_v2.get(TILE_WIDTH, 0) * image.tag_v2.get(TILE_LENGTH, 0)  # may be more than the picture
        needed = needed * (1 + turned) + tile * BYTES.get(image.mode, 4)
    if isinstance(image, JpegImageFile) and not _in_one_scan(image):
        needed += width * height * _coefficients(image)
    refuse(width, height, needed, called)
    if image.tile and image.tile[0][0] in SLOW and width * height > MOST_SLOW:
        raise LenetError(
            f"{called} is of {width:,} x {height:,} pixels, packed as text or runs, of which "
            f"{MOST_SLOW // 10**6} million are read at most: save it as PNG"
        )


def refuse(width: int, height: int, needed: int, called: str) -> None:
    """Raise a ``LenetError`` if a side is too long, or the pixels, or the bytes they need, are too many."""
    what = f"{called} is of {width:,} x {height:,} pixels"
    if max(width, height) > LONGEST:
        raise LenetError(f"{what}; a side may have {LONGEST:,}: cut it in pieces or scale it down")
    if width * height > MOST_PIXELS or needed > MOST_BYTES:
        raise LenetError(
            f"{what}, {needed / 1e6:,.0f} MB unpacked; the most is {MOST_PIXELS // 10**6} million pixels and "
            f"{MOST_BYTES // 10**6} MB: scale it down"
        )


def webp_size(head: bytes) -> tuple[int, int]:
    """Return width and height of a WebP file: its decoder takes memory for them as soon as it's made.

    Each of its three kinds has them in another place (RFC 9649, sections 2.5 to 2.7).
    """
    kind = head[12:16]
    if kind == b"VP8X":
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF


def _in_one_scan(image: JpegImageFile) -> bool:
    """Return whether a JPEG comes row by row. If not, every coefficient is kept until the last has come.

    It does if it isn't progressive, and its first scan is of all its colours. Pillow stops behind that scan's header,
    which ends in a byte for how many they are, two for each, and three.
    """
    colours = len(image.layer)
    assert image.fp is not None
    image.fp.seek(-4 - 2 * colours, 1)
    head = image.fp.read(4 + 2 * colours)
    return not image.info.get("progressive") and head[0] == colours


def _coefficients(image: JpegImageFile) -> int:
    """Return the bytes of a JPEG's coefficients for a pixel, rounded up: 2 for each, of all colours as sampled."""
    areas: list[int] = [down * across for _, across, down, _ in image.layer]
    return -(-2 * sum(areas) // max(areas))

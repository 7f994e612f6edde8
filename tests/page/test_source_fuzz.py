"""Whatever has been done to a picture file: frames come out, or a LenetError."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from PIL import Image

from lenet.errors import LenetError
from lenet.page.flat import MOST
from lenet.page.source import frames

GREY = Image.fromarray((np.random.default_rng(0).random((23, 31)) * np.linspace(0, 255, 31)).astype(np.uint8))
RGB = Image.merge("RGB", [GREY, GREY.transpose(Image.Transpose.FLIP_LEFT_RIGHT), GREY.point(lambda x: 255 - x)])
DEEP = Image.fromarray(np.asarray(GREY).astype(np.uint16) * 257)
TURNED = Image.Exif()
TURNED[0x0112] = 6


def written(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def heic() -> bytes:
    file = io.BytesIO()
    pytest.importorskip("pillow_heif").from_pillow(RGB).save(file)
    return file.getvalue()


def pdf() -> bytes:
    pytest.importorskip("pypdfium2")
    return written(RGB, "PDF", save_all=True, append_images=[GREY.copy()])


FILES: dict[str, Callable[[], list[bytes]]] = {
    "PNG": lambda: [
        written(RGB, "PNG"),
        written(RGB.quantize(16), "PNG", transparency=3, exif=TURNED),
        written(RGB.convert("RGBA"), "PNG", save_all=True, append_images=[RGB.convert("RGBA").rotate(5)]),
        written(DEEP, "PNG"),
    ],
    "JPEG": lambda: [
        written(RGB, "JPEG", exif=TURNED),
        written(GREY, "JPEG", progressive=True),
        written(RGB.convert("CMYK"), "JPEG"),
    ],
    "TIFF": lambda: [
        *(
            written(RGB, "TIFF", compression=way)
            for way in ("raw", "tiff_lzw", "packbits", "tiff_adobe_deflate", "jpeg")
        ),
        written(GREY.convert("1"), "TIFF", compression="group4"),
        written(GREY, "TIFF", save_all=True, append_images=[RGB.copy(), DEEP.copy()]),
        written(GREY.convert("F"), "TIFF", tiffinfo={274: 6}),
        written(GREY.convert("I"), "TIFF"),
    ],
    "WebP": lambda: [
        written(RGB, "WEBP", exif=TURNED),
        written(RGB.convert("RGBA"), "WEBP", lossless=True),
        written(RGB, "WEBP", save_all=True, append_images=[RGB.rotate(5)]),
    ],
    "BMP": lambda: [written(RGB, "BMP"), written(RGB.quantize(16), "BMP"), written(GREY.convert("1"), "BMP")],
    "GIF": lambda: [
        written(RGB, "GIF"),
        written(RGB, "GIF", save_all=True, append_images=[GREY.copy()], transparency=0),
    ],
    "PPM": lambda: [
        written(RGB, "PPM"),
        written(GREY.convert("1"), "PPM"),
        b"P3 # text\n3 2 255\n" + b"12 34 200\n" * 6,
        b"P5 3 2 9 " + bytes(range(6)),
    ],
    "HEIC": lambda: [heic()],
    "PDF": lambda: [pdf()],
}

EDGES = [
    b"\0",
    b"\xff",
    b"\x7f",
    b"\x80",
    b"\0\0\0\0",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\0\0\x10\0",
    b"\0\1",
]
place = some.floats(0, 1) | some.floats(0, 0.1)  # headers are at the beginning
edit = some.one_of(
    some.tuples(some.just("put"), place, some.binary(min_size=1, max_size=4) | some.sampled_from(EDGES)),
    some.tuples(some.just("insert"), place, some.binary(min_size=1, max_size=9)),
    some.tuples(some.just("delete"), place, some.integers(1, 30)),
    some.tuples(some.just("turn"), place, some.integers(0, 7)),
    some.tuples(some.just("cut"), place, some.none()),
)


def edited(data: bytes, edits: list[tuple[str, float, object]]) -> bytes:
    for how, share, what in edits:
        at = int(share * len(data))
        if isinstance(what, bytes):
            data = data[:at] + what + data[at + (len(what) if how == "put" else 0) :]
        elif how == "delete":
            data = data[:at] + data[at + what :]
        elif how == "turn":
            data = data[:at] + bytes(byte ^ 1 << what for byte in data[at : at + 1]) + data[at + 1 :]
        else:
            data = data[:at]
    return data


def with_true_sums(data: bytes) -> bytes:
    """Return a PNG whose checksums are those of its chunks: what is changed isn't found by them."""
    whole, at = data[:8], 8
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        chunk = data[at + 4 : at + 8 + length]
        whole += data[at : at + 4] + chunk + struct.pack(">I", zlib.crc32(chunk))
        at += 12 + length
    return whole


@pytest.mark.parametrize("kind", FILES)
def test_a_changed_file_gives_frames_or_an_error(kind):
    files = FILES[kind]()
    for file in files:
        assert list(frames(file))

    @settings(max_examples=150, deadline=None, database=None, derandomize=True)
    @given(some.sampled_from(files), some.lists(edit, min_size=1, max_size=6), some.booleans())
    def try_one(file: bytes, edits: list[tuple[str, float, object]], mended: bool) -> None:
        data = edited(file, edits)
        data = with_true_sums(data) if mended and kind == "PNG" else data
        try:
            for frame in frames(data):
                assert frame.pixels.dtype == np.uint8
                assert frame.pixels.ndim == 2 or (frame.pixels.ndim == 3 and frame.pixels.shape[2] == 3)
                assert 0 < frame.pixels.shape[0] * frame.pixels.shape[1] <= MOST
        except LenetError as error:
            assert str(error).startswith(("source (bytes) ", "page "))

    try_one()


@settings(max_examples=100, deadline=None, database=None, derandomize=True)
@given(some.binary(max_size=300))
def test_bytes_of_any_kind(data):
    with pytest.raises(LenetError):
        list(frames(data))

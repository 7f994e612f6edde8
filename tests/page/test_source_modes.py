"""Whatever a picture is written as, the same picture comes out."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from lenet.page.source import frames

MODES = {
    "PNG": ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"],
    "TIFF": ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "I", "F", "CMYK", "YCbCr", "LAB"],
    "JPEG": ["L", "RGB", "CMYK"],
    "WEBP": ["L", "RGB", "RGBA"],
    "BMP": ["1", "L", "P", "RGB"],
    "GIF": ["1", "L", "P", "RGB"],
    "PPM": ["1", "L", "RGB"],
}
GREY = {"1", "L", "LA", "I;16", "I", "F", "LAB"}


def as_mode(grey: np.ndarray, mode: str) -> Image.Image:
    image = Image.fromarray(grey)
    if mode == "I;16":
        return Image.fromarray(grey.astype(np.uint16) * 257)
    if mode == "LAB":
        return Image.merge("LAB", (image, Image.new("L", image.size, 128), Image.new("L", image.size, 128)))
    return image.convert(mode)


def written(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize(("kind", "mode"), [(kind, mode) for kind, modes in MODES.items() for mode in modes])
def test_every_kind_and_mode(corner, kind, mode):
    (frame,) = frames(written(as_mode(corner, mode), kind))
    assert frame.pixels.dtype == np.uint8 and frame.pixels.flags.c_contiguous
    if kind in ("PNG", "TIFF", "JPEG"):
        assert frame.pixels.ndim == (2 if mode in GREY else 3)
    assert (frame.page, frame.scale, frame.name) == (1, 1.0, "")
    np.testing.assert_allclose(frame.grey.astype(int), corner, atol=40 if kind in ("JPEG", "WEBP") else 1)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr"])
def test_every_mode_of_pillow(corner, mode):
    image = as_mode(corner, {"La": "LA", "RGBa": "RGBA"}.get(mode, mode)).convert(mode)
    np.testing.assert_allclose(next(frames(image)).grey.astype(int), corner, atol=1)


def test_colours_stay(corner):
    colours = np.dstack([corner, 255 - corner, corner // 2])
    assert np.array_equal(next(frames(written(Image.fromarray(colours), "PNG"))).pixels, colours)


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_as_many_bits_as_the_lightest_pixel_needs(corner, bits):
    values = (corner.astype(np.uint32) * ((1 << bits) - 1) // 255).astype(np.uint16)
    assert np.array_equal(next(frames(values)).pixels, corner)
    assert np.array_equal(next(frames(written(Image.fromarray(values), "TIFF"))).pixels, corner)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_what_is_transparent_is_white(corner, mode):
    ink = np.zeros((*corner.shape, 4), np.uint8)  # black ink on black that can't be seen
    ink[..., 3] = 255 - corner
    assert np.array_equal(next(frames(Image.fromarray(ink).convert(mode))).grey, corner)


def test_white_ink_on_nothing_is_on_black(corner):
    ink = np.full((*corner.shape, 4), 255, np.uint8)
    ink[..., 3] = 255 - corner
    assert np.array_equal(next(frames(ink)).grey, 255 - corner)


@pytest.mark.parametrize("mode", ["L", "P", "RGB"])
def test_a_colour_may_be_named_as_transparent(corner, mode):
    image = Image.fromarray(corner // 255).convert("L")
    if mode == "P":
        image.putpalette([255, 0, 0, 0, 0, 0])  # what isn't ink is black
        named = 1
    else:
        image = Image.fromarray(np.where(corner == 0, 90, 0).astype(np.uint8)).convert(mode)
        named = 0 if mode == "L" else (0, 0, 0)
    frame = next(frames(written(image, "PNG", transparency=named)))
    assert (frame.grey[corner == 255] == 255).all()
    assert (frame.grey[corner == 0] < 100).all()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_is_turned_upright_as_the_camera_noted(corner, kind, orientation):
    stored = {  # how a picture lies in the file, so that the orientation makes it upright (Exif 2.3, section 4.6.4)
        1: corner,
        2: corner[:, ::-1],
        3: corner[::-1, ::-1],
        4: corner[::-1],
        5: corner.T,
        6: np.rot90(corner, 1),
        7: corner[::-1, ::-1].T,
        8: np.rot90(corner, -1),
    }[orientation]
    notes = Image.Exif()
    notes[0x0112] = orientation
    options = {"quality": 95} if kind in ("JPEG", "WEBP") else {}
    file = written(Image.fromarray(np.ascontiguousarray(stored)), kind, exif=notes, **options)
    grey = next(frames(file)).grey
    assert grey.shape == corner.shape
    np.testing.assert_allclose(grey.astype(int), corner, atol=60)


def test_damaged_notes_are_no_reason_not_to_read(corner):
    file = written(Image.fromarray(corner), "PNG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert np.array_equal(next(frames(file)).pixels, corner)

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from lenet.data import glyphs
from lenet.errors import LenetError
from lenet.picture import FORMATS, MOST_PIXELS, load, prepare


def bar(rows: int, columns: int, paper: int, ink: int) -> np.ndarray:
    """A vertical bar, an eighth of the picture wide, above a foot."""
    grey = np.full((rows, columns), paper, np.uint8)
    grey[rows // 4 : 3 * rows // 4, columns // 4 : columns * 3 // 8] = ink
    grey[5 * rows // 8 : 3 * rows // 4, columns // 4 : columns // 2] = ink
    return grey


def centre(image: np.ndarray) -> np.ndarray:
    places = np.indices(image.shape).reshape(2, -1)
    return places @ image.ravel().astype(float) / image.sum()


@pytest.mark.parametrize("size", [(20, 20), (28, 28), (60, 90), (700, 500), (9, 40)])
@pytest.mark.parametrize(("paper", "ink"), [(255, 0), (0, 255), (120, 30), (100, 220)])
def test_any_size_and_polarity_fills_20_pixels_about_its_centre_of_mass(size, paper, ink):
    image = prepare(bar(*size, paper, ink))
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    assert image.shape == (28, 28) and image.dtype == np.uint8
    assert image.max() == 255
    assert max(np.ptp(rows), np.ptp(columns)) + 1 in (19, 20, 21)
    assert (np.abs(centre(image) - 14) <= 0.5).all()


def test_polarity_changes_nothing():
    dark = prepare(bar(60, 90, 255, 0))
    assert np.array_equal(dark, prepare(bar(60, 90, 0, 255)))


def test_what_is_prepared_already_stays():
    images, _ = glyphs(50, seed=0)
    once = [prepare(image) for image in images]
    assert all(np.array_equal(prepare(image), image) for image in once)


def test_proportions_are_kept():
    grey = np.zeros((100, 100), np.uint8)
    grey[20:80, 40:55] = 255  # 60 x 15
    image = prepare(grey)
    assert (image.any(axis=1).sum(), image.any(axis=0).sum()) == (20, 5)


def test_noise_of_the_paper_is_no_ink():
    random = np.random.default_rng(0)
    clean = bar(80, 80, 200, 20).astype(float)
    noisy = np.clip(clean + random.normal(0, 4, clean.shape), 0, 255).astype(np.uint8)
    assert np.abs(prepare(noisy).astype(int) - prepare(clean.astype(np.uint8))).mean() < 4


def test_another_size_of_model():
    assert prepare(bar(50, 50, 255, 0), 32, 32).shape == (32, 32)


@pytest.mark.parametrize(
    "grey", [np.zeros((30, 30), np.uint8), np.full((5, 5), 255, np.uint8), np.zeros((1, 1), np.uint8)]
)
def test_an_empty_picture_is_said_to_be_empty(grey):
    with pytest.raises(LenetError, match=r"the picture is empty: .* differ by 0 of 255"):
        prepare(grey)


def test_paper_alone_is_empty_too():
    paper = np.random.default_rng(0).normal(200, 8, (60, 60)).clip(0, 255).astype(np.uint8)
    with pytest.raises(LenetError, match="empty"):
        prepare(paper)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F"])
def test_every_mode_is_read(tmp_path, mode):
    grey = bar(40, 40, 255, 0)
    image = Image.fromarray(grey.astype(np.uint16) * 257) if mode == "I;16" else Image.fromarray(grey).convert(mode)
    path = tmp_path / ("x.tiff" if mode in ("CMYK", "I", "F", "I;16") else "x.png")
    image.save(path)
    np.testing.assert_allclose(load(path).astype(int), grey, atol=2)


def test_what_is_transparent_is_white(tmp_path):
    ink = np.zeros((40, 40, 4), np.uint8)  # black ink on black that can't be seen
    ink[..., 3] = 255 - bar(40, 40, 255, 0)
    Image.fromarray(ink).save(tmp_path / "x.png")
    assert np.array_equal(load(tmp_path / "x.png"), bar(40, 40, 255, 0))


def test_a_photo_is_turned_upright(tmp_path):
    image = Image.fromarray(bar(40, 60, 255, 0))
    turned = Image.Exif()
    turned[0x0112] = 6  # to be turned by a quarter, clockwise
    image.save(tmp_path / "x.png", exif=turned)
    assert np.array_equal(load(tmp_path / "x.png"), np.rot90(bar(40, 60, 255, 0), -1))


def test_no_such_file(tmp_path):
    with pytest.raises(LenetError, match=r"there is no file .*x\.png"):
        load(tmp_path / "x.png")


def test_a_folder(tmp_path):
    with pytest.raises(LenetError, match="is a folder; name the pictures in it"):
        load(tmp_path)


def test_not_a_picture(tmp_path):
    (tmp_path / "x.png").write_text("no picture")
    with pytest.raises(LenetError, match="is not a picture that can be read; it can be PNG, JPEG"):
        load(tmp_path / "x.png")


def test_a_picture_that_runs_a_program_is_refused(tmp_path):
    (tmp_path / "x.eps").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n%%EndComments\n%%EOF\n")
    assert "EPS" not in FORMATS
    with pytest.raises(LenetError, match="is not a picture"):
        load(tmp_path / "x.eps")


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
@pytest.mark.parametrize("ending", ["png", "jpg", "gif", "bmp", "webp"])
def test_a_picture_that_is_cut_short(tmp_path, ending, share):
    path = tmp_path / f"x.{ending}"
    noise = np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(LenetError, match=r"is damaged|is not a picture"):
        load(path)


def bomb(side: int) -> bytes:
    """Return a PNG file that declares side x side pixels and holds none."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [7_100, 12_000, 20_000])
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, side):
    assert side * side > MOST_PIXELS
    (tmp_path / "x.png").write_bytes(bomb(side))
    with pytest.raises(LenetError, match=r"pixels; the most is 50,000,000 in all: scale it down"):
        load(tmp_path / "x.png")

"""Which pictures of a file are read: pages of TIFF and PDF, the first of an animation, HEIC's own; and how large."""

from __future__ import annotations

import io
import sys

import numpy as np
import pytest
from PIL import Image

from lenet.errors import LenetError
from lenet.page.flat import reduction
from lenet.page.source import frames


def written(images: list[np.ndarray], kind: str, **options: object) -> bytes:
    first, *others = (Image.fromarray(image) for image in images)
    file = io.BytesIO()
    first.save(file, kind, save_all=True, append_images=others, **options)
    return file.getvalue()


@pytest.fixture
def pages(corner) -> list[np.ndarray]:
    return [corner, 255 - corner, corner[:20]]


def test_pages_of_a_tiff(tmp_path, pages):
    (tmp_path / "x.tif").write_bytes(written(pages, "TIFF"))
    found = list(frames(tmp_path / "x.tif"))
    assert [frame.page for frame in found] == [1, 2, 3]
    assert {frame.name for frame in found} == {"x.tif"}
    assert all(np.array_equal(frame.pixels, page) for frame, page in zip(found, pages, strict=True))


@pytest.mark.parametrize("what", [1, 4, 5])  # a smaller copy, a mask, a mask of the smaller copy
def test_what_is_no_page_of_a_tiff(corner, what):
    pages = [Image.fromarray(grey) for grey in (corner, corner[::2, ::2], 255 - corner)]
    pages[1].encoderinfo = {"tiffinfo": {254: what}}
    file = io.BytesIO()
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:])
    with Image.open(file) as image:
        assert image.n_frames == 3
    found = list(frames(file.getvalue()))
    assert [frame.page for frame in found] == [1, 2]
    assert np.array_equal(found[1].pixels, 255 - corner)


def test_a_page_that_is_damaged_is_named_and_those_before_it_are_read(pages):
    file = written(pages, "TIFF")
    found = frames(file[:-1000])
    next(found), next(found)
    with pytest.raises(LenetError, match=r"page 3 of source \(bytes\) is damaged"):
        next(found)


@pytest.mark.parametrize(("kind", "options"), [("GIF", {}), ("PNG", {}), ("WEBP", {"lossless": True})])
def test_of_what_is_animated_the_first_picture_is_read(corner, kind, options):
    (frame,) = frames(written([corner, 255 - corner, corner], kind, **options))
    assert np.array_equal(frame.grey, corner)


def test_of_a_camera_s_two_pictures_the_first_is_read(corner):
    (frame,) = frames(written([corner, 255 - corner], "MPO", quality=95))
    np.testing.assert_allclose(frame.grey.astype(int), corner, atol=40)


def test_a_pdf_is_drawn_at_200_pixels_to_the_inch(tmp_path, pages):
    pytest.importorskip("pypdfium2")
    (tmp_path / "x.pdf").write_bytes(written(pages, "PDF", resolution=40))  # a pixel is five pixels when it's drawn
    found = list(frames(tmp_path / "x.pdf"))
    assert [(frame.page, frame.scale, frame.name) for frame in found] == [(page, 1.0, "x.pdf") for page in (1, 2, 3)]
    for frame, page in zip(found, pages, strict=True):
        assert frame.pixels.shape == (page.shape[0] * 5, page.shape[1] * 5, 3)
        assert np.array_equal(frame.pixels[2::5, 2::5].min(axis=2) > 127, page > 127)


def pdf(box: str, content: str) -> bytes:
    """Return a PDF of one page; its table of objects is left out, as it's made anew where it's wrong."""
    return (
        "%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n"
        f"3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents 4 0 R>> endobj\n"
        f"4 0 obj <</Length {len(content)}>> stream\n{content}\nendstream endobj\ntrailer <</Root 1 0 R>>\n"
    ).encode()


@pytest.mark.parametrize(
    ("box", "shape"),
    [
        ("0 0 72 144", (400, 200)),
        ("0 0 7200 7200", (2000, 2000)),  # 100 inches a side
        ("0 0 1000000 0.001", (1, 20_000)),
        ("0 0 0.01 0.01", (1, 1)),
    ],
)
def test_pages_of_a_pdf_of_any_size(box, shape):
    pytest.importorskip("pypdfium2")
    (frame,) = frames(pdf(box, "0 0 1 rg 0 0 36 36 re f"))
    assert frame.pixels.shape == (*shape, 3)
    if shape == (400, 200):  # a blue square at the lower left, half an inch a side
        assert (frame.pixels[301:, :99] == (0, 0, 255)).all()
        assert (frame.pixels[:299] == 255).all() and (frame.pixels[:, 101:] == 255).all()


def test_a_pdf_that_takes_too_long(monkeypatch):
    pytest.importorskip("pypdfium2")
    monkeypatch.setattr("lenet.page.pdf.PATIENCE", 0.0)
    with pytest.raises(LenetError, match=r"page 1 of source \(bytes\) takes more than 0 s to draw"):
        list(frames(pdf("0 0 600 800", "0 0 500 500 re f\n" * 5000)))


def test_a_pdf_that_is_damaged():
    pytest.importorskip("pypdfium2")
    with pytest.raises(LenetError, match=r"source \(bytes\) is damaged: Failed to load document"):
        list(frames(b"%PDF-1.7\n"))


def test_a_pdf_that_is_locked(pages):
    pytest.importorskip("pypdfium2")
    locked = pdf("0 0 72 72", "").replace(
        b"<</Root", b"<</ID[(a)(a)]/Encrypt<</Filter/Standard/V 1/R 2/P -1/O(%s)/U(%s)>>/Root" % (b"o" * 32, b"u" * 32)
    )
    with pytest.raises(LenetError, match=r"source \(bytes\) is locked by a password; save it without one"):
        list(frames(locked))


def test_heic(tmp_path, corner):
    heif = pytest.importorskip("pillow_heif")
    file = heif.from_pillow(Image.fromarray(255 - corner))
    file.add_from_pillow(Image.fromarray(corner))
    file.save(tmp_path / "x.heic", quality=95, primary_index=1)
    (frame,) = frames(tmp_path / "x.heic")
    assert frame.name == "x.heic"
    np.testing.assert_allclose(frame.grey.astype(int), corner, atol=40)


def test_heic_is_turned_once_though_it_says_so_twice(tmp_path, corner):
    """A telephone notes the turn in the picture's own properties, which its decoder obeys, and in Exif as well."""
    heif = pytest.importorskip("pillow_heif")
    notes = Image.Exif()
    notes[0x0112] = 6
    heif.from_pillow(Image.fromarray(corner)).save(tmp_path / "x.heic", quality=95, exif=notes.tobytes())
    data = (tmp_path / "x.heic").read_bytes()
    assert b"irot" in data and notes.tobytes() in data
    (frame,) = frames(data)
    np.testing.assert_allclose(frame.grey.astype(int), np.rot90(corner, -1), atol=40)


@pytest.mark.parametrize(
    ("module", "file", "words"),
    [
        ("pypdfium2", b"%PDF-1.7\n", r'is a PDF, and reading it needs pypdfium2, .*: pip install "lenet\[pdf\]"'),
        (
            "pillow_heif",
            b"\0\0\0\x18ftypheic",
            r'is HEIC, and reading it needs pillow_heif, .*: pip install "lenet\[heic\]"',
        ),
    ],
)
def test_an_extra_that_isnt_installed(monkeypatch, module, file, words):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(LenetError, match=words):
        list(frames(file))


@pytest.mark.parametrize(
    ("size", "factor"),
    [
        ((28, 28), 1),
        ((2000, 2000), 1),
        ((2592, 1944), 1),  # 5 million: halved, its shorter side would be under 1,000
        ((4032, 3024), 2),  # 12 million
        ((8064, 6048), 4),
        ((16320, 12240), 8),
        ((6000, 700), 1),  # a line of writing
        ((65000, 700), 2),
        ((1, 65535), 1),
    ],
)
def test_how_much_a_picture_is_reduced(size, factor):
    assert reduction(*size) == reduction(*size[::-1]) == factor


@pytest.mark.parametrize("size", [(4032, 3024), (4031, 3021)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "image", "array"])
def test_a_large_picture_is_halved(size, kind):
    columns, rows = size
    steps = np.arange(rows)[:, None] * 120 // rows + np.arange(columns) * 120 // columns
    picture = steps.astype(np.uint8)
    source: object = {"image": Image.fromarray(picture), "array": picture}.get(kind)
    if source is None:
        source = io.BytesIO()
        Image.fromarray(picture).save(source, kind, quality=95, compress_level=1)
    frame = next(frames(source))
    assert frame.scale == 0.5
    assert frame.pixels.shape == (-(-rows // 2), -(-columns // 2))
    np.testing.assert_allclose(frame.pixels.astype(int), picture[::2, ::2], atol=4)


def test_a_picture_s_strips_make_one():
    """A picture of more than one strip, whose last one is short; its factor divides neither side."""
    picture = np.random.default_rng(0).integers(0, 256, (2503, 4001, 4), np.uint8)
    picture[..., 3] = 255
    frame = next(frames(picture))
    assert frame.scale == 0.5
    whole = np.asarray(Image.fromarray(picture[..., :3]).reduce(2))
    assert np.abs(frame.pixels.astype(int) - whole).max() <= 1

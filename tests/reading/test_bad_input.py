"""Bad input: a clear answer or a clear error, and never a digit at high confidence where there is none."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import zlib
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from nothing import letters, pictures, plain
from PIL import Image, ImageDraw

import lenet
from lenet.data import glyphs
from lenet.errors import LenetError

HIGH = 0.9  # a confidence that someone would rely on
MOST_MEMORY = 300 << 20  # bytes of a process that reads any one of them
KINDS = ({}, {"single": True}, {"line": True}, {"page": True})
NOTHING = pictures()
FUZZ = settings(deadline=None, max_examples=100)


def named(kind: dict[str, bool]) -> str:
    return next(iter(kind), "untold")


def sure(reading) -> list[tuple[str, float]]:
    """Return the digits that are answers, and surely."""
    return [
        (digit.label, digit.confidence)
        for line in reading.lines
        if not line.rejected
        for digit in line.digits
        if not digit.rejected and digit.label.isdigit() and digit.confidence >= HIGH
    ]


def sound(reading, high: int, wide: int) -> None:
    """Check what holds of every reading of a picture of that size."""
    assert reading.size == (wide, high)
    assert reading.text == "\n".join("" if line.rejected else line.text for line in reading.lines)
    assert bool(reading.reason) == any(line.rejected for line in reading.lines) or reading.reason == "blank"
    for part in (*reading.lines, *reading.digits):
        assert 0 <= part.confidence <= 1
        left, top, right, bottom = part.box
        assert 0 <= left < right <= wide
        assert 0 <= top < bottom <= high
    assert 0 <= reading.confidence <= 1
    json.dumps(reading.to_dict(), allow_nan=False)


@pytest.mark.parametrize("kind", KINDS, ids=named)
@pytest.mark.parametrize("name", plain())
def test_nothing_at_all_is_blank(name, kind):
    picture = plain()[name]
    reading = lenet.read(picture, **kind)
    sound(reading, *picture.shape)
    assert (reading.rejected, reading.reason, reading.digits) == (True, "blank", ())
    assert reading.text.strip() == ""


@pytest.mark.parametrize("kind", KINDS, ids=named)
@pytest.mark.parametrize("name", NOTHING)
def test_no_digit_where_there_is_none(name, kind):
    picture = NOTHING[name]
    reading = lenet.read(picture, **kind)
    sound(reading, *picture.shape[:2])
    assert not sure(reading)


@pytest.mark.parametrize("dark", [True, False])
def test_letters_are_no_digits(dark):
    drawn = letters(200)
    taken = [sure(lenet.read(letter if dark else 255 - letter, single=True)) for letter in drawn]
    assert sum(map(bool, taken)) <= 0.1 * len(drawn), taken


def test_strokes_of_one_pixel():
    picture = Image.new("L", (60, 80), 255)
    ImageDraw.Draw(picture).line([(15, 15), (45, 15), (25, 65)], fill=0)
    reading = lenet.read(picture, single=True)
    sound(reading, 80, 60)
    assert {label for label, _ in sure(reading)} <= {"7"}


def png(width: int, height: int, data: bytes) -> bytes:
    """Return a PNG file that declares so many grey pixels, whatever it holds."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def encoded(picture: np.ndarray, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, kind)
    return file.getvalue()


BAD = {
    "empty": b"",
    "text": b"12345\n",
    "a program": b"%!PS-Adobe-3.0 EPSF-3.0\n",
    "zeros": bytes(1000),
    "cut short": encoded(NOTHING["noise"])[:3000],
    "a JPEG cut short": encoded(NOTHING["noise"], "JPEG")[:3000],
    "50,000 x 50,000": png(50_000, 50_000, b""),
    "a bomb": png(50_000, 50_000, bytes(10**7)),
    "no pixels": png(0, 7, b""),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_picture(name, tmp_path):
    path = tmp_path / "x.png"
    path.write_bytes(BAD[name])
    good = encoded(plain()["255 (28, 28)"])
    for source in (path, BAD[name], io.BytesIO(BAD[name])):
        with pytest.raises(LenetError) as raised:
            lenet.read(source)
        assert "\n" not in str(raised.value)
        assert len(str(raised.value)) < 400
    readings = list(lenet.read_many([good, path, good], workers=1))
    assert [bool(reading.error) for reading in readings] == [False, True, False]


def test_zero_sized():
    for source in (np.zeros((0, 5), np.uint8), np.zeros((5, 0, 3), np.uint8), Image.new("L", (0, 0))):
        with pytest.raises(LenetError, match="no pixels"):
            lenet.read(source)


def test_of_an_animation_the_first_picture_is_read(tmp_path):
    images, _ = glyphs(3, seed=1, size=56)
    first, *others = (Image.fromarray(255 - image) for image in images)
    first.save(tmp_path / "x.gif", save_all=True, append_images=others, duration=100)
    moving, still = lenet.read(tmp_path / "x.gif", single=True), lenet.read(first, single=True)
    assert (moving.page, moving.size, moving.text) == (1, still.size, still.text)


NUMBERS = st.one_of(
    arrays.boolean_dtypes(), arrays.integer_dtypes(), arrays.unsigned_integer_dtypes(), arrays.floating_dtypes()
)


@FUZZ
@given(
    arrays.arrays(NUMBERS, arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=40)), st.sampled_from(KINDS)
)
def test_any_array(array, kind):
    try:
        reading = lenet.read(array, **kind)
    except LenetError:
        return
    wide, high = reading.size
    assert {wide, high} <= set(array.shape)
    sound(reading, high, wide)


@FUZZ
@given(
    st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99), st.integers(0, 12)), max_size=40), st.sampled_from(KINDS)
)
def test_any_strokes(points, kind):
    """Strokes from point to point, each as wide as it says; of width 0 the pen is lifted."""
    picture = Image.new("L", (100, 100), 255)
    draw = ImageDraw.Draw(picture)
    for (*before, _), (*after, pen) in pairwise(points):
        if pen:
            draw.line((*before, *after), fill=0, width=pen)
    sound(lenet.read(picture, **kind), 100, 100)


@FUZZ
@given(st.sampled_from(("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")), st.data())
def test_any_damage(kind, data):
    whole = bytearray(encoded(255 - glyphs(1, seed=2)[0][0], kind))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        reading = lenet.read(bytes(whole))
    except LenetError:
        return
    wide, high = reading.size
    sound(reading, high, wide)


# The peak is the kernel's VmHWM: ru_maxrss counts the process that began this one, too.
MEMORY = """
import pathlib, sys, lenet
from lenet.errors import LenetError
for name in sys.argv[1:]:
    try:
        lenet.read(name)
    except LenetError:
        pass
lines = pathlib.Path("/proc/self/status").read_text().splitlines()
print(1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no peak to be read here")
def test_memory(tmp_path):
    large = np.random.default_rng(0).integers(0, 256, (3000, 4000), np.uint8)
    files = {
        **BAD,
        "a page of noise": encoded(large, "JPEG"),
        "a page of stripes": encoded(np.tile(NOTHING["stripes"], (25, 25))),
    }
    for place, data in enumerate(files.values()):
        Path(tmp_path, f"{place}.png").write_bytes(data)
    names = sorted(map(str, tmp_path.iterdir()))
    done = subprocess.run([sys.executable, "-c", MEMORY, *names], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) < MOST_MEMORY

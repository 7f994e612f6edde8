"""Pictures too large, and small files that promise to be: refused by their header, before memory is taken."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import lenet
from lenet.errors import LenetError
from lenet.page import limits
from lenet.page.source import frames


def png(width: int, height: int, packed: bytes = b"") -> bytes:
    """Return a PNG file that declares width x height pixels of colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def bmp(width: int, height: int, compression: int = 0) -> bytes:
    bits = 8 if compression else 24
    colours = bytes(1024) if compression else b""
    start = 54 + len(colours)
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", start, 0, 0, start) + head + colours


def gif(width: int, height: int) -> bytes:
    head = b"GIF89a" + struct.pack("<HH", width, height) + bytes(3)
    return head + b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x08\x01\0\0;"


def tiff(width: int, height: int, tags: dict[int, int] | None = None, compression: int = 8) -> bytes:
    data = zlib.compress(bytes(1 << 16))
    entries = {256: width, 257: height, 258: 8, 259: compression, 262: 1, 277: 1, **(tags or {})}
    where = 8 + 2 + 12 * (len(entries) + 2) + 4
    entries |= {324: where, 325: len(data)} if 322 in entries else {273: where, 279: len(data)}
    body = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted(entries.items()))
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + body + bytes(4) + data


def webp(kind: bytes, width: int, height: int) -> bytes:
    """Return a WebP file that ends after its header (RFC 9649, sections 2.5 to 2.7)."""
    body = {
        b"VP8 ": b"\x30\x01\x00\x9d\x01\x2a" + struct.pack("<HH", width, height),
        b"VP8L": b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14),
        b"VP8X": bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little"),
    }[kind]
    body = kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def jpeg(width: int, height: int, *, progressive: bool = False, mode: str = "RGB") -> bytes:
    """Return a JPEG file of 8x8 pixels that declares others."""
    file = io.BytesIO()
    Image.new(mode, (8, 8)).save(file, "JPEG", progressive=progressive)
    data = bytearray(file.getvalue())
    start = data.index(b"\xff\xc2" if progressive else b"\xff\xc0")
    data[start + 5 : start + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def in_many_scans(data: bytes) -> bytes:
    """Return a JPEG file whose first scan is of its first colour only."""
    start = data.index(b"\xff\xda")
    return data[:start] + b"\xff\xda\0\x08\x01\x01\0\0\x3f\0" + data[start + 14 :]


TOO_LARGE = {
    "png": png(50_000, 50_000),
    "png of 50,000,000": png(8_000, 6_300),
    "bmp": bmp(50_000, 50_000),
    "gif": gif(50_000, 50_000),
    "ppm": b"P6 50000 50000 255\n",
    "tiff": tiff(50_000, 50_000),
    "tiff, not packed": tiff(50_000, 50_000, compression=1),
    "tiff, to be turned": tiff(12_000, 12_000, {274: 6}),
    "tiff with a tile": tiff(100, 100, {322: 60_000, 323: 30_000}),
    "webp": webp(b"VP8 ", 8_000, 8_000),
    "webp without loss": webp(b"VP8L", 8_000, 8_000),
    "webp extended": webp(b"VP8X", 8_000, 8_000),
    "webp of 2,500,000,000": webp(b"VP8X", 50_000, 50_000),
    "jpeg": jpeg(50_000, 50_000),
    "jpeg, progressive": jpeg(8_000, 9_000, progressive=True),
    "jpeg in many scans": in_many_scans(jpeg(8_000, 9_000)),
}
TOO_LONG = {"png": png(70_000, 2), "tiff": tiff(2, 70_000), "bmp": bmp(70_000, 2)}
SLOW = {"bmp": bmp(1500, 1500, compression=1), "text": b"P3 1500 1500 255\n", "of 100 levels": b"P5 1500 1500 99\n"}


def refused(source: object, words: str) -> None:
    with pytest.raises(LenetError, match=words):
        list(frames(source))


@pytest.mark.parametrize("name", TOO_LARGE)
def test_too_large(name):
    refused(
        TOO_LARGE[name],
        r"^source \(bytes\) is of \S+ x \S+ pixels, \S+ MB unpacked; the most is 250 million pixels and 200 MB: scale|"
        r"^source \(bytes\) is too large: .* scale it down$",  # where Pillow's own limit is met first
    )


@pytest.mark.parametrize("name", TOO_LONG)
def test_too_long(name):
    refused(TOO_LONG[name], "is of .* pixels; a side may have 65,535: cut it in pieces or scale it down")


@pytest.mark.parametrize("name", SLOW)
def test_too_slow(name):
    refused(SLOW[name], "is of 1,500 x 1,500 pixels, packed as text or runs, of which 2 million are read at most: save")


def test_they_take_neither_memory_nor_the_process_with_them(tmp_path):
    """All of them, in one process, which then has used less than 100 MB; it starts with 30."""
    if not Path("/proc/self/status").exists():
        pytest.skip("how much memory a process has used isn't known here")
    for number, data in enumerate([*TOO_LARGE.values(), *TOO_LONG.values(), *SLOW.values()]):
        (tmp_path / str(number)).write_bytes(data)
    program = (
        "import pathlib, sys\n"
        "from lenet.errors import LenetError\n"
        "from lenet.page.source import frames\n"
        "for path in pathlib.Path(sys.argv[1]).iterdir():\n"
        "    try:\n"
        "        list(frames(path))\n"
        "    except LenetError:\n"
        "        continue\n"
        "    raise SystemExit(f'{path} was read')\n"
        "status = pathlib.Path('/proc/self/status').read_text()\n"
        "print(status.split('VmHWM:')[1].split()[0])\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(lenet.__file__).parents[1])}
    command = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 100_000  # KB


@pytest.mark.parametrize(("mode", "kept", "sampled"), [("RGB", 4, 3), ("L", 1, 2), ("CMYK", 4, 8)])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_large_jpeg_needs_little_unless_it_is_progressive(mode, kept, sampled, progressive, monkeypatch):
    """Of 1,024 x 768 pixels, an eighth each way is unpacked; or the coefficients of all of them are there at once.

    Of each four pixels of RGB there are four brightnesses and two shades, and a coefficient has two bytes.
    """
    monkeypatch.setattr("lenet.page.flat.ENOUGH", 128 * 96)
    monkeypatch.setattr("lenet.page.flat.SHORT", 96)
    file = io.BytesIO()
    Image.new(mode, (1024, 768), "white").save(file, "JPEG", progressive=progressive)
    needed = 128 * 96 * kept + 1024 * 768 * sampled * progressive
    monkeypatch.setattr(limits, "MOST_BYTES", needed)
    assert next(frames(file)).pixels.shape[:2] == (96, 128)
    monkeypatch.setattr(limits, "MOST_BYTES", needed - 1)
    refused(file, "is of 1,024 x 768 pixels")


def test_what_is_large_but_not_too_large():
    grey = np.full((9_000, 9_000), 255, np.uint8)
    file = io.BytesIO()
    Image.fromarray(grey).save(file, "TIFF", compression="packbits")
    frame = next(frames(file))
    assert (frame.pixels.shape, frame.scale) == ((1125, 1125), 0.125)
    assert (frame.pixels == 255).all()

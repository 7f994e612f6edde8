"""What is no picture, and what is damaged."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from lenet.errors import LenetError
from lenet.page.source import frames


def refused(source: object, words: str) -> None:
    with pytest.raises(LenetError, match=words):
        list(frames(source))


def test_no_such_file(tmp_path):
    refused(tmp_path / "x.png", r"there is no file .*x\.png")


def test_a_folder(tmp_path):
    refused(tmp_path, "is a folder; name the pictures in it")


@pytest.mark.parametrize(
    "data", [b"no picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%!PS-Adobe-3.0 EPSF-3.0\n", b"\0" * 5000]
)
def test_not_a_picture(tmp_path, data):
    (tmp_path / "x.png").write_bytes(data)
    refused(tmp_path / "x.png", r"x\.png is not a picture that can be read; it can be PNG, JPEG.* but begins with")
    refused(data, r"source \(bytes\) is not a picture")


def test_an_empty_file(tmp_path):
    (tmp_path / "x.png").touch()
    refused(tmp_path / "x.png", r"x\.png is empty: it has no bytes")


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
@pytest.mark.parametrize("ending", ["png", "jpg", "gif", "bmp", "webp", "tif", "ppm"])
def test_a_picture_that_is_cut_short(tmp_path, ending, share):
    path = tmp_path / f"x.{ending}"
    noise = np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    refused(path, r"x\.\w+ is damaged")


@pytest.mark.parametrize("size", [(0, 5), (5, 0), (0, 0)])
def test_no_pixels(size):
    refused(b"P5 %d %d 255\n" % size, "is damaged")
    refused(Image.new("L", size), r"source \(an image of Pillow\) is . x .: it holds no pixels")
    refused(np.zeros(size), r"source \(an array\) is .*: it holds no pixels")

"""Whatever a user gives: paths, bytes, open files, images, arrays, tensors; and how errors call it."""

from __future__ import annotations

import io
import os
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lenet.errors import LenetError
from lenet.page.source import frames


@pytest.fixture
def path(tmp_path, corner) -> Path:
    Image.fromarray(corner).save(tmp_path / "corner.png")
    return tmp_path / "corner.png"


def one(source: object) -> np.ndarray:
    (frame,) = frames(source)
    return frame.pixels


def test_paths_and_bytes(path, corner):
    data = path.read_bytes()
    for source in (path, str(path), data, bytearray(data), memoryview(data), memoryview(data + data)[::1]):
        assert np.array_equal(one(source), corner)
    assert next(frames(path)).name == next(frames(str(path))).name == "corner.png"


def test_open_files_are_read_from_their_beginning(path, corner):
    memory = io.BytesIO(path.read_bytes())
    memory.seek(0, io.SEEK_END)  # as it is left by what has just written it
    assert np.array_equal(one(memory), corner)
    with path.open("rb") as file:
        assert next(frames(file)).name == "corner.png"
        assert np.array_equal(one(file), corner)
        assert not file.closed


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe(path, corner, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=[path.read_bytes()])
    writer.start()
    assert np.array_equal(one(tmp_path / "pipe"), corner)
    writer.join()


class Stream:
    """An answer from the network: it can be read once, and no more."""

    def __init__(self, data: bytes):
        self._file = io.BytesIO(data)

    def read(self, count: int) -> bytes:
        return self._file.read(min(count, 100))


def test_a_stream(path, corner):
    assert np.array_equal(one(Stream(path.read_bytes())), corner)


def test_images_of_pillow(path, corner):
    with Image.open(path) as image:
        frame = next(frames(image))
        assert (frame.name, image.size) == ("corner.png", (60, 40))
    assert np.array_equal(frame.pixels, corner)
    assert np.array_equal(one(Image.fromarray(corner)), corner)


def test_the_page_at_which_an_image_stands(tmp_path, corner):
    pages = [Image.fromarray(corner), Image.fromarray(255 - corner)]
    pages[0].save(tmp_path / "x.tif", save_all=True, append_images=pages[1:])
    with Image.open(tmp_path / "x.tif") as image:
        image.seek(1)
        assert np.array_equal(one(image), 255 - corner)
        assert image.tell() == 1


COLOURS = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)


@pytest.mark.parametrize(
    "array",
    [
        COLOURS,
        COLOURS.transpose(2, 0, 1),
        np.asfortranarray(COLOURS),
        COLOURS[::-1][::-1],
        np.dstack([COLOURS, np.full((5, 7), 255, np.uint8)]),
        COLOURS / 255,
        (COLOURS / 255).astype(np.float16),
        COLOURS.astype(np.float32),
        COLOURS.astype(np.int64),
        COLOURS.astype(np.uint16) * 257,
        COLOURS.astype(">u2") * 257,
    ],
    ids=lambda array: f"{array.dtype}{array.shape}",
)
def test_arrays_of_colours(array):
    assert np.array_equal(one(array), COLOURS)


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 1), (1, 5, 7)])
def test_arrays_of_greys(shape):
    grey = COLOURS[..., 0]
    for array in (grey, grey / 255, grey.astype(np.uint16) * 257):
        assert np.array_equal(one(array.reshape(shape)), grey)
    for kind in (bool, np.uint8, np.int64, float):  # black and white
        assert np.array_equal(one((grey > 99).astype(kind).reshape(shape)), (grey > 99) * 255)


def test_the_array_given_is_neither_kept_nor_changed():
    array = COLOURS.copy()
    pixels = one(array)
    assert not np.shares_memory(pixels, array)
    assert np.array_equal(array, COLOURS)


def test_tensors():
    torch = pytest.importorskip("torch")
    tensor = torch.from_numpy(COLOURS.transpose(2, 0, 1).copy())
    assert np.array_equal(one(tensor), COLOURS)
    assert np.array_equal(one((tensor / 255).requires_grad_()), COLOURS)
    with pytest.raises(LenetError, match=r"source is a Tensor that NumPy can't see as an array: .*BFloat16"):
        one(tensor.bfloat16())


BAD_ARRAYS = {
    r"source \(an array\) is \(5,\); expected \(rows, columns\), .*, or \(1 or 3, rows, columns\)$": np.zeros(5),
    r"is \(2, 3, 4, 5\); expected .*; give the pictures of a batch one by one": np.zeros((2, 3, 4, 5)),
    r"is \(9, 5, 7\); expected .*; give the pictures": np.zeros((9, 5, 7)),
    r"source \(an array\) is \(0, 5\): it holds no pixels": np.zeros((0, 5)),
    r"source holds NaN or infinity": np.full((5, 5), np.nan),
    r"source goes from -1 to 1; expected pixels of 0 or more; turn -1..1 into \(x \+ 1\) / 2": np.array([[-1.0, 1.0]]),
    r"source goes from -3 to 200; expected pixels of 0 or more$": np.array([[-3, 200]]),
    r"source goes from 0 to 1.2; expected floats in \[0, 1\] or in 0..255": np.array([[0, 1.2]]),
    r"source goes from 0 to 300; expected floats": np.array([[0, 300.0]]),
    r"source holds complex128; expected uint8": np.zeros((5, 5), complex),
    r"source holds object; expected uint8": np.array([[None, {}]]),
    r"source \(an array\) is of 70,000 x 2 pixels; a side may have 65,535": np.zeros((2, 70_000)),
}


@pytest.mark.parametrize("words", BAD_ARRAYS)
def test_arrays_that_are_no_pictures(words):
    with pytest.raises(LenetError, match=words):
        one(BAD_ARRAYS[words])


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (None, "source is a NoneType; expected the path or bytes of a picture, an open file, an image of Pillow, an"),
        (["a.png", "b.png"], "source is a list"),
        (7, "source is a int"),
        (io.StringIO("text"), r"source \(an open file\) gives str, not bytes; open it by open\(path, 'rb'\)"),
        (io.BytesIO(b""), r"source \(an open file\) is empty: it has no bytes"),
        (b"text", r"source \(bytes\) is not a picture"),
        ("a\0b", "can't be opened: embedded null byte"),
        pytest.param("x" * 5000, "can't be opened: File name too long", id="long"),
    ],
)
def test_what_is_no_picture_at_all(source, words):
    with pytest.raises(LenetError, match=words):
        one(source)


def test_a_file_that_is_closed(path):
    file = path.open("rb")
    file.close()
    with pytest.raises(LenetError, match=r"corner\.png can't be read: .*closed file"):
        one(file)


def test_a_file_that_may_not_be_read(path, monkeypatch):
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)  # root may read all files
    with pytest.raises(LenetError, match=r"corner\.png can't be opened: Permission denied"):
        one(path)


def test_an_image_of_pillow_that_is_damaged(path):
    path.write_bytes(path.read_bytes()[:60])
    with Image.open(path) as image, pytest.raises(LenetError, match=r"source \(an image of Pillow\) can't be loaded"):
        one(image)

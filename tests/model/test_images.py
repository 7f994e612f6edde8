"""What counts as images: the same answers however they come, and nothing is guessed."""

import numpy as np
import pytest

from lenet.errors import LenetError
from lenet.model.images import accept, accept_labels

ONE, COLOUR = (1, 8, 8), (3, 8, 8)


def test_every_way_that_images_come(images):
    floats = images / 255
    ways = [
        images,
        images[:, None],
        list(images),
        tuple(images[:, None]),
        np.asfortranarray(images),
        images[::-1][::-1],
        np.repeat(images, 2, axis=2)[:, :, ::2],
    ]
    for way in ways:
        array, single = accept(way, ONE)
        assert not single and array.dtype == np.uint8 and array.flags.c_contiguous
        assert (array == images[:, None]).all()
    for way in (floats, floats.astype(np.float32), floats.astype(">f8"), floats.tolist(), list(floats)):
        array, _ = accept(way, ONE)
        assert array.dtype == np.float32
        assert np.allclose(array, floats[:, None])
    array, _ = accept(images.astype(np.float16) / np.float16(255), ONE)
    assert array.dtype == np.float32


def test_one_image(images):
    assert accept(images[0], ONE)[1]
    assert accept(images[0], ONE)[0].shape == (1, 1, 8, 8)
    assert not accept(images[:1], ONE)[1]
    assert accept(np.zeros((3, 8, 8), np.uint8), COLOUR)[1]
    assert not accept(np.zeros((1, 3, 8, 8), np.uint8), COLOUR)[1]


def test_none_at_all():
    array, single = accept(np.zeros((0, 8, 8), np.uint8), ONE)
    assert array.shape == (0, 1, 8, 8) and not single


@pytest.mark.parametrize("shape", [(8,), (8, 9), (2, 8, 9), (2, 3, 8, 8), (1, 1, 1, 8, 8), (64,), (2, 64), ()])
def test_another_size_names_the_right_one(shape):
    with pytest.raises(LenetError, match=r"must be \(8, 8\), \(N, 8, 8\) or \(N, 1, 8, 8\), but are \("):
        accept(np.zeros(shape, np.uint8), ONE)


def test_colours_need_their_channels():
    with pytest.raises(LenetError, match=r"must be \(3, 8, 8\) or \(N, 3, 8, 8\), but are \(8, 8\)"):
        accept(np.zeros((8, 8), np.uint8), COLOUR)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(0, 255, "go from 0 to 255; divide"), (-1, 1, "go from -1 to 1"), (0, 1.0001, "0 to 1.0001")],
)
def test_floats_of_another_range_are_refused(low, high, words):
    images = np.full((2, 8, 8), float(low))
    images[1, 3, 3] = high
    with pytest.raises(LenetError, match=words):
        accept(images, ONE)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_no_number(bad):
    images = np.zeros((2, 8, 8), np.float32)
    images[0, 0, 0] = bad
    with pytest.raises(LenetError, match="NaN or infinity"):
        accept(images, ONE)


@pytest.mark.parametrize("kind", [np.int64, np.uint16, np.int8, bool, complex, object, "U3"])
def test_other_numbers_are_refused(kind):
    with pytest.raises(LenetError, match=r"must be uint8, or floating-point in \[0, 1\], but are .*astype"):
        accept(np.zeros((2, 8, 8)).astype(kind), ONE)


def test_a_list_of_unlike_images():
    with pytest.raises(LenetError, match="all of one type, but has float64 and uint8"):
        accept([np.zeros((8, 8), np.uint8), np.zeros((8, 8))], ONE)
    with pytest.raises(LenetError, match="arrays of one size"):
        accept([np.zeros((8, 8), np.uint8), np.zeros((9, 9), np.uint8)], ONE)


def test_labels():
    assert accept_labels([0, 3], 2, 4).tolist() == [0, 3]
    for labels, words in (
        ([0], r"must be \(2,\)"),
        ([[0], [1]], r"must be \(2,\)"),
        ([0.0, 1.0], "whole numbers from 0 to 3"),
        ([0, 4], "from 0 to 3, but go from 0 to 4"),
        ([-1, 0], "go from -1 to 0"),
    ):
        with pytest.raises(LenetError, match=words):
            accept_labels(labels, 2, 4)

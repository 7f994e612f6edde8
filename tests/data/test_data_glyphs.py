from __future__ import annotations

import numpy as np
import pytest

from lenet.data import glyphs, load
from lenet.errors import LenetError


def test_the_same_seed_draws_the_same_glyphs_and_another_others() -> None:
    images, labels = glyphs(700, seed=1)
    again, labels_again = glyphs(700, seed=1)
    np.testing.assert_array_equal(images, again)
    np.testing.assert_array_equal(labels, labels_again)
    assert (glyphs(700, seed=2)[0] != images).any()
    assert len(np.unique(images.reshape(700, -1), axis=0)) == 700


def test_glyphs_are_bright_on_black_of_mnists_size_and_place() -> None:
    images, labels = glyphs(500, seed=0)
    assert images.dtype == np.uint8
    assert images.shape == (500, 28, 28)
    np.testing.assert_array_equal(np.bincount(labels), [50] * 10)
    assert (labels[:20] != np.arange(20) % 10).any()
    weights = images / images.sum((1, 2), keepdims=True)
    place = np.arange(28) + 0.5
    for axis in (1, 2):
        centre = (weights.sum(3 - axis) * place).sum(1)
        assert abs(centre - 14).max() < 2
        ink = (images > 64).any(3 - axis)
        extent = 28 - ink.argmax(1) - ink[:, ::-1].argmax(1)
        assert extent.max() <= 23  # 20, and what the pen's thickness and the waves add
    assert images[:, :2].max() == images[:, -2:].max() == 0
    assert images.max((1, 2)).min() > 128
    assert 0.08 < images.mean() / 255 < 0.18  # MNIST's is 0.13


def test_upright_glyphs_look_like_their_bitmaps() -> None:
    images, labels = glyphs(600, seed=3, classes="17")
    means = np.stack([images[labels == label].mean(0) for label in range(2)])
    one, seven = means / np.linalg.norm(means, axis=(1, 2), keepdims=True)
    assert one[14:21, 12:17].sum() > 2 * one[14:21, :12].sum()  # a stem
    assert seven[5:10, 8:12].sum() > 2 * seven[17:22, 17:21].sum()  # a bar above, nothing right below


def test_digits_can_be_told_apart_by_the_mean_of_their_class() -> None:
    (train, labels), (test, truth) = glyphs(2000, seed=0), glyphs(500, seed=1)
    means = np.stack([train[labels == label].mean(0) for label in range(10)]).reshape(10, -1)
    flat = test.reshape(500, -1).astype(float)
    answers = (flat @ means.T / np.linalg.norm(means, axis=1)).argmax(1)
    assert 0.6 < (answers == truth).mean() < 1  # alike, yet not a toy


def test_every_printable_character_can_be_drawn_and_at_other_sizes() -> None:
    characters = "".join(map(chr, range(33, 127)))
    images, labels = glyphs(94, seed=0, classes=characters, size=20)
    assert images.shape == (94, 20, 20)
    assert sorted(labels) == list(range(94))
    assert (images.max((1, 2)) > 60).all()


@pytest.mark.parametrize(
    "arguments",
    [{"count": 0}, {"seed": -1}, {"size": 4}, {"classes": ""}, {"classes": "aa"}, {"classes": "é"}, {"classes": " "}],
)
def test_what_cant_be_drawn_is_told_in_words(arguments: dict) -> None:
    with pytest.raises(LenetError, match=r"glyphs need a count|the classes of glyphs must be"):
        glyphs(**{"count": 5, "seed": 0, **arguments})


def test_the_data_set_has_10000_and_2000_that_differ() -> None:
    data = load("glyphs")
    assert (len(data.train_images), len(data.test_images)) == (10_000, 2_000)
    assert data.classes == tuple("0123456789")
    assert (data.train_images[:2000] != data.test_images).any()

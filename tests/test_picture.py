from __future__ import annotations

import numpy as np
import pytest

from lenet.data import glyphs
from lenet.errors import LenetError
from lenet.picture import prepare


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

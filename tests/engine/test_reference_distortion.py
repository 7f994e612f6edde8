"""Distortions of the reference engine: worked by hand, and against SciPy."""

from math import ceil

import numpy as np
import pytest
from scipy import ndimage

from lenet.engine.reference.distortion import affine, bilinear, distort, elastic, gaussian, sources
from lenet.engine.reference.randomness import draw, key
from lenet.recipe import Distortion

EVERYTHING = Distortion(shift=3, scale=0.2, squeeze=0.2, shear=0.3, rotation=20, elastic=2, smoothness=3)


def pictures(count=4, channels=1, rows=14, columns=11):
    return np.random.default_rng(0).random((count, channels, rows, columns))


def test_scipy_agrees():
    p, keys = pictures(channels=2), key(1, 2, np.arange(4))
    for n, picture in enumerate(distort(p, keys, EVERYTHING)):
        x, y = sources(keys[n], EVERYTHING, 14, 11)
        for channel in range(2):
            expected = ndimage.map_coordinates(p[n, channel], [y, x], order=1, mode="grid-constant")
            np.testing.assert_allclose(picture[channel], expected, atol=1e-12)


def test_scipy_agrees_on_a_picture_with_an_empty_border():
    p = np.pad(pictures(), ((0, 0), (0, 0), (1, 1), (1, 1)))
    for n, picture in enumerate(distort(p, key(1, 2, np.arange(4)), EVERYTHING)):
        x, y = sources(key(1, 2, n), EVERYTHING, 16, 13)
        expected = ndimage.map_coordinates(p[n, 0], [y, x], order=1, mode="constant")
        np.testing.assert_allclose(picture[0], expected, atol=1e-12)


def test_nothing_asked_for_is_nothing_done():
    np.testing.assert_allclose(distort(pictures(), key(0, 0, np.arange(4)), Distortion()), pictures(), atol=1e-14)
    untouched = distort(pictures(), key(0, 0, np.arange(4)), Distortion(shift=5, share=0.0))
    np.testing.assert_array_equal(untouched, pictures())


def test_the_share_is_drawn_first():
    keys = key(3, 0, np.arange(50))
    p = pictures(50)
    moved = (distort(p, keys, Distortion(shift=5, share=0.3)) != p).any((1, 2, 3))
    np.testing.assert_array_equal(moved, draw(keys, 0) < 0.3)
    assert 5 < moved.sum() < 25


def test_a_shift_moves_ink_right_and_down():
    k = key(0, 0, 0)
    x, y = 4 * (2 * draw(k, [1, 2]) - 1)
    p = np.zeros((1, 1, 21, 21))
    p[0, 0, 10, 10] = 1
    moved = distort(p, k, Distortion(shift=4))[0, 0]
    assert ndimage.center_of_mass(moved) == pytest.approx((10 + y, 10 + x))


@pytest.mark.parametrize(
    ("ranges", "number", "expected"),
    [
        ({"scale": 0.5}, 3, lambda s: [[1 + s, 0], [0, 1 + s]]),
        ({"squeeze": 0.5}, 4, lambda s: [[1 + s, 0], [0, 1 / (1 + s)]]),
        ({"shear": 0.5}, 5, lambda s: [[1, s], [0, 1]]),
        ({"rotation": 0.5}, 6, lambda s: [[1, -np.radians(s)], [np.radians(s), 1]]),
    ],
)
def test_each_part_of_the_affine_map(ranges, number, expected):
    k = key(9, 1, 5)
    value = 0.5 * (2 * draw(k, number)[0] - 1)
    matrix, shift = affine(k, Distortion(**ranges))
    np.testing.assert_allclose(matrix, expected(value), atol=5e-5)
    assert not shift.any()


def test_the_parts_follow_each_other():
    """A point is scaled and squeezed, then sheared, then turned, then shifted."""
    k = key(4, 0, 7)
    shift_x, shift_y, scale, squeeze, shear, angle = (2 * draw(k, np.arange(1, 7)) - 1) * [3, 3, 0.2, 0.3, 0.4, 50]
    x, y = 2 * (1 + scale) * (1 + squeeze), 5 * (1 + scale) / (1 + squeeze)
    x += shear * y
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    expected = [x * cos - y * sin + shift_x, x * sin + y * cos + shift_y]
    matrix, shift = affine(k, Distortion(shift=3, scale=0.2, squeeze=0.3, shear=0.4, rotation=50))
    np.testing.assert_allclose(matrix @ [2, 5] + shift, expected, rtol=1e-12)


def test_the_map_goes_from_target_to_source():
    k, distortion = key(4, 0, 7), Distortion(shift=3, scale=0.2, squeeze=0.2, shear=0.3, rotation=20)
    matrix, shift = affine(k, distortion)
    x, y = sources(k, distortion, 9, 11)
    middle = np.array([5, 4])
    target = matrix @ (np.array([x[2, 3], y[2, 3]]) - middle) + shift + middle
    np.testing.assert_allclose(target, [3, 2], atol=1e-12)


def test_elastic_displacement_is_smoothed_noise_of_the_right_size():
    distortion = Distortion(elastic=2.5, smoothness=2.0)
    dx, dy = elastic(key(0, 0, 0), distortion, 120, 130)
    assert dx.shape == dy.shape == (120, 130)
    for field in (dx, dy):
        assert abs(field[10:-10, 10:-10].std() - 2.5) < 0.25
    noise = 2 * draw(key(0, 0, 0), 16 + 120 * 130 + np.arange(120 * 130)).reshape(120, 130) - 1
    weights = gaussian(2.0)
    assert len(weights) == 2 * ceil(6) + 1
    assert weights.sum() == pytest.approx(1)
    smooth = ndimage.convolve(noise, np.outer(weights, weights), mode="constant")
    np.testing.assert_allclose(dy, 2.5 * 3**0.5 / np.sqrt((np.outer(weights, weights) ** 2).sum()) * smooth, atol=1e-12)


def test_bilinear_by_hand():
    picture = np.array([[[1.0, 2], [3, 4]]])
    x, y = np.array([0.5, 0, -0.5, 1.5, 9, 1]), np.array([0.5, 0, 0, 1, 0, -0.25])
    assert bilinear(picture, x, y).tolist() == [[2.5, 1, 0.5, 2, 0, 1.5]]  # half of the edge, half of nothing


def test_float32_is_near():
    keys = key(1, 1, np.arange(4))
    single = distort(pictures().astype(np.float32), keys, EVERYTHING)
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, distort(pictures(), keys, EVERYTHING), atol=1e-5)

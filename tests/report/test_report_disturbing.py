"""Digits disturbed, against cases worked by hand and SciPy's own operations."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import affine_transform, grey_dilation, grey_erosion

from lenet.data import glyphs
from lenet.errors import LenetError
from lenet.report.robustness import AXES
from lenet.report.robustness.disturbing import (
    Affine,
    kept,
    moved,
    noisy,
    rotation,
    scale,
    shear,
    shifts,
    widened,
)

DIGITS = glyphs(12, seed=5)[0]
SIZE = DIGITS.shape[1:]


def framed(pictures, border):
    return np.pad(pictures, ((0, 0), (border, border), (border, border)))


@pytest.mark.parametrize("axis", AXES, ids=lambda axis: axis.name)
@pytest.mark.parametrize("border", [0, 2])
def test_undisturbed_every_pixel_stays(axis, border):
    canvas = (28 + 2 * border,) * 2
    np.testing.assert_array_equal(axis.disturb(DIGITS, axis.rest, canvas), framed(DIGITS, border))
    assert axis.kept(DIGITS, axis.rest, canvas) == 1


def test_shifts_of_whole_pixels_go_down_right_up_and_left_in_turn():
    got = moved(DIGITS, shifts(3), SIZE)
    wide = framed(DIGITS, 3)
    corners = [(0, 3), (3, 0), (6, 3), (3, 6)]
    for n, picture in enumerate(got):
        y, x = corners[n % 4]
        np.testing.assert_array_equal(picture, wide[n, y : y + 28, x : x + 28])


def test_a_quarter_turn_is_numpy_s():
    np.testing.assert_array_equal(moved(DIGITS, [rotation(90)], SIZE), np.rot90(DIGITS, -1, axes=(1, 2)))
    np.testing.assert_array_equal(moved(DIGITS, [rotation(-90)], SIZE), np.rot90(DIGITS, axes=(1, 2)))
    np.testing.assert_array_equal(moved(DIGITS, [rotation(180)], SIZE), DIGITS[:, ::-1, ::-1])


def test_a_shear_of_one_column_a_row_moves_each_row_by_its_distance_from_the_middle():
    picture = np.zeros((1, 5, 5), np.uint8)
    picture[0, :, 2] = 200
    np.testing.assert_array_equal(moved(picture, [shear(1)], (5, 5))[0], 200 * np.eye(5, dtype=np.uint8))


@pytest.mark.parametrize(
    "map_",
    [rotation(17), scale(1.37), shear(0.45), Affine(shift=(2.3, -1.8)), Affine(((1.1, 0.2), (-0.3, 1.0)), (0.5, 4))],
)
def test_maps_are_scipy_s_with_cubic_splines(map_):
    back = np.linalg.inv(map_.matrix)
    offset = 13.5 - back @ (np.array([15.5, 15.5]) + map_.shift)
    expected = [
        affine_transform(picture.astype(float), back, offset, (32, 32), order=3, mode="grid-constant")
        for picture in DIGITS
    ]
    got = moved(DIGITS, [map_], (32, 32))
    np.testing.assert_allclose(got, np.clip(expected, 0, 255), atol=0.51)


def test_scaling_keeps_greys_and_multiplies_the_area():
    picture = np.zeros((1, 28, 28), np.uint8)
    picture[0, 10:18, 11:17] = 255
    for factor in (0.5, 0.75, 1.5, 2.0):
        got = moved(picture, [scale(factor)], (32, 32)).astype(float)
        assert got.sum() == pytest.approx(8 * 6 * 255 * factor**2, rel=0.05)
        assert got[0, 15:17, 15:17].min() > 245


def test_a_thin_stroke_doesn_t_fall_between_the_pixels():
    picture = np.zeros((1, 28, 28), np.uint8)
    picture[0, 4:24, 14] = 255
    for shift in (0.0, 0.3, 0.6, 1.0):
        got = moved(picture, [Affine(scale(0.4).matrix, (0.0, shift))], SIZE)
        assert got.sum() == pytest.approx(20 * 255 * 0.16, rel=0.15)


def test_the_ink_that_stays_in_the_frame():
    picture = np.zeros((1, 10, 10), np.uint8)
    picture[0, 2:8, 4:6] = 255  # six rows, two columns, in the middle
    assert kept(picture, [Affine(shift=(2, 0))], (10, 10)) == 1
    assert kept(picture, [Affine(shift=(3.5, 0))], (10, 10)) == pytest.approx(4.5 / 6)
    assert kept(picture, [Affine(shift=(3.5, 0))], (12, 12)) == pytest.approx(5.5 / 6)
    assert kept(picture, shifts(5), (10, 10)) == 0.5
    assert kept(picture, [scale(2)], (10, 10)) == pytest.approx(5 / 6)
    assert kept(np.zeros((2, 4, 4), np.uint8), [scale(9)], (4, 4)) == 1


@pytest.mark.parametrize("pixels", [0.5, 1.0, 1.5, 3.0])
def test_strokes_widen_as_by_scipy_s_dilation_of_the_enlarged_picture(pixels):
    fine = 4
    reach = int(np.ceil(pixels / 2 * fine)) + 1
    y, x = np.indices((2 * reach + 1,) * 2) - reach
    # a part is touched where the disc about another part's middle reaches into its square
    disc = np.hypot(np.maximum(abs(y) - 0.5, 0), np.maximum(abs(x) - 0.5, 0)) <= pixels / 2 * fine
    pictures = DIGITS.copy()
    pictures[0, :6, 20:] = 255  # ink at the frame's edge; beyond it there is paper
    large = pictures.repeat(fine, axis=1).repeat(fine, axis=2)
    for operation, by in ((grey_dilation, pixels), (grey_erosion, -pixels)):
        outcome = np.stack([operation(picture, footprint=disc, mode="constant", cval=0) for picture in large])
        expected = outcome.reshape(len(pictures), 28, fine, 28, fine).mean(axis=(2, 4))
        np.testing.assert_allclose(widened(pictures, by, SIZE), expected, atol=0.51)


def test_a_bar_is_wider_by_as_many_pixels():
    bar = np.zeros((1, 28, 28), np.uint8)
    bar[0, 4:24, 12:16] = 255
    for pixels in (-2, -1, -0.5, 0.5, 1, 2, 3):
        assert widened(bar, pixels, SIZE)[0, 14].sum(dtype=int) == pytest.approx(255 * (4 + pixels), abs=2)


def test_noise_turns_over_its_share_of_the_picture_s_pixels_and_none_beyond():
    pictures = np.random.default_rng(0).integers(0, 256, (200, 28, 28), dtype=np.uint8)
    for share in (0.1, 0.3):
        got = noisy(pictures, share, (32, 32))
        inside = got[:, 2:-2, 2:-2]
        turned = inside != pictures
        np.testing.assert_array_equal(inside[turned], 255 - pictures[turned])
        assert turned.mean() == pytest.approx(share, abs=0.005)
        assert got.sum(dtype=int) == inside.sum(dtype=int)
    np.testing.assert_array_equal(noisy(pictures, 1, SIZE), 255 - pictures)


def test_noise_is_the_same_each_time_and_more_of_it_holds_the_less():
    few, many = (noisy(DIGITS, share, SIZE) != DIGITS for share in (0.05, 0.2))
    assert (many | ~few).all()
    np.testing.assert_array_equal(noisy(DIGITS, 0.2, SIZE) != DIGITS, many)
    np.testing.assert_array_equal(noisy(DIGITS[:3], 0.2, SIZE), noisy(DIGITS, 0.2, SIZE)[:3])
    assert (noisy(DIGITS, 0.2, SIZE, seed=1) != noisy(DIGITS, 0.2, SIZE)).any()


@pytest.mark.parametrize("canvas", [(26, 28), (28, 26), (29, 28), (32, 31)])
def test_a_canvas_that_has_no_middle_for_the_picture(canvas):
    with pytest.raises(LenetError, match="a canvas must have as many"):
        moved(DIGITS, [scale(1)], canvas)
    with pytest.raises(LenetError, match="a canvas must have as many"):
        noisy(DIGITS, 0.1, canvas)

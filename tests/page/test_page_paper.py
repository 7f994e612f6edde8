"""How far pixels are from the paper, against what was drawn: light, shadows, colours, either way round."""

import numpy as np
import pytest
from drawn import strokes
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from lenet.page import paper
from lenet.page.ink import grown
from lenet.page.paper import Depth, darkness, every, light_ink, otsu, paper_of, some

SHAPE = 60, 140
WRITING = strokes(SHAPE, [(20, 10), (20, 50)], [(50, 10), (90, 50)], [(110, 10), (110, 45), (130, 45)], pen=4)


def picture(light=230, dark=40, light_falls=1.0):
    """The writing, dark on light; to the right there is less and less light."""
    grey = light + (dark - light) * WRITING
    return np.rint(grey * np.linspace(1, light_falls, SHAPE[1])).astype(np.uint8)


@settings(deadline=None, max_examples=40)
@given(arrays.arrays(np.uint8, st.integers(2, 60)))
def test_otsus_level_parts_into_classes_of_the_least_variance(values):
    def within(level):
        return sum(part.var() * len(part) for part in (values[values <= level], values[values > level]) if len(part))

    level = 255 * otsu(values.astype(np.float32) / 255)
    least = min(within(level) for level in set(values.tolist()))
    assert within(level) == pytest.approx(least, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("value", [0.0, 0.3, 1.0])
def test_otsus_level_of_equal_values_is_just_above_them(value):
    assert value < otsu(np.full(9, value, np.float32)) < value + 1.5 / 255


def test_otsus_level_lies_in_the_middle_of_a_gap():
    assert otsu(np.array([0.2, 0.2, 0.8], np.float32)) == pytest.approx(0.5, abs=1 / 255)


@pytest.mark.parametrize("grey", [0.1, 0.6, 1.0])
@pytest.mark.parametrize("shape", [(1, 1), (1, 90), (7, 7), (31, 33), (33, 31), (200, 90)])
@pytest.mark.parametrize("share", [0.1, 0.75])
def test_paper_alone_is_as_bright_as_it_is(shape, grey, share):
    assert paper_of(np.full(shape, grey, np.float32), share) == pytest.approx(np.full(shape, grey), abs=1e-6)


def test_paper_goes_on_under_ink():
    for ink in (np.s_[80:150, 80:150], np.s_[:150, :150]):  # a whole block; several, in a corner
        grey = np.full((300, 300), 0.9, np.float32)
        grey[ink] = 0.1
        assert paper_of(grey) == pytest.approx(np.full(grey.shape, 0.9), abs=1e-6)


def test_paper_follows_a_shadow():
    light = np.linspace(1, 0.5, 200, dtype=np.float32) * np.ones((100, 1), np.float32)
    assert np.abs(paper_of(light * np.float32(0.9)) / (light * 0.9) - 1).max() < 0.12


@pytest.mark.parametrize("step", [2, 3])
@pytest.mark.parametrize("shape", [(12, 12), (50, 71)])
def test_paper_at_every_few_pixels_is_that_at_all_of_them(shape, step):
    grey = np.random.default_rng(0).random(shape, np.float32)
    assert paper_of(grey, 0.5, step) == pytest.approx(paper_of(grey, 0.5)[::step, ::step], abs=1e-6)


@pytest.mark.parametrize(("light", "dark"), [(250, 10), (200, 120), (120, 40)])
def test_darkness_is_the_share_of_the_papers_brightness_that_is_missing(light, dark):
    depth = darkness(picture(light, dark))
    assert depth[WRITING == 0] == pytest.approx(0, abs=0.01)
    assert depth[WRITING == 1] == pytest.approx(1 - dark / light, abs=0.02)


def test_darkness_is_the_same_in_a_shadow():
    plain, shadow = darkness(picture()), darkness(picture(light_falls=0.4))
    assert np.abs(plain - shadow).max() < 0.15
    assert np.abs(plain - shadow)[WRITING == 1].max() < 0.05


@pytest.mark.parametrize("light_falls", [1.0, 0.6])
def test_light_on_dark_is_as_dark_on_light(light_falls):
    grey = picture(light_falls=light_falls)
    assert not light_ink(grey.astype(np.float32) / 255)
    assert light_ink(1 - grey.astype(np.float32) / 255)
    assert darkness(255 - grey) == pytest.approx(darkness(grey), abs=1e-5)


@pytest.mark.parametrize("tight", [True, False])
def test_strokes_that_fill_the_picture_are_ink_all_the_same(tight):
    grey = picture()[8:52, 48:92] if tight else picture()
    thick = np.where(strokes((20, 20), [(5, 2), (5, 17)], [(14, 2), (14, 17)], pen=4) > 0.5, 20, 240).astype(np.uint8)
    for dark in (grey, thick):
        assert not light_ink(dark.astype(np.float32) / 255)
        assert light_ink(1 - dark.astype(np.float32) / 255)


PENS = {
    "blue on white": ((250, 250, 250), (40, 60, 190)),
    "red on cream": ((240, 230, 200), (190, 40, 50)),
    "red on black": ((10, 12, 9), (220, 60, 60)),
    "yellow on blue": ((20, 30, 120), (240, 220, 60)),
    "green on grey": ((170, 170, 175), (20, 110, 60)),
}


@pytest.mark.parametrize("pen", PENS)
def test_coloured_pens_stand_out(pen):
    ground, ink = (np.array(colour, np.float32) for colour in PENS[pen])
    coloured = np.rint(ground + (ink - ground) * WRITING[:, :, None]).astype(np.uint8)
    depth = darkness(coloured)
    assert depth[WRITING == 1].min() > 0.4
    assert depth[WRITING == 0].max() < 0.02


def test_grey_in_three_channels_is_grey():
    grey = picture()
    assert darkness(np.stack([grey] * 3, axis=2)) == pytest.approx(darkness(grey), abs=1e-5)


def test_calm_depth_has_less_grain_and_the_same_strokes():
    noisy = np.clip(picture() + np.random.default_rng(0).normal(0, 12, SHAPE), 0, 255).astype(np.uint8)
    depth = Depth.of(noisy)
    strokes_near = grown(WRITING > 0, 5)[:, 1:]
    grain, calm = (np.diff(values)[~strokes_near].std() for values in (depth.raw, depth.calm))
    assert calm < 0.3 * grain
    assert depth.calm[30, 20] > 0.7


def test_levels_of_large_pictures_only_are_measured_on_some_pixels(monkeypatch):
    assert [every(np.zeros(shape)) for shape in ((1, 1), (1024, 1024))] == [1, 1]
    assert [every(np.zeros(shape, bool)) for shape in ((1024, 1025), (2048, 2048), (3000, 4000))] == [2, 2, 4]
    monkeypatch.setattr(paper, "MANY", 1000)
    large = some(np.arange(8400).reshape(60, 140))
    assert np.array_equal(large, np.arange(8400).reshape(60, 140)[::3, ::3])
    few = darkness(picture(light_falls=0.6))
    monkeypatch.setattr(paper, "MANY", 1 << 20)
    assert few == pytest.approx(darkness(picture(light_falls=0.6)), abs=0.02)

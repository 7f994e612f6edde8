"""Ink found in pictures that were drawn: where it is, how much, and none where there is none."""

import numpy as np
import pytest
from drawn import ring, strokes
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import ndimage

from lenet.page import paper
from lenet.page.ink import blank, find_ink, grown, stroke_width

SHAPE = 60, 140
WAYS = [(20, 10), (20, 50)], [(50, 12), (80, 50)], ring(112, 30, 14, 20)
WRITING = strokes(SHAPE, *WAYS, pen=4)


def written(amount=WRITING, light=225, dark=50, noise=0.0, seed=0):
    grey = light + (dark - light) * amount + noise * np.random.default_rng(seed).standard_normal(amount.shape)
    return np.clip(np.rint(grey), 0, 255).astype(np.uint8)


def overlap(one, other):
    return (one & other).sum() / (one | other).sum()


def is_blank(ink, shape):
    return (
        ink.amount.shape == ink.mask.shape == shape and not ink.amount.any() and not ink.mask.any() and not ink.stroke
    )


@pytest.mark.parametrize(("light", "dark"), [(255, 0), (225, 50), (200, 150), (120, 20), (20, 230), (90, 160)])
def test_ink_lies_where_it_was_drawn(light, dark):
    ink = find_ink(written(light=light, dark=dark))
    assert (ink.amount.dtype, ink.mask.dtype) == (np.float32, np.bool_)
    assert overlap(ink.mask, WRITING > 0.4) > 0.9
    assert ink.amount[WRITING == 1] == pytest.approx(1, abs=0.02)
    assert not ink.amount[WRITING == 0].any()
    assert ink.stroke == pytest.approx(4, abs=0.8)


@pytest.mark.parametrize("noise", [2, 8, 20])
def test_noise_hides_no_ink_and_is_none(noise):
    ink = find_ink(written(noise=noise))
    assert overlap(ink.mask, WRITING > 0.4) > 0.8
    assert (ink.mask & ~grown(WRITING > 0, 2)).sum() <= 3


@pytest.mark.parametrize("falls", [0.55, 0.8])
def test_a_shadow_is_no_ink(falls):
    shadow = np.linspace(1, falls, SHAPE[1])
    ink = find_ink(np.rint(written() * shadow).astype(np.uint8))
    assert overlap(ink.mask, WRITING > 0.4) > 0.85
    assert not ink.amount[WRITING == 0].any()


@pytest.mark.parametrize("period", [3, 6])
def test_a_faint_pattern_of_the_paper_is_no_ink(period):
    rows, columns = np.indices(SHAPE)
    hatched = np.where((rows + columns) % period == 0, 0.88, 1.0)
    ink = find_ink(np.rint(written() * hatched).astype(np.uint8))
    assert overlap(ink.mask, WRITING > 0.4) > 0.8
    assert not ink.mask[~grown(WRITING > 0, 2)].any()


def test_light_on_dark_is_as_dark_on_light():
    for seed in range(3):
        dark = written(noise=4, seed=seed)
        one, other = find_ink(dark), find_ink(255 - dark)
        assert np.array_equal(one.mask, other.mask)
        assert other.amount == pytest.approx(one.amount, abs=1e-4)
        assert other.stroke == one.stroke


@pytest.mark.parametrize("width", [2, 3, 5, 8])
def test_the_pens_width_is_that_of_a_round_stroke(width):
    drawn = strokes((100, 100), ring(50, 50, 35, 35), pen=width)
    assert stroke_width(drawn > 0.5) == pytest.approx(width, rel=0.1)
    assert stroke_width(np.pad(drawn > 0.5, 7)) == stroke_width(drawn > 0.5)


def test_the_pens_width_by_hand():
    assert stroke_width(np.zeros((3, 3), bool)) == 0
    assert stroke_width(np.ones((2, 8), bool)) == pytest.approx(2 * 16 / 20 * 4 / np.pi)  # area 16, sides 20
    assert stroke_width(np.eye(1, 1) > 0) == pytest.approx(2 / 4 * 4 / np.pi)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (3, 3), (28, 28), (90, 200)])
@pytest.mark.parametrize("grey", [0, 1, 127, 254, 255])
def test_a_sheet_of_one_grey_is_blank(shape, grey):
    assert is_blank(find_ink(np.full(shape, grey, np.uint8)), shape)
    assert is_blank(find_ink(np.full((*shape, 3), grey, np.uint8)), shape)
    assert is_blank(find_ink(np.full((*shape, 3), (grey, 70, 200), np.uint8)), shape)


@pytest.mark.parametrize("light", [120, 170])
@pytest.mark.parametrize("noise", [1, 4, 10, 25])
def test_paper_with_grain_is_blank(light, noise):
    assert is_blank(find_ink(written(np.zeros((80, 120)), light, 0, noise)), (80, 120))


def test_strokes_fainter_than_a_papers_texture_are_none():
    assert is_blank(find_ink(written(light=200, dark=192)), SHAPE)


def test_specks_beside_strokes_are_kept_only_where_they_are_dark():
    two = strokes(SHAPE, *WAYS, pen=4)
    faint, dark = strokes(SHAPE, [(35, 30), (36, 30)], pen=3), strokes(SHAPE, [(92, 55), (93, 55)], pen=3)
    ink = find_ink(written(np.maximum(two, np.maximum(0.38 * faint, dark))))
    assert ink.mask[55, 92]
    assert not ink.mask[30, 35]


def test_what_is_taken_for_paper_has_no_ink_and_hides_none():
    rule = np.zeros(SHAPE, bool)
    rule[4:7] = True
    faint = np.maximum(0.3 * WRITING, rule)  # writing much fainter than a rule
    hidden, seen = find_ink(written(faint)), find_ink(written(faint), without=rule)
    assert overlap(hidden.mask, WRITING > 0.4) < 0.1
    assert overlap(seen.mask, WRITING > 0.4) > 0.85
    assert not seen.mask[rule].any()
    everything = np.ones(SHAPE, bool)
    assert is_blank(find_ink(written(), without=everything), SHAPE)


def test_large_pictures_have_the_ink_that_small_ones_have(monkeypatch):
    page = written(np.tile(WRITING, (4, 3)), noise=4)
    whole = find_ink(page)
    monkeypatch.setattr(paper, "MANY", page.size // 5)
    some = find_ink(page)
    assert overlap(some.mask, whole.mask) > 0.98
    assert np.abs(some.amount - whole.amount).mean() < 0.001


def test_blank():
    assert is_blank(blank((4, 7)), (4, 7))


MASKS = arrays.arrays(bool, arrays.array_shapes(min_dims=2, max_dims=2, max_side=12))


@settings(deadline=None, max_examples=50)
@given(MASKS, st.integers(0, 4))
def test_growing_is_dilation_by_a_cross(mask, by):
    dilated = ndimage.binary_dilation(mask, iterations=by) if by else mask
    before = mask.copy()
    assert np.array_equal(grown(mask, by), dilated)
    assert np.array_equal(mask, before)


PICTURES = st.one_of(
    arrays.arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40))),
    arrays.arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12), st.just(3))),
)


@settings(deadline=None, max_examples=60)
@given(PICTURES, st.booleans(), st.randoms(use_true_random=False))
def test_any_picture_has_ink_between_none_and_all(pixels, without, random):
    rows, columns = pixels.shape[:2]
    taken = np.array([[random.random() < 0.3 for _ in range(columns)] for _ in range(rows)]) if without else None
    ink = find_ink(pixels, taken)
    assert ink.amount.shape == ink.mask.shape == (rows, columns)
    assert 0 <= ink.amount.min() <= ink.amount.max() <= 1
    assert not ink.amount[~ink.mask].any()
    assert (ink.amount[ink.mask] > 0).all()
    assert (ink.stroke > 0) == ink.mask.any()
    if without:
        assert not ink.mask[taken].any()

"""Writing in pictures with rules: what is left is what was written, and rules that are darker hide none of it."""

import numpy as np
import pytest
from drawn import ring, strokes
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from lenet.page.cleaning import BESIDE, _apart_from, clean
from lenet.page.ink import Ink, find_ink

SHAPE = 70, 150
WRITING = strokes(SHAPE, ring(50, 35, 9, 16), [(85, 20), (85, 50)], [(110, 20), (122, 20), (114, 50)], pen=3)


def picture(writing=1.0, rules=0.0, light=230):
    """The writing between two rules, each as dark as it is told."""
    amount = writing * WRITING
    for row in (6, 62):
        amount[row : row + 2] = np.maximum(amount[row : row + 2], rules)
    return np.rint(light * (1 - 0.85 * amount)).astype(np.uint8)


def missed_and_added(ink):
    written = WRITING > 0.5
    return (written & ~ink.mask).sum() / written.sum(), (ink.mask & (WRITING == 0)).sum()


def test_without_rules_it_is_the_ink():
    ink, writing = find_ink(picture()), clean(picture())
    assert np.array_equal(writing.amount, ink.amount)
    assert np.array_equal(writing.mask, ink.mask)
    assert writing.stroke == ink.stroke


@pytest.mark.parametrize("negative", [False, True])
@pytest.mark.parametrize("writing", [1.0, 0.5, 0.3])
def test_writing_is_found_between_rules_that_are_as_dark_or_much_darker(writing, negative):
    drawn = picture(writing, rules=1.0)
    missed, added = missed_and_added(clean(255 - drawn if negative else drawn))
    assert missed < 0.05
    assert not added


def test_specks_along_rules_are_no_writing():
    rules, mask = np.zeros((30, 60), bool), np.zeros((30, 60), bool)
    rules[10:12, 5:55] = True
    mask[13:15, 20] = True  # the blurred edge of a rule
    mask[13:16, 25] = True  # for the most part
    mask[1:10, 40:43] = True  # a stroke that ends at it
    mask[12 + BESIDE, 50:53] = True  # beyond
    left = _apart_from(Ink(mask.astype(np.float32), mask, 2.0), rules)
    assert not left.mask[:, 20:26].any()
    assert left.mask[12 + BESIDE, 50:53].all()
    assert left.mask[1:10, 40:43].all()
    assert np.array_equal(left.amount > 0, left.mask)


def test_each_step_is_shown():
    shown = []
    writing = clean(picture(rules=1.0), lambda *step: shown.append(step))
    names, pictures, captions = zip(*shown, strict=True)
    assert names == ("Picture", "Ink", "Rules")
    assert [shown.shape for shown in pictures] == [SHAPE] * 3
    assert pictures[2] is writing.amount
    assert pictures[1].sum() > pictures[2].sum()
    assert all(captions)


@settings(deadline=None, max_examples=60)
@given(arrays.arrays(np.uint8, arrays.array_shapes(min_dims=2, max_dims=2, max_side=40), fill=st.just(255)))
def test_any_picture(pixels):
    ink = clean(pixels)
    assert ink.amount.shape == ink.mask.shape == pixels.shape
    assert not ink.amount[~ink.mask].any()

"""Candidates against every join of pieces, and their pictures against a plain resampling in double precision."""

import numpy as np
import pytest
from drawn import digits, ink, ring, strokes
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from lenet.page.candidates import INKED, LEAST, SPAN, WIDEST, find_candidates
from lenet.page.cuts import find_cuts, pieces
from lenet.page.ink import find_ink
from lenet.page.straight import Straight, straighten


def line_of(amount, height=None):
    amount = np.asarray(amount, np.float32)
    return Straight(amount, float(height or amount.shape[0]), 1.0, 0.0, 0.0, 0.0)


def candidates_of(amount):
    line = straighten(ink(amount), slant=False)
    cuts, _ = find_cuts(line)
    return line, cuts, find_candidates(line, cuts)


def box_of(mask):
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


def side_weights(pixels, centre, scale):
    """How the 28 pixels of a picture's side are made of those of a box, (28, pixels): native/cutting.cpp's formula."""
    place = np.clip(14 - centre / scale, 0, 28 - pixels / scale)
    reach = max(1, 1 / scale)
    beyond = 60 + int(60 * scale)
    middles = place + (np.arange(-beyond, pixels + beyond) + 0.5) / scale
    weights = np.maximum(1 - np.abs(np.arange(28)[:, None] + 0.5 - middles) / reach, 0)
    return (weights / weights.sum(axis=1, keepdims=True))[:, beyond : beyond + pixels]


def plainly_drawn(amount, mask):
    """The picture of some ink, float64 (28, 28) in [0, 255], by its words: scaled by triangles, full ink made black."""
    held = np.where(mask, amount, 0).astype(np.float64)
    left, top, right, bottom = box_of(held > INKED)
    rows, columns = np.indices(held.shape) + 0.5
    x, y = (held * columns).sum() / held.sum() - left, (held * rows).sum() / held.sum() - top
    scale = max(right - left, bottom - top) / 20
    down, across = side_weights(bottom - top, y, scale), side_weights(right - left, x, scale)
    picture = down @ held[top:bottom, left:right] @ across.T
    return np.minimum(255, picture * 255 / max(np.sort(picture.ravel())[-6], 0.35))


def plainly_found(line, cuts):
    """The spans that may be characters, by their words: (start, end) and where their ink is."""
    number = pieces(cuts, line.amount.shape[1])
    last = len(cuts) - 1
    for start in range(last):
        for end in range(start + 1, min(start + SPAN, last) + 1):
            mask = (number >= start) & (number < end)
            ends = [line.amount[number == piece].sum() for piece in {start, end - 1}]
            if not (mask & (line.amount > INKED)).any() or line.amount[mask].sum() < LEAST:
                continue
            if end - start > 1 and min(ends) < LEAST:
                continue
            left, _, right, _ = box_of(mask & (line.amount > INKED))
            if right - left <= WIDEST * line.height:
                yield start, end, mask


WRITING = {
    "digits apart": strokes((40, 120), ring(20, 20, 11, 15), [(50, 6), (50, 34)], [(70, 6), (90, 6), (76, 34)]),
    "digits that touch": strokes((40, 90), ring(20, 20, 12, 15), ring(45, 20, 12, 15), ring(70, 20, 12, 15)),
    "large": strokes((130, 200), ring(60, 65, 40, 55), [(150, 12), (150, 118)], pen=11),
    "small": strokes((14, 30), ring(7, 7, 4, 5), ring(20, 7, 4, 5), pen=1.5),
    "a dot": strokes((12, 12), [(5, 5), (6, 5)], pen=3),
}


@pytest.mark.parametrize("name", WRITING)
def test_candidates_are_all_joins_of_pieces_that_may_be_characters(name):
    line, cuts, found = candidates_of(WRITING[name])
    expected = list(plainly_found(line, cuts))
    assert list(zip(found.starts, found.ends, strict=True)) == [span[:2] for span in expected]
    assert found.boxes.tolist() == [list(map(int, box_of(mask & (line.amount > INKED)))) for *_, mask in expected]
    assert len(found) == len(found.images) == len(expected) > 0
    assert [part.dtype for part in (found.starts, found.ends, found.boxes, found.images)] == [np.int32] * 3 + [np.uint8]


@pytest.mark.parametrize("name", WRITING)
def test_pictures_are_what_a_plain_resampling_gives(name):
    line, cuts, found = candidates_of(WRITING[name])
    number = pieces(cuts, line.amount.shape[1])
    for start, end, image in zip(found.starts, found.ends, found.images, strict=True):
        plain = plainly_drawn(line.amount, (number >= start) & (number < end))
        assert np.abs(image - plain).max() <= 1


@pytest.mark.parametrize("height", [11, 20, 32, 75, 160])
def test_pictures_are_as_mnist_has_them(height):
    drawn, labels = digits(20, height)
    for digit, label in zip(drawn, labels, strict=True):
        _, _, found = candidates_of(np.pad(digit, 4))
        image = found.images[np.argmax(found.ends - found.starts)].astype(float)  # of the whole digit
        left, top, right, bottom = box_of(image > 60)
        assert max(right - left, bottom - top) == pytest.approx(20, abs=2), label
        rows, columns = np.indices(image.shape) + 0.5
        centre = (image * columns).sum() / image.sum(), (image * rows).sum() / image.sum()
        at_edge = min(left, top) == 0 or max(right, bottom) == 28  # further in it would be cut off
        assert at_edge or centre == pytest.approx((14, 14), abs=0.5), label
        assert (image == 255).sum() >= 6
        assert (np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]]) == 0).mean() > 0.9


def test_pictures_do_not_depend_on_the_size_of_the_writing():
    ways = ring(0, 0, 0.35, 0.5), [(0.2, 0.2), (0.5, 0.55)]
    pictures = []
    for height in (16, 30, 60, 200):
        placed = [[(height * (x + 0.8), height * (y + 0.8)) for x, y in way] for way in ways]
        line = straighten(ink(strokes((2 * height, 2 * height), *placed, pen=0.12 * height)), slant=False)
        found = find_candidates(line, find_cuts(line)[0])
        pictures.append(found.images[np.argmax(found.ends - found.starts)].astype(float))
    for picture in pictures[1:]:
        assert np.abs(picture - pictures[0]).mean() < 12


def test_light_on_dark_gives_the_pictures_that_dark_on_light_gives():
    dark = np.rint(230 - 190 * WRITING["digits that touch"]).astype(np.uint8)
    images = []
    for pixels in (dark, 255 - dark):
        line = straighten(find_ink(pixels), slant=False)
        images.append(find_candidates(line, find_cuts(line)[0]).images.astype(int))
    assert images[0].shape == images[1].shape
    assert np.abs(images[0] - images[1]).max() <= 1


def test_no_candidate_is_wider_than_a_character():
    wide = strokes((30, 300), [(10, 15), (290, 15)], pen=4)
    found = find_candidates(line_of(wide, height=30), find_cuts(line_of(wide, height=30))[0])
    assert (found.boxes[:, 2] - found.boxes[:, 0] <= WIDEST * 30).all()


def test_pieces_without_ink_are_no_end_of_a_candidate():
    bars = np.zeros((20, 30), np.float32)
    bars[:, 2:5] = bars[:, 22:25] = 1
    bars[3, 12] = 1  # hardly any
    cuts = np.repeat(np.array([0, 10, 20, 30], np.int16)[:, None], 20, axis=1)
    found = find_candidates(line_of(bars), cuts)
    assert list(zip(found.starts, found.ends, strict=True)) == [(0, 1), (0, 3), (2, 3)]


def test_a_speck_is_no_candidate():
    speck = np.zeros((20, 20), np.float32)
    speck[10, 10] = 1
    line = line_of(speck)
    found = find_candidates(line, find_cuts(line)[0])
    assert len(found) == 0
    assert found.images.shape == (0, 28, 28)
    assert found.boxes.shape == (0, 4)


@settings(deadline=None, max_examples=80)
@given(
    arrays.arrays(
        np.uint8,
        st.one_of(st.tuples(st.integers(1, 40), st.integers(1, 60)), st.tuples(*[st.integers(1, 9)] * 2, st.just(3))),
        elements=st.sampled_from([0, 20, 128, 230, 255]),
    )
)
def test_any_picture(pixels):
    line = straighten(find_ink(pixels))
    if line is None:
        return
    cuts, _ = find_cuts(line)
    found = find_candidates(line, cuts)
    rows, columns = line.amount.shape
    assert len(found.starts) == len(found.ends) == len(found.images) == len(found.boxes)
    assert ((found.starts >= 0) & (found.starts < found.ends) & (found.ends < len(cuts))).all()
    left, top, right, bottom = found.boxes.T
    assert ((left >= 0) & (left < right) & (right <= columns)).all()
    assert ((top >= 0) & (top < bottom) & (bottom <= rows)).all()
    assert found.images.reshape(len(found), 784).any(axis=1).all()

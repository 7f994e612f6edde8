"""From a table's rows to the pictures that a network reads."""

import numpy as np
import pytest
from PIL import Image

from lenet.errors import LenetError
from lenet.estimator.levels import Range
from lenet.estimator.pictures import Pictures, framed, source_of
from lenet.network import Dense, Flatten, Network
from lenet.preparation import PAPER, Preparation

BYTES = Range(0, 255, (0, 255))


def network(*shape: int) -> Network:
    return Network("any", shape, (Flatten(), Dense(10)))


def test_pictures_of_its_size_stay_as_they_are():
    rows = np.random.default_rng(0).integers(0, 256, (5, 784), dtype=np.uint8)
    assert (Pictures((1, 28, 28), BYTES, (1, 28, 28))(rows).reshape(5, -1) == rows).all()


@pytest.mark.parametrize(("side", "new"), [((8, 8), (20, 20)), ((50, 50), (20, 20)), ((10, 6), (20, 12))])
def test_others_are_resized_as_pillow_does_it_into_the_middle(side, new):
    rows = np.random.default_rng(0).integers(0, 256, (4, side[0] * side[1]), dtype=np.uint8)
    drawn = Pictures((1, *side), BYTES, (1, 28, 28))(rows)[:, 0]
    top, left = (28 - new[0]) // 2, (28 - new[1]) // 2
    for row, picture in zip(rows, drawn, strict=True):
        resized = Image.fromarray(row.reshape(side)).resize(new[::-1], Image.Resampling.BILINEAR)
        cut = picture[top : top + new[0], left : left + new[1]]
        assert np.abs(cut.astype(int) - np.asarray(resized)).max() <= 1
        assert picture.sum() == cut.sum()  # paper around it


def test_rows_of_other_numbers_are_filled_up_with_paper():
    assert [source_of(n, 1)[1] for n in (1, 2, 4, 5, 64, 784, 785)] == [1, 2, 2, 3, 8, 28, 29]
    assert source_of(3072, 3) == (3, 32, 32)
    drawn = Pictures((1, 2, 2), Range(0, 1, (0, 1)), (1, 2, 2))(np.ones((1, 3)))
    assert drawn.tolist() == [[[[255, 255], [255, 0]]]]


@pytest.mark.parametrize("rows", [np.arange(256.0), np.arange(256, dtype=np.uint8), np.arange(256) / 255])
def test_the_smallest_value_is_paper_and_the_largest_is_ink(rows):
    values = Range.of(rows[None], None)
    assert (values.paper, values.ink) == (rows.min(), rows.max())
    assert (values.levels(rows) == np.arange(256)).all()
    assert (Range.of(rows[None], (rows.max(), 0)).levels(rows) == np.arange(256)[::-1]).all()


def test_values_beyond_are_cut_off():
    assert Range(-1, 1, (-1, 1)).levels(np.array([-9.0, -1, 0, 1, 9])).tolist() == [0, 0, 128, 255, 255]


def test_a_few_values_far_out_do_not_count():
    rows = np.random.default_rng(0).normal(size=(100, 100))
    rows[0, 0] = 1e6
    assert Range.of(rows, None).ink == pytest.approx(rows.mean() + 4 * rows.std())
    rows[0, 0] = 0
    values = Range.of(rows, None)
    assert values.paper == pytest.approx(rows.min(), abs=0.5) and values.ink == pytest.approx(rows.max(), abs=0.5)


def test_one_value_only_is_paper():
    values = Range.of(np.full((3, 4), 7), None)
    assert (values.levels(np.full(4, 7)) == 0).all() and values.ink == 8


@pytest.mark.parametrize("given", [5, (1,), (1, 1), (0, np.inf), ("a", "b"), (1, 2, 3)])
def test_no_range(given):
    with pytest.raises(LenetError, match="pixels must be the values of paper and of ink, such as"):
        Range.of(np.ones((2, 2)), given)


@pytest.mark.parametrize(
    ("shape", "source", "preparation"),
    [
        ((1, 32, 32), (1, 28, 28), PAPER),
        ((1, 32, 32), (1, 32, 32), Preparation((1, 32, 32), -0.1, 1.175, 0)),
        ((1, 32, 32), (1, 24, 24), Preparation((1, 24, 24), -0.1, 1.175, 4)),
        ((1, 32, 32), (1, 8, 8), PAPER),
        ((1, 32, 32), (1, 27, 27), PAPER),  # no even border
        ((1, 32, 32), (1, 28, 24), PAPER),
        ((1, 32, 32), (1, 64, 64), PAPER),
        ((1, 28, 28), (1, 28, 28), Preparation((1, 28, 28), -0.1, 1.175, 0)),
        ((1, 28, 28), (1, 8, 8), Preparation((1, 28, 28), -0.1, 1.175, 0)),
        ((3, 12, 12), (3, 12, 12), Preparation((3, 12, 12), -0.1, 1.175, 0)),
    ],
)
def test_how_pictures_fit_a_network(shape, source, preparation):
    found = framed(network(*shape), PAPER, source)
    assert found == preparation and found.input == shape


def test_channels_must_agree():
    with pytest.raises(LenetError, match="the pictures have 1 channels, but 'any' reads 3"):
        framed(network(3, 8, 8), PAPER, (1, 8, 8))

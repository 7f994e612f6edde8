"""Weights to start from: ranges worked out by hand from ``Start`` and the paper."""

from dataclasses import replace

import numpy as np
import pytest

from lenet.engine.layout import Layout
from lenet.network import RBF, Conv, DeformablePool, Dense, Flatten, MaxPool, Network, Subsample
from lenet.recipe import Start
from lenet.training import draw
from lenet.zoo import ZOO


def drawn(name: str, start: Start, seed: int = 0):
    network = ZOO[name].network
    return Layout(network).views(draw(network, start, seed))


def reaches(array, bound):
    """Whether the numbers fill +-bound evenly: none outside, and the spread is that of a uniform draw."""
    assert np.abs(array).max() <= bound
    assert array.std() == pytest.approx(bound / np.sqrt(3), rel=0.35 if array.size < 100 else 0.1)
    return True


def test_the_paper_divides_by_each_units_own_fan_in():
    views = drawn("lenet5", Start.PAPER)
    assert reaches(views["C1.weight"], 2.4 / 25)
    assert reaches(views["C3.weight"][0, [0, 1, 2]], 2.4 / 75)  # the first map reads three maps ...
    assert reaches(views["C3.weight"][15], 2.4 / 150)  # ... and the last one six
    assert np.abs(views["C3.weight"][0, [0, 1, 2]]).max() > 2.4 / 150
    assert reaches(views["C5.weight"], 2.4 / 400)
    assert reaches(views["C5.bias"], 2.4 / 400)
    assert reaches(views["F6.weight"], 2.4 / 120)
    for name in ("S2.coefficient", "S2.bias", "S4.coefficient", "S4.bias"):
        assert 0 < np.abs(views[name]).max() <= 2.4 / 4


def test_unconnected_pairs_are_zero():
    network = ZOO["lenet5"].network
    for start in Start:
        flat, connected = draw(network, start, 3), Layout(network).connected
        assert not flat[~connected].any()
        assert (flat[connected] != 0).sum() > 50_000


def test_glorot():
    views = drawn("d2l", Start.GLOROT)
    assert reaches(views["C1.weight"], np.sqrt(6 / (25 + 6 * 25)))
    assert reaches(views["C3.weight"], np.sqrt(6 / (6 * 25 + 16 * 25)))
    assert reaches(views["F5.weight"], np.sqrt(6 / (400 + 120)))
    assert not any(views[name].any() for name in views if name.endswith("bias"))


def test_glorot_pooled_divides_by_the_pool_and_leaves_the_last_layer_at_zero():
    views = drawn("tanh-20-50", Start.GLOROT_POOLED)
    assert reaches(views["C1.weight"], np.sqrt(6 / (25 + 20 * 25 / 4)))
    assert reaches(views["C3.weight"], np.sqrt(6 / (20 * 25 + 50 * 25 / 4)))
    assert reaches(views["F5.weight"], np.sqrt(6 / (800 + 500)))
    assert not views["output.weight"].any() and not views["output.bias"].any()


def test_framework_draws_biases_too():
    views = drawn("relu-valid", Start.FRAMEWORK)
    assert reaches(views["F5.weight"], 1 / 16)
    assert reaches(views["F5.bias"], 1 / 16)


def test_fan_in():
    views = drawn("caffe", Start.FAN_IN)
    assert reaches(views["C3.weight"], np.sqrt(3 / 500))
    assert not views["C3.bias"].any()


@pytest.mark.parametrize("start", [start for start in Start if start is not Start.PAPER])
def test_subsampling_starts_as_a_mean_and_a_deformable_pool_as_a_largest(start):
    layers = Conv(2, kernel=3), Subsample(3), DeformablePool(), Flatten(), Dense(2)
    network = Network("pools", (1, 20, 20), layers)
    views = Layout(network).views(draw(network, start, 0))
    assert (views["S2.coefficient"] == np.float32(1 / 9)).all() and not views["S2.bias"].any()
    assert not views["S3.penalty"].any()


def test_a_pool_before_the_last_layer_is_no_reason_to_draw_it():
    network = Network("conv last", (1, 8, 8), (Conv(2, kernel=3), MaxPool(), Conv(2, kernel=3)))
    views = Layout(network).views(draw(network, Start.GLOROT_POOLED, 0))
    assert not views["output.weight"].any()
    assert reaches(views["C1.weight"], np.sqrt(6 / (9 + 2 * 9 / 4)))


def test_a_seed_gives_one_draw():
    network = ZOO["lenet5"].network
    first, again, other = (draw(network, Start.PAPER, seed) for seed in (7, 7, 8))
    assert first.dtype == np.float32 and first.shape == (Layout(network).size,)
    assert (first == again).all()
    assert (first != other).mean() > 0.9


@pytest.mark.parametrize("start", Start)
def test_learned_codes_start_at_the_bitmaps(start):
    fixed = ZOO["lenet5"].network
    learned = replace(fixed, layers=(*fixed.layers[:-1], RBF(learned=True)))
    assert learned.parameters == fixed.parameters + 840
    assert learned.connections == fixed.connections
    flat = draw(learned, start, 3)
    np.testing.assert_array_equal(Layout(learned).views(flat)["output.weight"], RBF().targets())
    np.testing.assert_array_equal(flat[:-840], draw(fixed, start, 3))  # and the others as ever

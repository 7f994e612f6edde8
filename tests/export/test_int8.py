"""Whole numbers: rounding, tables, scales, bounds, and what answers with them."""

from __future__ import annotations

from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx_runs import pictures, random, small

import lenet
from lenet.data import glyphs
from lenet.engine.reference import ReferenceEngine
from lenet.errors import LenetError
from lenet.export.int8 import calibration, emulation, grids, quantising, tables
from lenet.export.int8.quantised import MOST, Scaling
from lenet.network import Activation, Conv, Dense, Flatten, LocalResponseNorm, Network
from lenet.preparation import PAPER, Preparation


@given(st.integers(-MOST, MOST), st.integers(0, MOST), st.integers(1, 62))
def test_rounding_is_to_the_nearest_and_halves_go_up(sum_, multiplier, shift):
    exact = Fraction(sum_ * multiplier, 2**shift)
    found = emulation.scaled(Scaling((multiplier,), shift), np.array([[[[sum_]]]]), -(2**62), 2**62)
    assert found.item() == floor(exact + Fraction(1, 2))


@given(st.lists(st.floats(1e-12, 1e8), min_size=1, max_size=5))
def test_a_multiplication_by_any_ratio(ratios):
    scaling = grids.scaling(ratios)
    multipliers = scaling.multiplier * (len(ratios) if len(scaling.multiplier) == 1 else 1)
    assert 1 <= scaling.shift <= 62 and all(0 <= m <= MOST for m in multipliers)
    for ratio, multiplier in zip(ratios, multipliers, strict=True):
        assert abs(multiplier / 2**scaling.shift - ratio) <= 2**-30 * max(*ratios, 2**-31)


def test_tanh_by_its_table():
    z = np.arange(2**15)
    error = np.abs(tables.look_up(tables.tanh(), z) / 2**15 - np.tanh(z / 2**12))
    assert error.max() < 1.3e-4  # a piece of 1/32 is bent by at most 9.4e-5; and rounding, twice


@pytest.mark.parametrize("layer", [LocalResponseNorm(), LocalResponseNorm(alpha=0.5, k=1.0, beta=0.5)])
def test_response_normalisation_by_its_table(layer):
    scale, most = 0.01, 5 * 255**2
    table, shift, one = tables.response(layer, scale, most)
    sums = np.arange(0, most + 1, 7)
    factor = tables.look_up(table, sums << shift if shift >= 0 else sums >> -shift) * one
    np.testing.assert_allclose(factor, (layer.k + layer.alpha * scale**2 * sums) ** -layer.beta, rtol=2e-3)


def test_the_papers_picture_is_exact():
    grid = grids.of_picture(PAPER)
    assert (grid.zero, grid.low, grid.high) == (20, 0, 255)  # -0.1 + 1.275 p / 255 = (p - 20) / 200
    assert grid.scale == pytest.approx(1 / 200)


@pytest.mark.parametrize("activation", Activation)
def test_grids_hold_what_they_must(activation):
    reach = -1.5, 2.5
    low, high = grids.within(activation, reach)
    for grid in (grids.of_maps(activation, reach), grids.of_units(activation, reach, 3000)):
        ends = [grid.scale * (q - grid.zero) for q in (grid.low, grid.high)]
        assert ends[0] <= low + grid.scale / 2 and ends[1] >= high - grid.scale / 2
        assert grid.low <= grid.zero <= grid.high  # 0 is among them: padding, and ReLU's floor


def quantised(model, images):
    return emulation.Emulation(quantising.quantise(model, images))


def test_a_scale_for_each_output_map():
    network = quantised(lenet.load("lenet5"), glyphs(20, seed=0)[0]).network
    by_name = {stage.step.name: stage for stage in network.stages}
    for name, maps in (("C1", 6), ("C3", 16), ("C5", 120), ("F6", 84)):
        stage = by_name[name]
        assert len(stage.finish.scaling.multiplier) == maps
        assert (np.abs(stage.arrays["weight"]).reshape(maps, -1).max(1) == 127).all()
    codes, one = by_name["output"].arrays["codes"], 1 / by_name["output"].input.scale
    assert one == pytest.approx(round(one)) and set(np.abs(codes).ravel()) == {round(one)}  # +1 and -1 are exact


def test_sums_reach_their_bound_and_no_further():
    """The picture that drives a unit furthest: the most where its weights are positive, the least elsewhere."""
    model = random(Network("dense", (1, 6, 6), (Flatten(), Dense(4))), Preparation((1, 6, 6), low=-1.0))
    stage = quantised(model, pictures(model)).network.stages[0]
    weight, bias = stage.arrays["weight"], stage.arrays["bias"]
    far = (
        np.where(weight > 0, stage.input.high, stage.input.low),
        np.where(weight > 0, stage.input.low, stage.input.high),
    )
    sums = [np.abs((weight * (q - stage.input.zero)).sum(1) + bias).max() for q in far]
    assert 0.95 * stage.bound < max(sums) <= stage.bound <= MOST


def test_sums_that_could_pass_32_bits_are_refused():
    layers = Flatten(), Dense(4)
    model = random(Network("far", (1, 28, 28), layers), Preparation(low=100.0, high=100.1))
    with pytest.raises(
        LenetError, match=r"layer output of far can't be computed in whole numbers: its sums could reach"
    ):
        quantised(model, pictures(model))


def test_what_the_zero_point_is_rounded_by_is_made_up_for():
    """A picture from -1 to 1 has its zero at 127.5: the half goes into the bias."""
    model = random(Network("half", (1, 9, 9), (Conv(3, kernel=9),)), Preparation((1, 9, 9), low=-1.0))
    images = pictures(model, 50)
    engine = ReferenceEngine(model.network, model.preparation)
    error = quantised(model, images).scores(images) - engine.scores(model.flat, images)
    assert np.abs(error.mean(0)).max() < 0.02 and np.abs(error).max() < 0.1


def test_weights_and_biases_of_any_size():
    """A map whose weights are far below its bias, and one of nothing."""
    network = Network("odd", (1, 4, 4), (Conv(3, kernel=2, activation="tanh"), Flatten(), Dense(3)))
    model = random(network, Preparation((1, 4, 4)))
    weights = {name: array.copy() for name, array in model.weights.items()}
    weights["C1.weight"][0] *= 1e-9
    weights["C1.weight"][1] = weights["C1.bias"][1] = 0
    weights["output.bias"][2] = 500
    odd = lenet.Model(network, model.preparation, weights)
    images = pictures(odd, 20)
    np.testing.assert_allclose(quantised(odd, images).scores(images), odd.scores(images), atol=0.03)


class TestAnswers:
    model = small("distances", engine="reference")
    images = pictures(model, 9)
    emulation = quantised(model, images)

    def test_near_the_models(self):
        right = self.model.scores(self.images)
        np.testing.assert_allclose(self.emulation.scores(self.images), right, atol=0.02 * right.max())

    def test_of_one_picture(self):
        assert self.emulation.predict(self.images[0, 0]) == self.emulation.predict(self.images)[0]
        assert isinstance(self.emulation.predict(self.images[0, 0]), int)
        assert self.emulation.probabilities(self.images[0, 0]).shape == (4,)

    def test_of_floats_are_those_of_bytes(self):
        floats = self.images.astype(np.float32) / 255
        assert (self.emulation.whole_scores(floats) == self.emulation.whole_scores(self.images)).all()

    def test_evaluated(self):
        labels = np.asarray(self.emulation.predict(self.images))
        assert self.emulation.evaluate(self.images, labels).wrong == 0
        assert self.emulation.evaluate(self.images, (labels + 1) % 4).wrong == 9

    def test_other_pictures_are_refused(self):
        with pytest.raises(LenetError, match="images must be"):
            self.emulation.predict(np.zeros((3, 3), np.uint8))


class TestCalibration:
    model = small("tables", engine="reference")
    images = pictures(model, 600)

    def test_ranges(self):
        found, features = calibration.ranges(self.model, self.images), self.model.features(self.images)
        assert list(found) == list(features)
        for name, numbers in features.items():
            np.testing.assert_allclose(found[name], (numbers.min(), numbers.max()), rtol=1e-6)

    def test_needs_pictures(self):
        with pytest.raises(LenetError, match="there are no pictures to calibrate on"):
            calibration.ranges(self.model, self.images[:0])

    def test_takes_training_pictures_evenly(self):
        train = np.arange(200, dtype=np.uint8)[:, None, None].repeat(2, 1).repeat(2, 2)
        dataset = lenet.data.Dataset(
            "toys", ("a",), train, np.zeros(200, np.uint8), 255 - train, np.zeros(200, np.uint8)
        )
        chosen = calibration.pictures(dataset, 10)
        assert chosen.shape == (10, 1, 2, 2) and list(chosen[:, 0, 0, 0]) == list(range(0, 200, 20))
        assert len(calibration.pictures(dataset, 1000)) == 200

"""ONNX in 8 bits, run by ONNX Runtime."""

from collections import Counter

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx_runs import SMALL, pictures, random, run, small, zoo

import lenet
from lenet.data import glyphs
from lenet.errors import LenetError
from lenet.export.int8 import calibration
from lenet.export.onnx import document, quantised
from lenet.export.onnx.building import build
from lenet.model import Ensemble
from lenet.network import AMPLITUDE
from lenet.zoo import ZOO

NO_WEIGHTS = ("flatten alone", "codes alone", "learned codes alone")


@pytest.fixture
def digits(tmp_path):
    """A data set in a file: 300 glyphs to train on and 100 to test on."""
    train, test = glyphs(300, seed=0), glyphs(100, seed=1)
    np.savez(tmp_path / "digits.npz", x_train=train[0], y_train=train[1], x_test=test[0], y_test=test[1])
    return tmp_path / "digits.npz"


def file(model, images):
    add = quantised.Quantiser(calibration.ranges(model, images)).add
    graph = build(model, with_preparation=False, add=[add])
    return document.document(model, graph, with_preparation=False, opset=17)


@pytest.mark.parametrize("name", [*(name for name in SMALL if name not in NO_WEIGHTS), *ZOO])
def test_scores_are_near(name):
    model = zoo(name) if name in ZOO else small(name)
    images = pictures(model, 20)
    right = model.scores(images) * (-1 if model.network.smallest_wins else 1)
    found = run(file(model, images), model, images)["scores"]
    assert np.abs(found - right).max() < 0.08 * np.abs(right).max()


@pytest.mark.parametrize("name", ["relu-valid", "tanh-same", "lenet4", "caffe"])
def test_sums_are_computed_in_8_bits(name, tmp_path):
    model = zoo(name)
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath, options.log_severity_level = str(tmp_path / "optimised.onnx"), 3
    onnxruntime.InferenceSession(file(model, pictures(model)), options, providers=["CPUExecutionProvider"])
    kinds = Counter(node.op_type for node in onnx.load(tmp_path / "optimised.onnx").graph.node)
    weighed = sum(isinstance(layer, quantised.WEIGHED) for layer in model.network.layers)
    assert kinds["QLinearConv"] + kinds["QGemm"] == weighed
    assert not {"Conv", "FusedConv", "Gemm", "FusedGemm", "MatMul", "AveragePool"} & set(kinds)


def test_the_grid_of_mnists_pixels_is_exact():
    grid = quantised.over(-0.1, 1.175)
    pixels = -0.1 + 1.275 * np.arange(256) / 255
    np.testing.assert_allclose(grid.scale * (np.arange(-128, 128) - grid.zero), pixels, atol=1e-7)


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.0), (0.5, 2.0), (-3.0, -1.0), (-1e-30, 1e-30), (-2.0, 5.0)])
def test_zero_is_on_every_grid(low, high):
    scale, zero = quantised.over(low, high)
    assert -128 <= zero <= 127 and scale > 0
    least, largest = scale * (-128 - zero), scale * (127 - zero)
    assert least <= low + scale and largest >= high - scale


def test_weights_have_7_bits_and_a_scale_for_each_map():
    weight = np.array([[1.0, -0.4], [0.0, 0.0], [-100.0, 1.0]], np.float32)
    whole, scale = quantised.per_map(weight)
    assert whole.tolist() == [[63, -25], [0, 0], [-63, 1]]
    np.testing.assert_allclose(scale, [1 / 63, 1, 100 / 63])
    assert 2 * 255 * quantised.LARGEST_WEIGHT < 2**15


def test_a_layer_that_answers_with_one_number_only():
    model = small("MaxPool of relu")
    weights = {name: -np.abs(array) for name, array in model.weights.items()}  # nothing is ever above 0
    model = lenet.Model(model.network, lenet.Preparation((1, 14, 13), low=0.1, high=1.0), weights)
    images = pictures(model)
    np.testing.assert_allclose(run(file(model, images), model, images)["scores"], model.scores(images), rtol=0.02)


def test_a_bias_beside_which_the_inputs_are_next_to_nothing():
    network = lenet.Network("small", (1, 4, 4), (lenet.Conv(2, kernel=3), lenet.Flatten(), lenet.Dense(3)))
    weights = random(network, lenet.Preparation((1, 4, 4))).weights
    weights = {name: array * (1e-12 if name.startswith("C1") else 1) for name, array in weights.items()}
    model = lenet.Model(network, lenet.Preparation((1, 4, 4)), weights)
    images = pictures(model)
    np.testing.assert_allclose(run(file(model, images), model, images)["scores"], model.scores(images), rtol=1e-3)


def test_pictures_beyond_those_of_the_calibration_stay_in_range():
    model = zoo("tanh-same")
    images = pictures(model, 30)
    scores = run(file(model, images[:1]), model, images)["scores"]  # calibrated on a blank picture
    assert np.isfinite(scores).all()
    assert quantised.over(*calibration.ranges(zoo("lenet5"), images[:1])["C1"]).scale < 2 * AMPLITUDE / 255


def test_it_is_calibrated_on_training_pictures_and_tells_what_it_costs(digits, tmp_path):
    path = tmp_path / "it.onnx"
    written = lenet.export.write("lenet5", path, int8=True, data=digits, with_preparation=True)
    model, images = lenet.load("lenet5"), lenet.data.load(digits).test_images
    found = run(path.read_bytes(), model, images[:, None], with_preparation=True)
    assert (found["label"] == model.predict(images)).mean() >= 0.98
    assert np.abs(found["probabilities"] - model.probabilities(images)).max() < 0.5
    assert written.facts["int8"] and written.facts["test"]["count"] == 100
    assert abs(written.facts["test"]["int8"] - written.facts["test"]["float32"]) <= 2
    assert "of the 100 test pictures of digits.npz are read wrong" in written.notes[-1]
    assert written.size < 0.35 * lenet.export.write("lenet5", tmp_path / "float.onnx").size


def test_an_ensemble(digits, tmp_path):
    members = [zoo("relu-valid", seed) for seed in range(2)]
    lenet.export(Ensemble(members), tmp_path / "it.onnx", int8=True, data=digits)
    images = pictures(members[0], 20)
    found = run((tmp_path / "it.onnx").read_bytes(), members[0], images)["scores"]
    right = Ensemble(members).scores(images)
    assert np.abs(found - right).max() < 0.1 * np.abs(right).max()


@pytest.mark.parametrize("name", NO_WEIGHTS)
def test_a_network_without_weights_to_bring_to_8_bits(name, digits, tmp_path):
    with pytest.raises(LenetError, match="small has no layer of weights to bring to 8 bits; leave out int8"):
        lenet.export(small(name), tmp_path / "it.onnx", int8=True, data=digits)
    assert not (tmp_path / "it.onnx").exists()


def test_a_model_that_does_not_say_what_it_was_trained_on(tmp_path):
    with pytest.raises(LenetError, match="doesn't say what it was trained on; give a data set to calibrate it on"):
        lenet.export(zoo("lenet5"), tmp_path / "it.onnx", int8=True)
    assert not list(tmp_path.iterdir())

"""The trained weights of the package as ONNX, on all 10,000 test pictures."""

import numpy as np
import pytest
from onnx_runs import run

import lenet
from lenet.weights import names

pytestmark = pytest.mark.slow
LARGEST_LOSS = 0.1  # points


@pytest.fixture(scope="module")
def mnist():
    return lenet.data.load("mnist")


def pictures_of(model, mnist):
    """Return the 10,000 test pictures of MNIST, or of Fashion-MNIST, in the size that a model reads, and labels."""
    dataset = lenet.data.load(model.data) if model.data == "fashion-mnist" else mnist
    border = (model.preparation.shape[1] - 28) // 2
    images = np.pad(dataset.test_images, ((0, 0), (border, border), (border, border)))
    return images[:, None], dataset.test_labels


@pytest.mark.parametrize("name", names())
def test_the_same_labels_and_scores(name, mnist, tmp_path):
    model = lenet.load(name)
    images, _ = pictures_of(model, mnist)
    data = lenet.export(model, tmp_path / "it.onnx", with_preparation=True).read_bytes()
    found = [run(data, model, images[i : i + 500], with_preparation=True) for i in range(0, len(images), 500)]
    found = {name: np.concatenate([part[name] for part in found]) for name in found[0]}
    right = model.scores(images) * (-1 if model.network.smallest_wins else 1)
    assert len(images) == 10_000
    assert (found["label"] == model.predict(images)).all()
    assert np.abs(found["scores"] - right).max() <= 1e-5 * np.abs(right).max()
    assert np.abs(found["probabilities"] - model.probabilities(images)).max() <= 5e-5  # exp of scores up to hundreds


@pytest.mark.parametrize("name", [name for name in names() if "reader" not in name and "16" not in name])
def test_what_8_bits_cost(name, tmp_path):
    test = lenet.export.write(name, tmp_path / "it.onnx", int8=True).facts["test"]
    assert test["count"] == 10_000
    assert test["int8"] - test["float32"] <= LARGEST_LOSS / 100 * test["count"]

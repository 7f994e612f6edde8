"""What a model answers, however it is asked."""

import copy
import pickle
import threading

import numpy as np
import pytest

from lenet.engine.layout import Layout
from lenet.engine.reference import ReferenceEngine
from lenet.errors import LenetError
from lenet.model import Model
from lenet.network import Conv, Network
from lenet.preparation import Preparation


def test_predict_is_the_largest_score(model, images):
    scores = ReferenceEngine(model.network, model.preparation).scores(model.flat, images)
    labels = model.predict(images)
    assert labels.dtype == np.int64 and (labels == scores.argmax(axis=1)).all()
    assert model.scores(images) == pytest.approx(scores, rel=1e-4, abs=1e-5)
    assert model.scores(images).dtype == np.float32


def test_predict_is_the_smallest_distance(distances, images):
    assert (distances.predict(images) == distances.scores(images).argmin(axis=1)).all()
    assert [distances.predict(image) for image in images] == distances.predict(images).tolist()


def test_one_image_gives_one_answer(model, images):
    for image in (images[3], images[3] / 255, np.asfortranarray(images[3])):
        label = model.predict(image)
        assert type(label) is int and label == model.predict(images)[3]
        assert model.scores(image).shape == (4,)
        assert model.probabilities(image).shape == (4,)
        assert model.features(image)["C1"].shape == (3, 6, 6)


def test_no_image_gives_no_answer(model):
    none = np.zeros((0, 8, 8), np.uint8)
    assert model.predict(none).shape == (0,) and model.scores(none).shape == (0, 4)


def test_bytes_and_shares_are_the_same_image(model, images):
    assert model.scores(images / 255) == pytest.approx(model.scores(images), abs=1e-5)


def test_probabilities(model, distances, images):
    assert model.probabilities(images).sum(axis=1) == pytest.approx(np.ones(7))
    shares, y = distances.probabilities(images), distances.scores(images).astype(float)
    total = np.exp(-2.5) + np.exp(-y).sum(axis=1, keepdims=True)
    assert shares == pytest.approx(np.exp(-y) / total)
    assert (shares.sum(axis=1) < 1).all()


def test_features(model, images):
    maps = model.features(images)
    assert list(maps) == ["input", "C1", "S2", "flatten2", "output"]
    assert maps["input"] == pytest.approx(images[:, None] / 255)
    assert maps["output"].reshape(7, 4) == pytest.approx(model.scores(images))


def test_colours(colours):
    image = np.random.default_rng(0).integers(0, 256, (3, 8, 8), dtype=np.uint8)
    assert type(colours.predict(image)) is int
    assert colours.predict(image[None]).shape == (1,)


def test_evaluate(model, images):
    labels = model.predict(images)
    assert model.evaluate(images, labels).error == 0
    labels[:2] = (labels[:2] + 1) % 4
    metrics = model.evaluate(images, labels)
    assert metrics.error == pytest.approx(2 / 7) and metrics.count == 7
    assert model.evaluate(images[0], [int(model.predict(images[0]))]).accuracy == 1
    with pytest.raises(LenetError, match="no images"):
        model.evaluate(images[:0], [])
    with pytest.raises(LenetError, match=r"labels must be \(7,\)"):
        model.evaluate(images, [1, 2])


def test_weights_are_by_name_and_read_only(model):
    assert {name: array.shape for name, array in model.weights.items()} == model.network.parameter_shapes
    with pytest.raises(ValueError, match="read-only"):
        model.weights["C1.bias"][0] = 1
    again = Model(model.network, model.preparation, model.weights, engine="reference")
    assert (again.flat == model.flat).all() and again.flat is not model.flat


def test_the_caller_s_weights_are_copied(model, images):
    flat = model.flat.copy()
    other = Model(model.network, model.preparation, flat, engine="reference")
    flat[:] = 0
    assert (other.scores(images) == model.scores(images)).all()


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies(model, images, copied):
    model.predict(images)
    other = copied(model)
    assert (other.scores(images) == model.scores(images)).all()
    assert other.classes == model.classes and other.recipe == model.recipe and other.metrics == model.metrics
    assert not other.flat.flags.writeable


def test_threads_share_a_model(model, images):
    expected, wrong = model.scores(images), []

    def read():
        wrong.extend(i for i in range(20) if (model.scores(images) != expected).any())

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_parts_that_don_t_fit(model):
    network, flat = model.network, model.flat
    for arguments, words in (
        ((network, Preparation(shape=(1, 9, 9)), flat), r"gives \(1, 9, 9\), but 'small' reads \(1, 8, 8\)"),
        ((network, model.preparation, flat[1:]), "are .* numbers, but"),
        ((network, model.preparation, {}), "missing"),
        ((network, model.preparation, np.full_like(flat, np.nan)), "finite"),
    ):
        with pytest.raises(LenetError, match=words):
            Model(*arguments)
    with pytest.raises(LenetError, match="4 classes, but 2 names"):
        Model(network, model.preparation, flat, classes=("a", "b"))
    with pytest.raises(LenetError, match="no engine 'nativ'; did you mean native"):
        Model(network, model.preparation, flat, engine="nativ").predict(np.zeros((8, 8), np.uint8))


def test_what_it_says_of_itself(model):
    assert repr(model) == f"Model('small', {model.network.parameters:,} parameters, test error 25.00%)"
    assert model.name == "small" and model.seed == 0 and model.classes == ("a", "b", "c", "d")


def test_the_native_engine_answers_alike(images):
    pytest.importorskip("lenet._native")
    network = Network("conv", (1, 8, 8), (Conv(5, activation="tanh"), Conv(3, kernel=4)))
    flat = np.random.default_rng(2).normal(0, 0.3, Layout(network).size).astype(np.float32)
    native, plain = (Model(network, Preparation(shape=(1, 8, 8)), flat, engine=e) for e in ("native", "reference"))
    assert native.scores(images) == pytest.approx(plain.scores(images), abs=1e-5)
    assert [native.predict(image) for image in images] == plain.predict(images).tolist()
    assert pickle.loads(pickle.dumps(native)).predict(images[0]) == native.predict(images[0])

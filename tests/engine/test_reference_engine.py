"""The reference engine as a whole: gradients through networks, input, training, and its errors."""

import numpy as np
import pytest

from lenet import zoo
from lenet.engine.reference import ReferenceEngine
from lenet.engine.reference.distortion import distort
from lenet.engine.reference.randomness import draw, key
from lenet.engine.state import State
from lenet.errors import LenetError
from lenet.network import (
    RBF,
    Activation,
    Conv,
    DeformablePool,
    Dense,
    Flatten,
    L2Pool,
    LocalContrastNorm,
    LocalResponseNorm,
    MaxPool,
    MeanPool,
    Network,
    StochasticPool,
    Subsample,
)
from lenet.preparation import Preparation
from lenet.recipe import SGD, Adam, Constant, Distortion, Loss, LossKind, Recipe

SCALED, TANH, SIGMOID, RELU = Activation.SCALED_TANH, Activation.TANH, Activation.SIGMOID, Activation.RELU
SMALL = Preparation((2, 8, 9), low=-0.3, high=1.1, padding=1)
CODES = ((1.0, -1.0, 1.0), (-1.0, -1.0, 1.0), (1.0, 1.0, -1.0), (0.5, 0.0, 0.0))

ENDS = {
    "logits": (Flatten(), Dense(5, activation=SIGMOID), Dense(4)),
    "distances": (Flatten(), Dense(3, activation=SCALED), RBF(codes=CODES)),
    "learned": (Flatten(), Dense(3, activation=SCALED), RBF(codes=CODES, learned=True)),
}
MIDDLES = {
    "paper": (
        Conv(3, kernel=3, activation=SCALED),
        Subsample(copies=2, activation=SCALED),
        Conv(4, kernel=2, table=((0,), (1, 5), (2, 3, 4), (0, 5)), activation=TANH),
    ),
    "mean": (
        LocalResponseNorm(alpha=0.5),
        Conv(3, kernel=3, stride=2, padding=2, activation=RELU),
        MeanPool(size=3, stride=1),
    ),
    "max": (LocalContrastNorm(size=5), Conv(3, kernel=3, bias=False), MaxPool(size=3, stride=2, activation=TANH)),
    "l2": (Conv(3, kernel=3, activation=SIGMOID), L2Pool(size=2, stride=1), LocalContrastNorm(size=3)),
    "stochastic": (Conv(3, kernel=3, activation=RELU), StochasticPool(), StochasticPool(size=2, stride=1)),
    "deformable": (Conv(3, kernel=3, activation=TANH), DeformablePool(size=3, stride=2)),
}
LOSSES = [
    ("logits", Loss()),
    ("logits", Loss(LossKind.SQUARED)),
    ("distances", Loss()),
    ("distances", Loss(LossKind.DISTANCE)),
    ("distances", Loss(LossKind.DISCRIMINATIVE, j=2.0)),
    ("learned", Loss(LossKind.DISCRIMINATIVE, j=2.0)),
]


def small(middle, end="logits", dtype=np.float64):
    """Return an engine, weights, images and labels of a small network."""
    engine = ReferenceEngine(Network("small", SMALL.input, (*MIDDLES[middle], *ENDS[end])), SMALL, dtype=dtype)
    rng = np.random.default_rng(7)
    flat = np.where(engine.layout.connected, rng.normal(0, 0.5, engine.layout.size), 0)
    return engine, flat, rng.random((5, *SMALL.shape)), np.array([0, 1, 2, 3, 3])


@pytest.mark.parametrize(("end", "loss"), LOSSES, ids=lambda value: getattr(value, "kind", value))
@pytest.mark.parametrize("middle", MIDDLES)
def test_gradients_are_the_slopes(middle, end, loss):
    engine, flat, images, labels = small(middle, end)
    mean, wrong, gradient = engine.gradient(flat, images, labels, loss, random=(3, 1, 20))
    assert 0 <= wrong <= 5
    assert not gradient[~engine.layout.connected].any()
    step = 1e-6
    for place in np.random.default_rng(0).choice(np.flatnonzero(engine.layout.connected), 25, replace=False):
        losses = []
        for move in (step, -step):
            moved = flat.copy()
            moved[place] += move
            losses.append(engine.gradient(moved, images, labels, loss, random=(3, 1, 20))[0])
        assert gradient[place] == pytest.approx((losses[0] - losses[1]) / (2 * step), rel=1e-4, abs=1e-7)
    each = [engine.gradient(flat, images[i : i + 1], labels[i : i + 1], loss, random=(3, 1, 20 + i)) for i in range(5)]
    assert mean == pytest.approx(np.mean([loss for loss, _, _ in each]))  # the loss is a mean, and so is the gradient
    assert wrong == sum(wrong for _, wrong, _ in each)
    np.testing.assert_allclose(gradient, np.mean([g for _, _, g in each], axis=0), atol=1e-12)


@pytest.mark.parametrize("name", zoo.ZOO)
def test_every_network_of_the_zoo_runs(name):
    row = zoo.entry(name)
    engine = ReferenceEngine(row.network, row.recipe.preparation, dtype=np.float32)
    rng = np.random.default_rng(0)
    flat = np.where(engine.layout.connected, rng.normal(0, 0.1, engine.layout.size), 0).astype(np.float32)
    images = rng.integers(0, 256, (2, *row.recipe.preparation.shape), dtype=np.uint8)
    features = engine.features(flat, images)
    assert list(features) == ["input", *(step.name for step in row.network.steps)]
    for step in row.network.steps:
        assert features[step.name].shape == (2, *step.output)
        assert features[step.name].dtype == np.float32
        assert np.isfinite(features[step.name]).all()
    np.testing.assert_array_equal(features[row.network.steps[-1].name][:, :, 0, 0], engine.scores(flat, images))
    _, _, gradient = engine.gradient(flat, images, np.array([3, 4]), row.recipe.loss)
    for place in engine.layout.slices.values():
        assert gradient[place].any()


def test_the_input_is_prepared_as_the_paper_says():
    preparation = Preparation((1, 2, 2), low=-0.1, high=1.175, padding=1)
    engine = ReferenceEngine(Network("n", (1, 4, 4), (Flatten(), Dense(2))), preparation)
    x = engine.features(np.zeros(34), np.array([[[0, 255], [51, 0]]], np.uint8))["input"]
    edge = [-0.1] * 4
    expected = [edge, [-0.1, -0.1, 1.175, -0.1], [-0.1, -0.1 + 1.275 / 5, -0.1, -0.1], edge]
    np.testing.assert_allclose(x[0, 0], expected, rtol=1e-14)
    floats = np.array([[[[0, 1], [0.2, 0]]]], np.float32)
    np.testing.assert_allclose(engine.features(np.zeros(34), floats)["input"], x, atol=1e-7)


def test_a_stochastic_pool_draws_by_seed_pass_row_layer_and_place():
    network = Network("n", (1, 2, 4), (Conv(1, kernel=1), StochasticPool(), Flatten(), Dense(2)))
    engine = ReferenceEngine(network, Preparation((1, 2, 4)))
    p = np.random.default_rng(0).random((3, 2, 4))
    flat = np.array([1.0, 0, 1, 0, 0, 1, 0, 0])  # C1 passes on its input, the units the two outputs of the pool
    labels = np.zeros(3, int)
    expected = 0.0
    for n, k in enumerate(key(8, 2, [40, 41, 42])):
        outputs = []
        for element, window in enumerate((p[n, :, :2].ravel(), p[n, :, 2:].ravel())):
            u = draw(k, (2 << 32) + element)[0]
            outputs.append(window[np.flatnonzero(np.cumsum(window) > u * window.sum())[0]])
        expected += np.log(np.exp(outputs).sum()) - outputs[0]
    loss, _, _ = engine.gradient(flat, p, labels, Loss(), random=(8, 2, 40))
    assert loss == pytest.approx(expected / 3)


@pytest.mark.parametrize(
    "optimiser", [SGD(), SGD(momentum=0.9, nesterov=True, decay=0.01, bias_factor=2), Adam(decay=0.1)]
)
def test_training_is_gradients_and_updates(optimiser):
    """Batches of 2, 2 and 1: as the definition has it, an update at a time, with other code for the update."""
    engine, flat, images, labels = small("stochastic")
    recipe = Recipe(optimiser=optimiser, batch=2, seed=11, distortion=Distortion(shift=2, rotation=10))
    order, rates = np.array([4, 0, 3, 1, 2]), np.array([0.1, 0.2, 0.3])
    state = State.fresh(flat, optimiser)
    loss, wrong = engine.train(state, images, labels, order, recipe, pass_=6, rates=rates)
    assert state.updates == 3

    single, expected_loss, expected_wrong = State.fresh(flat, optimiser), 0.0, 0
    from lenet.engine.reference.optimisers import update

    for rows, rate in zip((order[:2], order[2:4], order[4:]), rates, strict=True):
        p = distort(images[rows], key(11, 6, rows), recipe.distortion)
        each = [
            engine.gradient(single.flat, p[[i]], labels[[row]], recipe.loss, random=(11, 6, int(row)))
            for i, row in enumerate(rows)
        ]
        expected_loss += sum(one for one, _, _ in each)
        expected_wrong += sum(w for _, w, _ in each)
        update(single, np.mean([g for _, _, g in each], axis=0), rate, optimiser, engine.layout.biases)
    assert loss == pytest.approx(expected_loss)
    assert wrong == expected_wrong
    np.testing.assert_allclose(state.flat, single.flat, rtol=1e-10)


def test_chunks_of_a_pass_change_nothing():
    engine, flat, images, labels = small("stochastic", dtype=np.float32)
    recipe = Recipe(optimiser=Adam(), batch=2, distortion=Distortion(elastic=1, share=0.5))
    order, rates = np.array([4, 0, 3, 1, 2]), np.full(3, 0.01)
    whole, parts = (State.fresh(flat.astype(np.float32), recipe.optimiser) for _ in range(2))
    loss, wrong = engine.train(whole, images, labels, order, recipe, pass_=0, rates=rates)
    sums = [
        engine.train(parts, images, labels, order[:2], recipe, pass_=0, rates=rates[:1]),
        engine.train(parts, images, labels, order[2:], recipe, pass_=0, rates=rates[1:]),
    ]
    np.testing.assert_array_equal(whole.flat, parts.flat)
    assert whole.flat.dtype == np.float32
    assert (loss, wrong) == pytest.approx((sum(s for s, _ in sums), sum(w for _, w in sums)))


def test_it_learns():
    engine, flat, images, labels = small("paper", "distances")
    recipe = Recipe(loss=Loss(LossKind.DISCRIMINATIVE), optimiser=Adam(), schedule=Constant(0.03), batch=5)
    state = State.fresh(flat, recipe.optimiser)
    results = [
        engine.train(state, images, labels, np.arange(5), recipe, pass_=p, rates=np.array([0.03])) for p in range(60)
    ]
    assert results[0][1] > 0
    assert results[-1][1] == 0
    assert results[-1][0] < results[0][0] / 4


IMAGES = np.zeros((2, 2, 8, 9))

MISTAKES = [
    (IMAGES[:, 0], r"images must be of shape \(N, 2, 8, 9\), but are \(2, 8, 9\)"),
    (IMAGES[:, :, :5], r"images must be of shape \(N, 2, 8, 9\), but are \(2, 2, 5, 9\)"),
    (IMAGES + 1.5, r"must lie within 0 and 1, but these go from 1.5 to 1.5; divide by 255, or give uint8"),
    (IMAGES - 0.5, r"must lie within 0 and 1, but these go from -0.5"),
    (IMAGES * np.nan, r"images must be numbers, but some are NaN"),
    (IMAGES.astype(int), r"images must be uint8 \(0 to 255\) or floating-point \(0 to 1\), but are int64"),
]


@pytest.mark.parametrize(("images", "message"), MISTAKES, ids=[message[:40] for _, message in MISTAKES])
def test_images_are_never_guessed(images, message):
    engine, flat, *_ = small("paper")
    with pytest.raises(LenetError, match=message):
        engine.scores(flat, images)


def test_a_single_channel_may_be_left_out():
    engine = ReferenceEngine(Network("n", (1, 2, 2), (Flatten(), Dense(2))), Preparation((1, 2, 2)))
    flat, p = np.arange(10.0), np.random.default_rng(0).random((3, 2, 2))
    np.testing.assert_array_equal(engine.scores(flat, p), engine.scores(flat, p[:, None]))
    assert engine.scores(flat, p[:0]).shape == (0, 2)
    with pytest.raises(LenetError, match=r"of shape \(N, 1, 2, 2\) or \(N, 2, 2\), but are \(2, 2\)"):
        engine.scores(flat, p[0])


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.array([0, 4]), "whole numbers from 0 to 3"),
        (np.array([-1, 0]), "whole numbers from 0 to 3"),
        (np.array([0.0, 1.0]), "whole numbers from 0 to 3"),
        (np.array([0]), r"one for each of one or more images, but are \(1,\) for 2"),
    ],
)
def test_labels_are_checked(labels, message):
    engine, flat, *_ = small("paper")
    with pytest.raises(LenetError, match=message):
        engine.gradient(flat, IMAGES, labels, Loss())


def test_other_mistakes():
    engine, flat, images, labels = small("paper")
    with pytest.raises(LenetError, match=r"the preparation gives an input of \(2, 8, 9\), but network 'small' reads"):
        ReferenceEngine(engine.network, Preparation((2, 8, 9)))
    with pytest.raises(LenetError, match=r"network 'small' has weights \(\d+,\), not \(3,\)"):
        engine.scores(flat[:3], images)
    with pytest.raises(LenetError, match="doesn't end in an RBF layer"):
        engine.gradient(flat, images, labels, Loss(LossKind.DISTANCE))
    with pytest.raises(LenetError, match="5 rows in batches of 2 need 3 rates, not 2"):
        state = State.fresh(flat, SGD())
        engine.train(state, images, labels, np.arange(5), Recipe(batch=2), pass_=0, rates=np.ones(2))

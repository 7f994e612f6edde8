"""The losses of the reference engine: worked by hand, against numeric gradients, and against PyTorch."""

from math import exp, log

import numpy as np
import pytest

from lenet.engine.reference import losses
from lenet.errors import LenetError
from lenet.network import RBF, Dense, Network
from lenet.recipe import Loss, LossKind

LOGITS = Network("logits", (2, 1, 1), (Dense(2),))
DISTANCES = Network("distances", (2, 1, 1), (RBF(codes=((1, 1), (-1, -1))),))

FITTING = [
    (Loss(LossKind.CROSS_ENTROPY), LOGITS),
    (Loss(LossKind.CROSS_ENTROPY), DISTANCES),
    (Loss(LossKind.SQUARED), LOGITS),
    (Loss(LossKind.DISTANCE), DISTANCES),
    (Loss(LossKind.DISCRIMINATIVE, j=0.5), DISTANCES),
]


def evaluate(kind, scores, label, distances, **constants):
    each, dscores = losses.evaluate(Loss(kind, **constants), np.array([scores], float), np.array([label]), distances)
    return each[0], dscores[0]


def test_equation_8_by_hand():
    each, dscores = evaluate(LossKind.DISTANCE, [3, 1, 2], 0, True)
    assert each == 3
    assert dscores.tolist() == [1, 0, 0]


def test_equation_9_by_hand():
    each, dscores = evaluate(LossKind.DISCRIMINATIVE, [3, 1, 2], 0, True, j=0.5)
    total = exp(-0.5) + exp(-3) + exp(-1) + exp(-2)
    assert each == pytest.approx(3 + log(total))
    assert dscores == pytest.approx([1 - exp(-3) / total, -exp(-1) / total, -exp(-2) / total])


def test_equation_9_with_two_equal_terms():
    each, _ = evaluate(LossKind.DISCRIMINATIVE, [1, 1, 1], 2, True, j=1)
    assert each == pytest.approx(log(4))  # 1 + log(4 exp(-1))


def test_cross_entropy_by_hand():
    each, dscores = evaluate(LossKind.CROSS_ENTROPY, [log(1), log(3)], 1, False)
    assert each == pytest.approx(log(4 / 3))
    assert dscores == pytest.approx([1 / 4, -1 / 4])
    each, dscores = evaluate(LossKind.CROSS_ENTROPY, [-log(1), -log(3)], 1, True)
    assert each == pytest.approx(log(4 / 3))
    assert dscores == pytest.approx([-1 / 4, 1 / 4])


def test_squared_by_hand():
    each, dscores = evaluate(LossKind.SQUARED, [0.5, -1, 0], 0, False)
    assert each == (0.25 + 0 + 1) / 2
    assert dscores.tolist() == [-0.5, 0, 1]


def test_large_scores_do_not_overflow():
    each, dscores = evaluate(LossKind.CROSS_ENTROPY, [1e5, -1e5], 1, False)
    assert each == 2e5
    assert dscores.tolist() == [1, -1]
    each, _ = evaluate(LossKind.DISCRIMINATIVE, [1e6, 2e6], 0, True, j=1)
    assert each == 1e6 - 1  # only exp(-j) is left of the sum


@pytest.mark.parametrize(("loss", "network"), FITTING, ids=lambda value: getattr(value, "name", str(value)))
def test_gradients_are_the_slopes(loss, network):
    rng, step = np.random.default_rng(0), 1e-6
    scores, labels = 3 * rng.random((4, 5)), np.array([0, 4, 2, 2])
    _, dscores = losses.evaluate(loss, scores, labels, network.smallest_wins)
    for place in np.ndindex(scores.shape):
        moved = [scores.copy(), scores.copy()]
        moved[0][place] -= step
        moved[1][place] += step
        below, above = (losses.evaluate(loss, s, labels, network.smallest_wins)[0].sum() for s in moved)
        assert dscores[place] == pytest.approx((above - below) / (2 * step), abs=1e-8)


def test_pytorch_agrees_on_cross_entropy():
    torch = pytest.importorskip("torch")
    scores, labels = np.random.default_rng(0).normal(size=(6, 10)), np.array([0, 1, 2, 9, 9, 5])
    for distances in (False, True):
        z = torch.tensor(-scores if distances else scores)
        expected = torch.nn.functional.cross_entropy(z, torch.tensor(labels), reduction="none")
        each, _ = losses.evaluate(Loss(), scores, labels, distances)
        np.testing.assert_allclose(each, expected, rtol=1e-12)


@pytest.mark.parametrize("kind", [LossKind.DISTANCE, LossKind.DISCRIMINATIVE])
def test_losses_of_distances_need_an_rbf_layer(kind):
    with pytest.raises(LenetError, match=f"the {kind.value} loss is made of distances, but network 'logits' doesn't"):
        losses.check(Loss(kind), LOGITS)


def test_the_squared_loss_refuses_distances():
    with pytest.raises(LenetError, match="network 'distances' ends in an RBF layer"):
        losses.check(Loss(LossKind.SQUARED), DISTANCES)


@pytest.mark.parametrize(("loss", "network"), FITTING, ids=lambda value: getattr(value, "name", str(value)))
def test_fitting_losses_pass(loss, network):
    losses.check(loss, network)

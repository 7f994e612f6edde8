"""The optimisers of the reference engine: worked by hand, and against PyTorch."""

import numpy as np
import pytest

from lenet.engine.reference.optimisers import update
from lenet.engine.state import State
from lenet.recipe import SGD, Adam, DiagonalLM

NO_BIAS = np.zeros(2, bool)


def run(optimiser, start, gradients, rate, biases=NO_BIAS):
    """Return the state after an update with each of ``gradients``, in float64."""
    state = State.fresh(np.array(start, float), optimiser)
    for gradient in gradients:
        update(state, np.array(gradient, float), rate, optimiser, biases)
    return state


def test_plain_descent():
    assert run(SGD(), [1, 2], [[10, -10], [1, 0]], 0.5).flat.tolist() == [-4.5, 7]


def test_momentum_over_two_updates():
    state = run(SGD(momentum=0.5), [0, 0], [[1, 2], [1, 0]], 1.0)
    assert state.slots[0].tolist() == [1.5, 1]  # v = 0.5 x 1 + 1, 0.5 x 2 + 0
    assert state.flat.tolist() == [-2.5, -3]
    assert state.updates == 2


def test_nesterov_over_two_updates():
    state = run(SGD(momentum=0.5, nesterov=True), [0, 0], [[1, 2], [1, 0]], 1.0)
    assert state.flat.tolist() == [-1.5 - 1.75, -3 - 0.5]  # g + 0.5 v: 1.5, 3; then 1 + 0.75, 0 + 0.5


def test_decay_and_the_rate_of_biases():
    state = run(SGD(decay=0.1, bias_factor=2), [1, 1], [[0, 0]], 1.0, np.array([False, True]))
    np.testing.assert_allclose(state.flat, [0.9, 0.8], rtol=1e-15)


def test_adams_first_step_is_the_rate():
    state = run(Adam(epsilon=1e-12), [0, 0], [[1e-3, -50]], 0.25)
    np.testing.assert_allclose(state.flat, [-0.25, 0.25], rtol=1e-8)
    state = run(Adam(epsilon=1e-12, bias_factor=3), [0, 0], [[1e-3, -50]], 0.25, np.array([False, True]))
    np.testing.assert_allclose(state.flat, [-0.25, 0.75], rtol=1e-8)


def test_each_weight_has_its_rate_by_its_second_derivative():
    optimiser = DiagonalLM(mu=0.5)
    state = State.fresh(np.array([1.0, 1.0]), optimiser)
    state.slots[0][:] = [0.0, 1.5]
    update(state, np.array([2.0, -4.0]), 0.25, optimiser, NO_BIAS)
    assert state.flat.tolist() == [1 - 0.25 * 2 / 0.5, 1 + 0.25 * 4 / 2.0]
    assert state.slots[0].tolist() == [0.0, 1.5]  # held
    assert state.updates == 1


def test_a_weight_that_never_has_a_gradient_stays():
    for optimiser in (SGD(momentum=0.9, decay=0.1), Adam(decay=0.1)):
        assert run(optimiser, [0, 1], [[0, 1]] * 3, 0.1).flat[0] == 0


@pytest.mark.parametrize(
    ("optimiser", "name", "options"),
    [
        (SGD(decay=0.01), "SGD", {"weight_decay": 0.01}),
        (SGD(momentum=0.9, decay=0.02), "SGD", {"momentum": 0.9, "weight_decay": 0.02}),
        (SGD(momentum=0.8, nesterov=True, decay=0.1), "SGD", {"momentum": 0.8, "nesterov": True, "weight_decay": 0.1}),
        (Adam(), "Adam", {}),
        (Adam(0.8, 0.95, 1e-3), "Adam", {"betas": (0.8, 0.95), "eps": 1e-3}),
        (Adam(decay=0.1), "AdamW", {"weight_decay": 0.1}),
    ],
)
def test_pytorch_agrees(optimiser, name, options):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    start, gradients = rng.normal(size=7), rng.normal(size=(6, 7))
    weights = torch.tensor(start, requires_grad=True)
    theirs = getattr(torch.optim, name)([weights], lr=0.05, **options)
    for gradient in gradients:
        weights.grad = torch.tensor(gradient)
        theirs.step()
    ours = run(optimiser, start, gradients, 0.05, np.zeros(7, bool))
    np.testing.assert_allclose(ours.flat, weights.detach(), rtol=1e-10)

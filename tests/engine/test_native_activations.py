"""The native functions that end a layer, against NumPy's in float64, in units in the last place."""

import numpy as np
import pytest
from small_networks import ISAS

from lenet import _native
from lenet.engine.description import ACTIVATIONS
from lenet.network import Activation
from lenet.network.activation import AMPLITUDE, SLOPE

MOST = 6.0  # units in the last place

RIGHT = {
    Activation.NONE: lambda a: a,
    Activation.TANH: np.tanh,
    Activation.SCALED_TANH: lambda a: AMPLITUDE * np.tanh(SLOPE * a),
    Activation.SIGMOID: lambda a: 1 / (1 + np.exp(-a)),
    Activation.RELU: lambda a: np.maximum(a, 0),
}


def activated(activation, inputs):
    outputs = np.empty_like(inputs)
    _native.activate(ACTIVATIONS.index(activation), inputs, outputs)
    return outputs


@pytest.fixture(params=ISAS)
def isa(request, monkeypatch):
    """Every instruction set of this machine in turn."""
    monkeypatch.setenv("LENET_ISA", request.param)
    return request.param


@pytest.mark.parametrize("activation", Activation, ids=lambda a: a.value)
def test_it_is_right_to_the_last_places(activation, isa):
    assert _native.isa() == isa
    rng = np.random.default_rng(0)
    small = 10.0 ** rng.uniform(-35, 0, 100_000) * rng.choice([-1, 1], 100_000)
    inputs = np.concatenate([small, rng.uniform(-12, 12, 300_000), np.linspace(-80, 80, 300_001)]).astype(np.float32)
    right = RIGHT[activation](inputs.astype(np.float64))
    errors = np.abs(activated(activation, inputs) - right) / np.spacing(np.abs(right).astype(np.float32))
    assert errors.max() <= MOST, f"{errors.max():.2f} at {inputs[errors.argmax()]!r}"


@pytest.mark.slow
@pytest.mark.parametrize("activation", [Activation.TANH, Activation.SIGMOID, Activation.SCALED_TANH])
def test_it_is_right_everywhere(activation, isa):
    """Every 7th float32 from -80 to 80."""
    for sign in (0, 1 << 31):
        bits = np.arange(np.float32(1e-30).view(np.uint32), np.float32(80).view(np.uint32), 7, np.uint32)
        for part in np.array_split(bits, 40):
            inputs = (part | np.uint32(sign)).view(np.float32)
            right = RIGHT[activation](inputs.astype(np.float64))
            errors = np.abs(activated(activation, inputs) - right) / np.spacing(np.abs(right).astype(np.float32))
            assert errors.max() <= MOST, f"{errors.max():.2f} at {inputs[errors.argmax()]!r}"


def test_odd_and_within_bounds(isa):
    inputs = np.linspace(0, 40, 10_001, dtype=np.float32)
    for activation, most in [(Activation.TANH, 1.0), (Activation.SCALED_TANH, np.float32(AMPLITUDE))]:
        outputs = activated(activation, inputs)
        np.testing.assert_array_equal(activated(activation, -inputs), -outputs)
        assert outputs.max() <= most


def test_odd_values_give_the_ends_and_no_crash(isa):
    odd = [np.inf, -np.inf, np.nan, 0.0, -0.0, 1e38, -1e38, 1e-45, -1e-45, 3e-39, 88.5, -88.5, 200, -200]
    inputs = np.array(odd * 5, np.float32)
    finite = np.isfinite(inputs)
    for activation in Activation:
        outputs = activated(activation, inputs)
        right = RIGHT[activation]
        with np.errstate(over="ignore"):
            np.testing.assert_allclose(outputs[finite], right(inputs[finite].astype(np.float64)), rtol=1e-6, atol=1e-37)
        if activation in (Activation.TANH, Activation.SCALED_TANH, Activation.SIGMOID):
            with np.errstate(over="ignore"):
                np.testing.assert_allclose(outputs[:2], right(np.array([np.inf, -np.inf])), rtol=1e-6, atol=1e-37)


def test_any_length(isa):
    for length in range(70):
        inputs = np.linspace(-3, 3, length, dtype=np.float32)
        np.testing.assert_allclose(activated(Activation.TANH, inputs), np.tanh(inputs.astype(np.float64)), rtol=1e-6)

"""Second derivatives: numeric ones where the estimate is exact; else eq. 25 to 27, connection by connection."""

from itertools import product

import numpy as np
import pytest
from test_reference_engine import SMALL

from lenet.engine.reference import ReferenceEngine, curvature
from lenet.errors import LenetError
from lenet.network import (
    RBF,
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
from lenet.recipe import Distortion, Loss, LossKind, Recipe

CODES = ((1.0, -1.0, 1.0), (-1.0, -1.0, 1.0), (1.0, 1.0, -1.0), (0.5, 0.0, 0.0))
LABELS = np.array([0, 1, 2, 3, 3, 0])
LOGITS = [Loss(), Loss(LossKind.SQUARED)]
DISTANCES = [
    Loss(),
    Loss(LossKind.DISTANCE),
    Loss(LossKind.DISCRIMINATIVE, j=2.0),
    Loss(LossKind.DISCRIMINATIVE, j=9.0),
]


def small(*layers, preparation=SMALL, seed=7):
    """Return an engine, weights and images of a network of these layers."""
    engine = ReferenceEngine(Network("small", preparation.input, layers), preparation)
    rng = np.random.default_rng(seed)
    flat = np.where(engine.layout.connected, rng.normal(0, 0.4, engine.layout.size), 0)
    return engine, flat, rng.random((6, *preparation.shape))


def estimated(engine, flat, images, loss, **recipe):
    return engine.curvature(flat, images, LABELS, np.arange(6), Recipe(loss=loss, **recipe), pass_=0)


# ---- exact: one layer between inputs that don't move and a loss: numeric derivatives ----

LINEAR = {
    "logits": (LOGITS, (Flatten(), Dense(4))),
    "distances": (DISTANCES, (Flatten(), Dense(3), RBF(codes=CODES))),
    "a convolution over the whole input": (DISTANCES, (Conv(3, kernel=8, bias=False), RBF(codes=CODES))),
    "after what learns nothing": (LOGITS, (LocalContrastNorm(size=3), MaxPool(), Flatten(), Dense(4))),
    "a coefficient": (LOGITS, (MeanPool(), Subsample(size=4, copies=2), Flatten())),
    "a penalty": (LOGITS, (DeformablePool(size=8), Flatten())),
}
SQUARE = Preparation((2, 8, 8))


@pytest.mark.parametrize("name", LINEAR)
def test_it_is_exact_behind_a_single_layer(name):
    losses, layers = LINEAR[name]
    engine, flat, images = small(*layers, preparation=SQUARE)
    labels = LABELS % engine.network.classes
    for loss in losses:
        ours = engine.curvature(flat, images, labels, np.arange(6), Recipe(loss=loss), pass_=0)
        places = np.random.default_rng(0).permutation(flat.size)[:40]
        for place in places:
            slopes = []
            for step in (1e-5, -1e-5):
                moved = flat.copy()
                moved[place] += step
                slopes.append(engine.gradient(moved, images, labels, loss)[2][place])
            assert ours[place] == pytest.approx((slopes[0] - slopes[1]) / 2e-5, rel=1e-5, abs=1e-8)


@pytest.mark.parametrize("loss", DISTANCES, ids=lambda loss: f"{loss.kind.value} {loss.j}")
def test_learned_codes_are_exact_where_they_are_not_below_0(loss):
    engine, flat, images = small(Flatten(), Dense(3), RBF(codes=CODES, learned=True), preparation=SQUARE)
    below = 0
    for row in range(6):
        ours = engine.curvature(flat, images, LABELS, np.array([row]), Recipe(loss=loss), pass_=0)
        for place in range(flat.size - 12, flat.size):  # the codes come last
            slopes = []
            for step in (1e-5, -1e-5):
                moved = flat.copy()
                moved[place] += step
                slopes.append(engine.gradient(moved, images[[row]], LABELS[[row]], loss)[2][place])
            right = (slopes[0] - slopes[1]) / 2e-5
            assert ours[place] == pytest.approx(max(right, 0), rel=1e-5, abs=1e-8)
            below += right < -1e-6
    assert (below > 0) == (loss.kind is not LossKind.DISTANCE)


# ---- deeper: the paper's sums, written out for single images ----


def connections(step, weights, x):
    """Return a layer's connections at an input x (I, R, C): output, input, da/dx, parameter or None, da/dparameter.

    A connection whose inputs the parameter multiplies together (a subsampling's) is listed once for each input and,
    without an input, once for its parameter.
    """
    layer, found = step.layer, []
    for o, r, c in product(*map(range, step.output)):
        at = (o, r, c)
        match layer:
            case Conv(kernel=k, stride=s, padding=p):
                for i, u, v in product(layer.reads(step.input[0])[o], range(k), range(k)):
                    y, z = r * s + u - p, c * s + v - p
                    if 0 <= y < step.input[1] and 0 <= z < step.input[2]:
                        found.append((at, (i, y, z), weights["weight"][o, i, u, v], ("weight", o, i, u, v), x[i, y, z]))
                if layer.bias:
                    found.append((at, None, 0, ("bias", o), 1))
            case Dense():
                row = weights["weight"][o]
                found += [(at, (i, 0, 0), u, ("weight", o, i), x[i, 0, 0]) for i, u in enumerate(row)]
                found.append((at, None, 0, ("bias", o), 1))
            case Flatten():
                found.append((at, np.unravel_index(o, step.input), 1, None, 0))
            case Subsample(size=k, copies=n):
                window = list(product([o // n], range(r * layer.step, r * layer.step + k),
                                      range(c * layer.step, c * layer.step + k)))  # fmt: skip
                found += [(at, place, weights["coefficient"][o], None, 0) for place in window]
                found.append((at, None, 0, ("coefficient", o), sum(x[place] for place in window)))
                found.append((at, None, 0, ("bias", o), 1))
            case MeanPool(size=k) | MaxPool(size=k) | L2Pool(size=k):
                window = list(product([o], range(r * layer.step, r * layer.step + k),
                                      range(c * layer.step, c * layer.step + k)))  # fmt: skip
                pixels = np.array([x[place] for place in window])
                slopes = {
                    MeanPool: np.full(k * k, 1 / k**2),
                    MaxPool: (np.arange(k * k) == pixels.argmax()).astype(float),
                    L2Pool: pixels / np.sqrt((pixels**2).sum()),
                }[type(layer)]
                found += [(at, place, slope, None, 0) for place, slope in zip(window, slopes, strict=True)]
    return found


def slope(kind, y):
    """Return f'(a) where f(a) = y, by numbers."""
    inverse = {
        "none": lambda y: y,
        "tanh": np.arctanh,
        "scaled-tanh": lambda y: 1.5 * np.arctanh(y / 1.7159),
        "sigmoid": lambda y: -np.log(1 / y - 1),
    }
    function = {
        "none": lambda a: a,
        "tanh": np.tanh,
        "scaled-tanh": lambda a: 1.7159 * np.tanh(a / 1.5),
        "sigmoid": lambda a: 1 / (1 + np.exp(-a)),
    }
    a = inverse[kind.value](y)
    return (function[kind.value](a + 1e-6) - function[kind.value](a - 1e-6)) / 2e-6


def by_hand(engine, flat, image, label, loss):
    """Return eq. 25 to 27 for one image, with d2E/dx2 before the output by numbers, as dicts by parameter."""
    steps, views = engine.network.steps, engine.layout.views(flat)
    outputs = [a[0] for a in engine.features(flat, image[None]).values()]
    count = len(steps) - isinstance(steps[-1].layer, RBF)
    d2y = numeric_end(engine, outputs[count], label, loss)
    sums = {}
    for place in reversed(range(count)):
        step, y = steps[place], outputs[place + 1]
        d2a = slope(step.layer.activation, y) ** 2 * d2y
        weights = {name.split(".")[1]: views[name] for name in step.parameter_shapes}
        d2y = np.zeros(step.input)
        for at, input, by_input, parameter, by_parameter in connections(step, weights, outputs[place]):
            if input is not None:
                d2y[input] += by_input**2 * d2a[at]
            if parameter is not None:
                key = (f"{step.name}.{parameter[0]}", parameter[1:])
                sums[key] = sums.get(key, 0.0) + d2a[at] * by_parameter**2
    return sums


def numeric_end(engine, x, label, loss):
    """Return d2E/dx2, exact, of the loss (through the RBF layer, where the network ends in one)."""
    last = engine.network.layers[-1]

    def value(x):
        y = ((x[:, 0, 0] - np.array(last.targets())) ** 2).sum(1) if isinstance(last, RBF) else x[:, 0, 0]
        match loss.kind:
            case LossKind.DISTANCE:
                return y[label]
            case LossKind.DISCRIMINATIVE:
                return y[label] + np.log(np.exp(-loss.j) + np.exp(-y).sum())
            case LossKind.SQUARED:
                return ((y - np.where(np.arange(len(y)) == label, 1, -1)) ** 2).sum() / 2
        sign = -1 if isinstance(last, RBF) else 1
        return -sign * y[label] + np.log(np.exp(sign * y).sum())

    d2x, step = np.zeros_like(x), 1e-3
    for i in range(len(x)):
        e = np.zeros_like(x)
        e[i] = step
        far, near = value(x + 2 * e) + value(x - 2 * e), value(x + e) + value(x - e)
        d2x[i] = (16 * near - far - 30 * value(x)) / (12 * step**2)  # of fourth order
    return d2x


DEEP = {
    "paper": (
        Conv(3, kernel=3, activation="scaled-tanh"),
        Subsample(copies=2, activation="scaled-tanh"),
        Conv(4, kernel=2, table=((0,), (1, 5), (2, 3, 4), (0, 5)), activation="tanh"),
    ),
    "strides": (Conv(2, kernel=3, stride=2, padding=2, activation="sigmoid"), Conv(3, kernel=2, bias=False)),
    "overlapping": (Conv(2, kernel=2, activation="tanh"), Subsample(size=3, stride=2), MeanPool(size=2, stride=1)),
    "max": (Conv(3, kernel=3), MaxPool(size=3, stride=2, activation="tanh")),
    "l2": (Conv(3, kernel=3, activation="sigmoid"), L2Pool(size=2, stride=1)),
}
ENDS = {
    "logits": (Flatten(), Dense(5, activation="sigmoid"), Dense(4, activation="scaled-tanh")),
    "distances": (Flatten(), Dense(3, activation="scaled-tanh"), RBF(codes=CODES)),
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("name", DEEP)
def test_the_papers_sums_connection_by_connection(name, end):
    engine, flat, images = small(*DEEP[name], *ENDS[end], preparation=Preparation((2, 7, 6)))
    for loss in LOGITS if end == "logits" else DISTANCES[1:3]:
        right = np.zeros_like(flat)
        views = engine.layout.views(right)
        for image, label in zip(images[:2], LABELS, strict=False):
            for (array, place), h in by_hand(engine, flat, image, label, loss).items():
                views[array][place] += h / 2
        ours = engine.curvature(flat, images, LABELS, np.arange(2), Recipe(loss=loss), pass_=0)
        np.testing.assert_allclose(ours, right, rtol=1e-5, atol=1e-6 * right.max())
        assert (ours[engine.layout.connected] > 0).any()


# ---- what it is a mean of, and where it isn't defined ----


def test_a_mean_over_the_patterns_as_training_sees_them():
    engine, flat, images = small(Conv(3, kernel=3, activation="relu"), StochasticPool(), *ENDS["logits"])
    recipe = Recipe(distortion=Distortion(shift=2.0), seed=5)
    rows = np.arange(6).repeat(20)  # more than are worked out at once
    whole = engine.curvature(flat, images, LABELS, rows, recipe, pass_=1)
    each = [engine.curvature(flat, images, LABELS, np.array([row]), recipe, pass_=1) for row in range(6)]
    np.testing.assert_allclose(whole, np.mean(each, axis=0), rtol=1e-12)
    assert (engine.curvature(flat, images, LABELS, rows, recipe, pass_=2) != whole).any()
    assert (estimated(engine, flat, images, Loss()) != whole).any()


def test_where_it_is_not_defined():
    for layers, what in [
        ((Conv(2, kernel=3), LocalResponseNorm(), *ENDS["logits"]), "layer N1 of network 'small', LocalResponseNorm"),
        ((Flatten(), Dense(3), RBF(codes=CODES, activation="tanh")), "layer output of network 'small', RBF"),
        ((Flatten(), Dense(3), RBF(codes=CODES), Dense(2)), "layer F2 of network 'small', RBF"),
        ((MaxPool(size=8), Flatten(), LocalResponseNorm()), "layer output of network 'small', LocalResponseNorm"),
    ]:
        network = Network("small", (2, 8, 8), layers)
        with pytest.raises(LenetError, match=f"{what}, has no second derivatives here, which DiagonalLM needs"):
            curvature.check(network)
    curvature.check(Network("fine", (2, 8, 8), (LocalResponseNorm(), *ENDS["distances"])))

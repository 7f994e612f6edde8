"""Each layer of the reference engine: worked by hand, against numeric gradients, and against PyTorch."""

import numpy as np
import pytest

from lenet.engine.reference import layers
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
    StochasticPool,
    Subsample,
)

TABLE = ((0,), (0, 2), (1, 2), (0, 1, 2))

CASES = [
    (Conv(4, kernel=3), (2, 6, 5)),
    (Conv(4, kernel=3, stride=2), (3, 7, 8)),
    (Conv(4, kernel=3, padding=1, bias=False), (3, 4, 4)),
    (Conv(2, kernel=2, stride=3, padding=2), (1, 4, 5)),
    (Conv(4, kernel=2, table=TABLE), (3, 4, 4)),
    (Conv(5, kernel=4), (2, 4, 4)),
    (Subsample(), (3, 4, 6)),
    (Subsample(copies=2), (3, 5, 4)),
    (Subsample(size=3, stride=2, copies=3), (2, 7, 7)),
    (MeanPool(), (2, 4, 5)),
    (MeanPool(size=3, stride=1), (2, 5, 5)),
    (MaxPool(), (2, 5, 4)),
    (MaxPool(size=3, stride=2), (2, 7, 7)),
    (L2Pool(), (2, 4, 4)),
    (L2Pool(size=3, stride=2), (2, 7, 7)),
    (StochasticPool(), (2, 4, 4)),
    (StochasticPool(size=3, stride=2), (2, 7, 7)),
    (DeformablePool(), (2, 4, 4)),
    (DeformablePool(size=3, stride=2), (2, 7, 7)),
    (LocalResponseNorm(alpha=0.1), (7, 3, 2)),
    (LocalResponseNorm(size=2, alpha=0.3, beta=0.5, k=1.0), (4, 2, 2)),
    (LocalResponseNorm(size=9, alpha=0.3), (3, 2, 2)),
    (LocalContrastNorm(size=3), (2, 5, 6)),
    (LocalContrastNorm(size=9), (1, 5, 5)),
    (LocalContrastNorm(size=5, deviation=2.0, floor=1.0), (3, 6, 5)),
    (LocalContrastNorm(size=5, floor=100.0), (3, 6, 5)),
    (Flatten(), (2, 3, 4)),
    (Dense(4), (5, 1, 1)),
    (Dense(3, bias=False), (5, 1, 1)),
    (RBF(codes=((1.0, -1.0, 0.5), (0.0, 2.0, 1.0))), (3, 1, 1)),
    (RBF(codes="17"), (84, 1, 1)),
    (RBF(codes=((1.0, -1.0, 0.5), (0.0, 2.0, 1.0)), learned=True), (3, 1, 1)),
]


def case(layer, shape, seed=0):
    """Return weights, an input and a row of random numbers for a layer, float64."""
    rng = np.random.default_rng(seed)
    weights = {name: rng.normal(size=size) for name, size in layer.parameter_shapes(shape).items()}
    if isinstance(layer, Conv) and layer.table is not None:
        connected = np.array([[i in row for i in range(shape[0])] for row in layer.table])
        weights["weight"] *= connected[:, :, None, None]
    return weights, rng.normal(size=(3, *shape)), rng.random((3, *layer.output_shape(shape)))


@pytest.mark.parametrize(("layer", "shape"), CASES, ids=lambda value: str(value)[:60])
def test_gradients_are_the_slopes(layer, shape):
    weights, x, uniform = case(layer, shape)
    a = layers.forward(layer, weights, x, uniform)
    assert a.shape == (3, *layer.output_shape(shape))
    da = np.random.default_rng(1).normal(size=a.shape)
    dx, dweights = layers.backward(layer, weights, x, da, uniform)
    assert dweights.keys() == weights.keys()
    for array, gradient in [(x, dx), *((weights[name], dweights[name]) for name in weights)]:
        free = np.ones(array.shape, bool)
        if isinstance(layer, Conv) and layer.table is not None and array is weights["weight"]:
            free = array != 0
            assert not gradient[~free].any()
        numeric = slopes(lambda: float((layers.forward(layer, weights, x, uniform) * da).sum()), array)
        np.testing.assert_allclose(gradient[free], numeric[free], rtol=1e-6, atol=1e-7)


def slopes(function, array, step=1e-6):
    """Return the gradient of ``function()`` by each number of ``array``: central differences."""
    gradient = np.zeros_like(array)
    for place in np.ndindex(array.shape):
        middle = array[place]
        array[place] = middle + step
        above = function()
        array[place] = middle - step
        gradient[place] = (above - function()) / (2 * step)
        array[place] = middle
    return gradient


def run(layer, x, uniform=None, **weights):
    """Return a layer's answer for one image given as lists (maps, rows, columns)."""
    x = np.array(x, float)[None]
    arrays = {name: np.array(array, float) for name, array in weights.items()}
    if uniform is not None:
        uniform = np.array(uniform, float)[None]
    return layers.forward(layer, arrays, x, uniform)[0].tolist()


def back(layer, x, da, uniform=None, **weights):
    """Return a layer's dE/dx for one image given as lists (maps, rows, columns)."""
    arrays = {name: np.array(array, float) for name, array in weights.items()}
    if uniform is not None:
        uniform = np.array(uniform, float)[None]
    return layers.backward(layer, arrays, np.array(x, float)[None], np.array(da, float)[None], uniform)[0][0].tolist()


def test_a_convolution_by_hand():
    x = [[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]
    weight = [[[[1, 0], [0, -1]]]]  # upper left less lower right: 1 - 5, 2 - 6, 4 - 8, 5 - 9
    assert run(Conv(1, kernel=2), x, weight=weight, bias=[0.5]) == [[[-3.5, -3.5], [-3.5, -3.5]]]
    assert run(Conv(1, kernel=2, stride=2, padding=1), x, weight=weight, bias=[0]) == [[[-1, -3], [-7, -4]]]
    full = [[[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]]
    assert run(Conv(1, kernel=3), x, weight=full, bias=[1]) == [[[286]]]  # 1 + 4 + ... + 81 = 285


def test_a_convolution_reads_the_maps_of_its_table_only():
    layer = Conv(2, kernel=1, table=((1,), (0, 1)))
    weights = {"weight": np.array([0.0, 1, 1, 1]).reshape(2, 2, 1, 1), "bias": np.zeros(2)}
    x = np.array([3.0, 4]).reshape(1, 2, 1, 1)
    assert layers.forward(layer, weights, x, None).ravel().tolist() == [4, 7]
    _, gradients = layers.backward(layer, weights, x, np.ones((1, 2, 1, 1)), None)
    assert gradients["weight"].ravel().tolist() == [0, 4, 3, 4]


def test_subsampling_by_hand():
    x = [[[1, 2, 5, 6], [3, 4, 7, 8]], [[1, 1, 1, 1], [0, 0, 0, 0]]]
    assert run(Subsample(), x, coefficient=[0.5, 2], bias=[1, -1]) == [[[6, 14]], [[3, 3]]]
    copies = run(Subsample(copies=2), x, coefficient=[1, 2, 3, 4], bias=[0, 0, 0, 1])
    assert copies == [[[10, 26]], [[20, 52]], [[6, 6]], [[9, 9]]]  # maps 0 and 1 read map 0, maps 2 and 3 map 1


def test_pools_by_hand():
    x = [[[1, 2], [2, -4]]]
    assert run(MeanPool(), x) == [[[0.25]]]
    assert run(MaxPool(), x) == [[[2]]]
    assert run(L2Pool(), x) == [[[5]]]
    assert run(StochasticPool(), x) == [[[9 / 5]]]  # (1 + 4 + 4) / (1 + 2 + 2): the -4 counts as 0
    # a penalty of 8 u^2 = 2 everywhere, and v x 3: the left column gains 1.5, the right column loses 1.5
    assert run(DeformablePool(), x, penalty=[[8, 0, 0, 3]]) == [[[2 - 2 + 1.5]]]


def test_the_first_of_equals_takes_the_gradient():
    assert back(MaxPool(), [[[0, 2], [2, 2]]], [[[1]]]) == [[[0, 1], [0, 0]]]
    assert back(DeformablePool(), [[[2, 2], [2, 2]]], [[[1]]], penalty=[[0, 0, 0, 0]]) == [[[1, 0], [0, 0]]]
    assert back(MaxPool(size=2, stride=1), [[[0, 3, 0]] * 2], [[[1, 10]]]) == [[[0, 11, 0], [0, 0, 0]]]


def test_windows_of_nothing_have_no_gradient():
    zeros = [[[0, 0], [0, 0]]]
    assert back(L2Pool(), zeros, [[[1]]]) == zeros
    assert run(StochasticPool(), zeros) == [[[0]]]
    assert run(StochasticPool(), [[[0, -1], [-2, 0]]], uniform=[[[0.5]]]) == [[[0]]]
    assert back(StochasticPool(), [[[0, -1], [-2, 0]]], [[[1]]], uniform=[[[0.5]]]) == zeros


@pytest.mark.parametrize(("uniform", "drawn"), [(0, 1), (0.19, 1), (0.21, 3), (0.79, 3), (0.81, 1), (0.999, 1)])
def test_stochastic_pools_draw_in_proportion(uniform, drawn):
    x = [[[-1, 1], [3, 1]]]  # chances 0, 1/5, 3/5, 1/5
    assert run(StochasticPool(), x, uniform=[[[uniform]]]) == [[[drawn]]]


def test_stochastic_pools_pass_on_the_drawn_gradient():
    x = [[[-1, 1], [3, 1]]]
    assert back(StochasticPool(), x, [[[7]]], uniform=[[[0.1]]]) == [[[0, 7], [0, 0]]]
    assert back(StochasticPool(), x, [[[7]]], uniform=[[[0.5]]]) == [[[0, 0], [7, 0]]]
    assert back(StochasticPool(), x, [[[7]]], uniform=[[[0.9]]]) == [[[0, 0], [0, 7]]]


def test_rbf_distances_by_hand():
    layer = RBF(codes=((1, -1), (0, 3)))
    assert run(layer, [[[2]], [[1]]]) == [[[5]], [[8]]]  # 1 + 4 and 4 + 4
    assert back(layer, [[[2]], [[1]]], [[[1]], [[10]]]) == [[[2 + 40]], [[4 - 40]]]


def test_the_code_of_a_character_is_at_no_distance_from_itself():
    codes = np.array(RBF().targets())
    answers = layers.forward(RBF(), {}, codes[:, :, None, None], None)[:, :, 0, 0]
    assert (answers.argmin(1) == np.arange(10)).all()
    assert (answers % 4 == 0).all()  # each pixel that differs is at a distance of 2
    assert answers.diagonal().tolist() == [0] * 10


def test_an_even_picture_has_no_contrast():
    x = np.full((1, 2, 6, 6), 3.0)
    assert abs(layers.forward(LocalContrastNorm(size=5), {}, x, None)).max() < 1e-9


def test_local_contrast_pixel_by_pixel():
    """The definition in ``LocalContrastNorm``, in loops."""
    layer, x = LocalContrastNorm(size=3), np.random.default_rng(3).normal(size=(2, 4, 5))
    v, s = np.zeros_like(x), np.zeros(x.shape[1:])

    def mean_around(z, r, c):
        total = weight = 0.0
        for p, q in np.ndindex(z.shape[1:]):
            if max(abs(p - r), abs(q - c)) <= 1:
                w = np.exp(-((p - r) ** 2 + (q - c) ** 2) / (2 * (3 / 4) ** 2))
                total, weight = total + w * z[:, p, q].sum(), weight + w * len(z)
        return total / weight

    for r, c in np.ndindex(s.shape):
        v[:, r, c] = x[:, r, c] - mean_around(x, r, c)
    for r, c in np.ndindex(s.shape):
        s[r, c] = mean_around(v**2, r, c) ** 0.5
    expected = v / np.maximum(np.maximum(s, s.mean()), layer.floor)
    np.testing.assert_allclose(layers.forward(layer, {}, x[None], None)[0], expected, rtol=1e-12)


def torch_answer(layer, x, weights):
    """Return PyTorch's answer for a layer of one of ``KNOWN_TO_TORCH``."""
    from torch.nn import functional as f

    match layer:
        case Conv():
            bias = weights.get("bias")
            answer = f.conv2d(x, weights["weight"], bias, stride=layer.stride, padding=layer.padding)
        case MeanPool():
            answer = f.avg_pool2d(x, layer.size, layer.step)
        case MaxPool():
            answer = f.max_pool2d(x, layer.size, layer.step)
        case L2Pool():
            answer = f.lp_pool2d(x, 2.0, layer.size, layer.step)
        case LocalResponseNorm():
            answer = f.local_response_norm(x, layer.size, layer.alpha * layer.size, layer.beta, layer.k)
        case Dense():
            answer = f.linear(x[:, :, 0, 0], weights["weight"], weights.get("bias"))[:, :, None, None]
    return answer


KNOWN_TO_TORCH = (Conv, MeanPool, MaxPool, L2Pool, LocalResponseNorm, Dense)


@pytest.mark.parametrize(
    ("layer", "shape"), [c for c in CASES if isinstance(c[0], KNOWN_TO_TORCH)], ids=lambda value: str(value)[:60]
)
def test_pytorch_agrees(layer, shape):
    torch = pytest.importorskip("torch")
    weights, x, _ = case(layer, shape, seed=2)
    tensors = {name: torch.tensor(array, requires_grad=True) for name, array in weights.items()}
    tensor = torch.tensor(x, requires_grad=True)
    answer = torch_answer(layer, tensor, tensors)
    a = layers.forward(layer, weights, x, None)
    np.testing.assert_allclose(a, answer.detach(), rtol=1e-10, atol=1e-12)
    da = np.random.default_rng(4).normal(size=a.shape)
    answer.backward(torch.tensor(da))
    dx, dweights = layers.backward(layer, weights, x, da, None)
    np.testing.assert_allclose(dx, tensor.grad, rtol=1e-9, atol=1e-12)
    for name, gradient in dweights.items():
        connected = weights[name] != 0
        np.testing.assert_allclose(gradient[connected], tensors[name].grad[connected], rtol=1e-9, atol=1e-12)

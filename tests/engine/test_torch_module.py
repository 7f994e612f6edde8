"""The module of PyTorch against the reference engine: every layer and option, scores and gradients."""

import numpy as np
import pytest
from small_networks import CASES, STOCHASTIC, Pair, agree, losses
from test_native_zoo import digits, drawn

from lenet import zoo
from lenet.engine.native import NativeEngine
from lenet.engine.reference import ReferenceEngine
from lenet.engine.reference.losses import evaluate
from lenet.engine.reference.randomness import draw, key
from lenet.errors import LenetError
from lenet.network import (
    RBF,
    Conv,
    DeformablePool,
    Dense,
    Flatten,
    L2Pool,
    LocalContrastNorm,
    MaxPool,
    MeanPool,
    Network,
    StochasticPool,
)
from lenet.preparation import Preparation

torch = pytest.importorskip("torch")

from lenet.engine.torch.module import LeNet  # noqa: E402

DOUBLE = 5e-7  # of the largest number: in double, the constants of a layer are still float32


def module_of(pair, **settings):
    return LeNet(pair.network, pair.reference.preparation, pair.reference.layout.views(pair.flat), **settings)


def gradient(module, images, labels, loss, draws=None):
    """Return the gradient of the mean loss by full name, back through the module from the oracle's dE/dy."""
    module.zero_grad()
    smallest = module.network.smallest_wins
    answers = module(module.prepare(images), draws)
    scores = -answers if smallest else answers
    _, dscores = evaluate(loss, scores.detach().numpy(), labels, smallest)
    scores.backward(torch.from_numpy(dscores / len(images)))
    return {name: parameter.grad.numpy() for name, parameter in module.weights.items()}


def agree_on_gradients(module, engine, flat, images, labels, loss, tolerance, draws=None, **random):
    ours = gradient(module, images, labels, loss, draws)
    right = engine.layout.views(engine.gradient(flat, images, labels, loss, **random)[2])
    for name in right:
        agree(ours[name], right[name], tolerance, f"{name}, {loss.kind.value}")
    return ours


@pytest.mark.parametrize("name", CASES)
def test_every_layer_agrees(name):
    pair = Pair(*CASES[name])
    module = module_of(pair).double()
    images, labels = pair.data(4)
    right = pair.reference.features(pair.flat, images)
    ours = module.features(module.prepare(images))
    assert list(ours) == list(right)
    for layer, features in right.items():
        agree(ours[layer].detach().numpy(), features, DOUBLE, layer)
    if module.weights:
        for loss in losses(pair.network):
            agree_on_gradients(module, pair.reference, pair.flat, images, labels, loss, DOUBLE)


def uniforms(network, count, seed, pass_):
    """Return what the reference draws with in a pass, for each stochastic pool."""
    keys = key(seed, pass_, np.arange(count))[:, None, None, None]
    places = {step.name: (place, step) for place, step in enumerate(network.steps)}
    return {
        name: torch.from_numpy(draw(keys, ((place + 1) << 32) + np.arange(np.prod(step.output)).reshape(step.output)))
        for name, (place, step) in places.items()
        if isinstance(step.layer, StochasticPool)
    }


@pytest.mark.parametrize("name", STOCHASTIC)
def test_stochastic_pools_draw_while_training_only(name):
    pair = Pair(*STOCHASTIC[name])
    module = module_of(pair).double()
    images, labels = pair.data(4)
    draws = uniforms(pair.network, 4, 3, 1)
    for loss in losses(pair.network):
        agree_on_gradients(module, pair.reference, pair.flat, images, labels, loss, DOUBLE, draws, random=(3, 1, 0))
    x = module.prepare(images)
    torch.manual_seed(0)
    assert not torch.equal(module(x), module(x))
    module.eval()
    agree(module(x).detach().numpy(), pair.reference.scores(pair.flat, images), DOUBLE)


def test_a_window_without_a_positive_pixel_draws_nothing():
    network = Network("dark", (1, 2, 2), (StochasticPool(), Flatten()))
    module, x = LeNet(network, Preparation((1, 2, 2))), torch.full((1, 1, 2, 2), -1.0, requires_grad=True)
    for mode in (True, False):
        y = module.train(mode)(x)
        y.sum().backward()
        assert not y.any() and not x.grad.any()


@pytest.mark.parametrize("layer", [L2Pool(), LocalContrastNorm(size=3)])
def test_roots_at_nothing(layer):
    network = Network("even", (1, 4, 4), (layer, Flatten()))
    x = torch.zeros(2, 1, 4, 4, requires_grad=True)
    LeNet(network, Preparation((1, 4, 4)))(x).square().sum().backward()
    assert not x.grad.any()  # and not NaN


@pytest.mark.parametrize("layer", [MaxPool(size=3, stride=2), DeformablePool(size=3, stride=2)])
def test_of_equal_pixels_the_first_gets_the_gradient(layer):
    network = Network("even", (1, 5, 5), (layer, Flatten()))
    x = torch.ones(1, 1, 5, 5, requires_grad=True)
    LeNet(network, Preparation((1, 5, 5)))(x).sum().backward()
    expected = torch.zeros(5, 5)
    expected[:3:2, :3:2] = 1
    assert torch.equal(x.grad[0, 0], expected)


@pytest.mark.parametrize("name", zoo.ZOO)
def test_every_network_of_the_zoo_agrees(name):
    row = zoo.entry(name)
    native = NativeEngine(row.network, row.recipe.preparation, threads=1)
    flat = drawn(native.layout)
    module = LeNet(row.network, row.recipe.preparation, native.layout.views(flat))
    images, labels = digits(8, row.recipe.preparation.shape[1])
    sign = -1 if row.network.smallest_wins else 1
    agree(sign * module(torch.from_numpy(images)).detach().numpy(), native.scores(flat, images))
    for loss in losses(row.network):
        agree_on_gradients(module, native, flat, images, labels, loss, 1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("name", zoo.ZOO)
def test_a_thousand_digits(name):
    """The networks as they are trained: scores in float32, gradients in float64, where rounding hides nothing."""
    from lenet import data, to_torch, weights

    mnist = data.load("mnist")
    module = to_torch(name, seed=None if name in weights.names() else 0)
    side = (module.preparation.shape[1] - 28) // 2
    images = np.pad(mnist.test_images[:1000], ((0, 0), (side, side), (side, side)))
    labels = mnist.test_labels[:1000].astype(np.int64)
    settings = module.network, module.preparation
    native, reference = NativeEngine(*settings, threads=1), ReferenceEngine(*settings)
    flat = native.layout.flatten(module.arrays())
    scores = native.scores(flat, images)
    read = module.penalties if module.network.smallest_wins else module
    agree(read(torch.from_numpy(images)).detach().numpy(), scores, 1e-5)
    for loss in losses(module.network):
        agree_on_gradients(module, native, flat, images, labels, loss, 5e-4)  # float32 sums of a thousand gradients
        some = slice(0, 200)
        agree_on_gradients(module.double(), reference, flat, images[some], labels[some], loss, 1e-9)
        module.float()


def test_scores_are_penalties_negated():
    pair = Pair(*CASES["distances"])
    module, (images, _) = module_of(pair), pair.data(5)
    x = module.prepare(images)
    assert torch.equal(module(x), -module.penalties(x))
    assert torch.equal(module.features(x)["output"][:, :, 0, 0], module.penalties(x))
    with pytest.raises(LenetError, match="'small' has no penalties, as it doesn't end in an RBF layer"):
        module_of(Pair(*CASES["one class"])).penalties(torch.zeros(1, 1, 3, 3))


def test_names():
    layers = (
        Conv(2, kernel=1, name="C1"),
        MeanPool(name="c1"),
        Conv(2, kernel=1, name="if"),
        MeanPool(size=1, name="train"),
        Conv(2, kernel=1, name="a-b"),
        Flatten(name="network"),
        Dense(3, name="weights"),
    )
    network = Network("names", (1, 4, 4), layers)
    module = LeNet(network, Preparation((1, 4, 4)))
    assert list(dict(module.named_children())) == ["c1", "c1_", "if_", "train_", "a_b", "network_", "weights_"]
    assert list(module.layers) == [layer.name for layer in network.layers]
    assert list(module.state_dict()) == list(module.names.values())
    assert module.names["a-b.weight"] == "a_b.weight" and module.train().training
    assert {name: tuple(p.shape) for name, p in module.weights.items()} == network.parameter_shapes
    assert module.features(torch.zeros(2, 1, 4, 4))["a-b"].shape == (2, 2, 2, 2)


def test_codes_are_parameters_where_they_are_learned_only():
    fixed, learned = (module_of(Pair(*CASES[name])) for name in ("codes alone", "learned codes alone"))
    assert not fixed.state_dict() and fixed.output.weight.shape == (4, 3)
    assert list(learned.state_dict()) == ["output.weight"]


def test_classes_and_the_preparation_travel():
    module = module_of(Pair(*CASES["padded picture"]), classes=("a", "b", "c", "d"))
    assert module.classes == ("a", "b", "c", "d") and module.preparation.padding == 3
    assert "1 x 9 x 8 pictures, prepared to -0.3 ... 1.1 with a border of 3; 4 classes" in repr(module)
    assert "(c1): Conv(3x3, scaled-tanh, 1 x 15 x 14 -> 3 x 13 x 12)" in repr(module)
    with pytest.raises(LenetError, match=r"the preparation gives \(1, 28, 28\), but 'small' reads \(1, 15, 14\)"):
        LeNet(module.network, Preparation())


class TestInput:
    """What goes in: floats as they are, bytes as pictures."""

    @pytest.fixture
    def module(self):
        layers = (Conv(2, kernel=3), Flatten(), Dense(4))
        network = Network("input", (1, 10, 9), layers)
        module = LeNet(network, Preparation((1, 6, 5), low=-1.0, high=3.0, padding=2))
        torch.manual_seed(0)
        for parameter in module.parameters():
            torch.nn.init.normal_(parameter)
        return module

    def test_pictures_are_prepared(self, module):
        pixels = torch.randint(0, 256, (3, 6, 5), dtype=torch.uint8)
        x = module.prepare(pixels)
        expected = torch.full((3, 1, 10, 9), -1.0)
        expected[:, 0, 2:-2, 2:-2] = -1 + 4 * pixels.float() / 255
        assert torch.allclose(x, expected)
        for same in (pixels, pixels[:, None], pixels.numpy(), pixels / 255, (pixels / 255).numpy().astype(np.float64)):
            assert torch.allclose(module.prepare(same), x)
        fixed = pixels.numpy().copy()
        fixed.flags.writeable = False
        assert torch.equal(module.prepare(fixed), x)
        assert torch.equal(module(pixels), module(x)) and torch.equal(module(pixels[:, None]), module(x))
        assert module.double().prepare(pixels).dtype == torch.float64

    def test_the_reference_prepares_alike(self, module):
        pixels = np.random.default_rng(0).integers(0, 256, (3, 6, 5), np.uint8)
        engine = ReferenceEngine(module.network, module.preparation)
        flat = engine.layout.flatten(module.arrays())
        agree(module(torch.from_numpy(pixels)).detach().numpy(), engine.scores(flat, pixels))

    @pytest.mark.parametrize(
        ("x", "message"),
        [
            (torch.zeros(3, 6, 5), r"reads \(N, 1, 10, 9\), but \(3, 6, 5\) came; pictures go through module.prepare"),
            (torch.zeros(3, 1, 6, 5), r"reads \(N, 1, 10, 9\), but \(3, 1, 6, 5\) came"),
            (torch.zeros(1, 10, 9), r"reads \(N, 1, 10, 9\), but \(1, 10, 9\) came"),
            (torch.zeros(3, 1, 10, 9, dtype=torch.uint8), r"pictures must be \(N, 1, 6, 5\) or \(N, 6, 5\), but are"),
            (torch.zeros(6, 5, dtype=torch.uint8), r"pictures must be .*, but are \(6, 5\)"),
            (torch.zeros(3, 1, 10, 9, dtype=torch.int64), "floating-point input, or pictures of uint8"),
        ],
    )
    def test_nothing_is_guessed(self, module, x, message):
        with pytest.raises(LenetError, match=message):
            module(x)

    @pytest.mark.parametrize(
        ("pictures", "message"),
        [
            (torch.full((1, 6, 5), 255.0), r"in \[0, 1\], but go from 255 to 255; divide"),
            (torch.full((1, 6, 5), torch.nan), "NaN or infinity"),
            (torch.zeros(1, 6, 5, dtype=torch.int32), "must be uint8 .* but are torch.int32"),
            (np.zeros((1, 6, 5), bool), "must be uint8 .* but are torch.bool"),
            (torch.zeros(1, 1, 10, 9), r"pictures must be \(N, 1, 6, 5\)"),
        ],
    )
    def test_pictures_that_make_no_sense(self, module, pictures, message):
        with pytest.raises(LenetError, match=message):
            module.prepare(pictures)

    def test_channels(self):
        module = LeNet(Network("rgb", (3, 2, 2), (Flatten(), Dense(4))), Preparation((3, 2, 2)))
        assert module(torch.zeros(5, 3, 2, 2, dtype=torch.uint8)).shape == (5, 4)
        with pytest.raises(LenetError, match=r"pictures must be \(N, 3, 2, 2\), but are \(3, 2, 2\)"):
            module(torch.zeros(3, 2, 2, dtype=torch.uint8))


@pytest.mark.parametrize(
    "optimiser",
    [
        lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, weight_decay=0.1, nesterov=True),
        lambda p: torch.optim.AdamW(p, 0.1, weight_decay=0.1, amsgrad=True),
        lambda p: torch.optim.RMSprop(p, 0.1, momentum=0.5, centered=True),
        lambda p: torch.optim.Rprop(p, 0.1),
        torch.optim.Adadelta,
        torch.optim.NAdam,
    ],
)
def test_what_a_table_leaves_out_stays_zero(optimiser):
    pair = Pair(*CASES["tables"])
    module, (images, labels) = module_of(pair), pair.data(9)
    rule, x, before = optimiser(module.parameters()), module.prepare(images), pair.flat.copy()
    for _ in range(3):
        rule.zero_grad()
        torch.nn.functional.cross_entropy(module(x), torch.from_numpy(labels)).backward()
        rule.step()
    after = pair.reference.layout.flatten({name: p.detach().numpy() for name, p in module.weights.items()})
    connected = pair.reference.layout.connected
    assert not after[~connected].any() and (after != before)[connected].mean() > 0.9


def test_weights_put_where_the_table_leaves_them_out_do_not_count():
    module, x = module_of(Pair(*CASES["tables"])), torch.rand(2, 1, 14, 13)
    y, arrays = module(x), module.arrays()
    with torch.no_grad():
        module.c2.weight += 1 - module.c2.connected
    assert torch.equal(module(x), y)
    assert all((module.arrays()[name] == arrays[name]).all() for name in arrays)


def test_another_head():
    """An RBF output exchanged for a layer of PyTorch's own: nothing is negated any more."""
    module = LeNet(Network("head", (4, 1, 1), (RBF(codes=((1.0,) * 4, (0.0,) * 4)),)), Preparation((4, 1, 1)))
    x = torch.rand(2, 4, 1, 1)
    assert (module(x) < 0).all()
    module.output = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4, 3))
    assert torch.equal(module(x), module.output(x))

"""The module among PyTorch's own tools: compile, export, autocast, copies, functional calls and vmap."""

import copy
import io
import pickle

import numpy as np
import pytest
from small_networks import CASES, STOCHASTIC, Pair, agree

torch = pytest.importorskip("torch")

from lenet import zoo  # noqa: E402
from lenet.engine.torch.module import LeNet  # noqa: E402

# One of every kind of layer.
KINDS = [
    "tables",
    "no bias",
    "stride and padding after a layer",
    "3 copies, 2 by 2",
    "MeanPool, 3 by 2",
    "MaxPool, 3 by 2",
    "L2Pool, 3 by 2",
    "DeformablePool, 3 by 2",
    "stochastic, 3 by 2",
    "response norm, 5",
    "contrast norm, 5",
    "distances",
    "learned codes",
    "padded picture",
]


def made(name):
    """Return the module of a small network, evaluating, and pictures as bytes."""
    pair = Pair(*{**CASES, **STOCHASTIC}[name])
    weights = pair.reference.layout.views(pair.flat)
    module = LeNet(pair.network, pair.reference.preparation, weights).eval()
    return module, torch.from_numpy(pair.data(5, np.uint8)[0])


def of_the_zoo(name):
    row, rng = zoo.entry(name), np.random.default_rng(0)
    weights = {k: rng.normal(0, 0.1, shape).astype("f4") for k, shape in row.network.parameter_shapes.items()}
    module = LeNet(row.network, row.recipe.preparation, weights).eval()
    return module, torch.randint(0, 256, (5, *module.preparation.shape), dtype=torch.uint8)


def same(ours, right, tolerance=1e-5):
    agree(ours.detach().float().numpy(), right.detach().float().numpy(), tolerance)


@pytest.mark.parametrize("name", KINDS)
def test_copies_and_files(name):
    module, pictures = made(name)
    scores = module(pictures)
    assert torch.equal(copy.deepcopy(module)(pictures), scores)
    again = pickle.loads(pickle.dumps(module))
    assert torch.equal(again(pictures), scores) and again.network == module.network
    file = io.BytesIO()
    torch.save(module.state_dict(), file)
    file.seek(0)
    for parameter in again.parameters():
        torch.nn.init.zeros_(parameter)
    again.load_state_dict(torch.load(file, weights_only=True))
    assert torch.equal(again(pictures), scores)


@pytest.mark.parametrize("name", KINDS)
def test_other_precisions(name):
    module, pictures = made(name)
    x, scores = module.prepare(pictures), module(pictures)
    with torch.autocast("cpu", torch.bfloat16):
        same(module(x), scores, 0.03)
    same(copy.deepcopy(module).bfloat16()(pictures), scores, 0.06)
    double = copy.deepcopy(module).to(torch.float64)(pictures)
    assert double.dtype == torch.float64
    same(double, scores, 1e-4)


@pytest.mark.parametrize("name", KINDS)
def test_several_networks_at_once(name):
    """Weights of two networks in one call, with the gradients of each; and each picture by itself."""
    module, pictures = made(name)
    x = module.prepare(pictures)
    stacked = {k: torch.stack([p, 0.5 * p]).detach() for k, p in module.named_parameters()}

    def scores(weights):
        return torch.func.functional_call(module, weights, (x,))

    def loss(weights):
        return scores(weights).square().mean()

    together, gradients = torch.func.vmap(scores)(stacked), torch.func.vmap(torch.func.grad(loss))(stacked)
    for member in range(2):
        weights = {k: p[member] for k, p in stacked.items()}
        same(together[member], scores(weights))
        for k, gradient in torch.func.grad(loss)(weights).items():
            same(gradients[k][member], gradient, 1e-4)
    same(torch.func.vmap(lambda one: module(one[None])[0])(x), module(x))


def test_stochastic_pools_draw_for_each_network():
    module, pictures = made("stochastic, 3 by 2")
    x, weights = module.train().prepare(pictures), dict(module.named_parameters())
    stacked = {k: torch.stack([p, p]).detach() for k, p in weights.items()}
    shapes = {step.name: (2, 5, *step.output) for step in module.network.steps if step.name.startswith("S")}
    draws = {name: torch.rand(shape) for name, shape in shapes.items()}

    def scores(weights, draws):
        return torch.func.functional_call(module, weights, (x, draws))

    together = torch.func.vmap(scores)(stacked, draws)
    for member in range(2):
        same(together[member], module(x, {name: uniform[member] for name, uniform in draws.items()}))


def exported(module, pictures):
    """Hold exported programs, of pictures and of prepared input, against the module; any number of images."""
    several = torch.export.Dim("several", min=2)
    more = torch.cat([pictures, pictures.flip(0)])
    for x, other in ((pictures, more), (module.prepare(pictures), module.prepare(more))):
        program = torch.export.export(module, (x,), dynamic_shapes=({0: several},))
        same(program.module()(other), module(other))


def test_export():
    exported(*made("3 copies, 2 by 2"))


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_layer_exports(name):
    exported(*made(name))


@pytest.mark.slow
@pytest.mark.parametrize("name", zoo.ZOO)
def test_every_network_of_the_zoo_exports(name):
    exported(*of_the_zoo(name))


def compiled(module, pictures, backend):
    """Hold the compiled module against itself: one graph, scores and gradients."""
    torch._dynamo.reset()
    fast = torch.compile(module, fullgraph=True, backend=backend)
    same(fast(pictures), module(pictures), 1e-4)
    x = module.prepare(pictures)
    right = gradients(module, module, x)
    for name, gradient in gradients(fast, module, x).items():
        same(gradient, right[name], 1e-4)


def gradients(call, module, x):
    module.zero_grad()
    call(x).square().mean().backward()
    return {name: parameter.grad.clone() for name, parameter in module.named_parameters()}


def test_one_graph():
    compiled(*made("distances"), backend="eager")


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_layer_compiles(name):
    compiled(*made(name), backend="aot_eager")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.torch.jit.script_method. is deprecated")  # Inductor's own
@pytest.mark.parametrize("name", ["lenet5", "relu-valid"])
def test_networks_of_the_zoo_compile(name):
    compiled(*of_the_zoo(name), backend="inductor")

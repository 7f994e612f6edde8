"""Every network of the zoo on the native engine: shapes, finite, gradients, the reference, and PyTorch."""

import numpy as np
import pytest
from small_networks import ISAS, agree, on

from lenet import zoo
from lenet.engine.reference import ReferenceEngine
from lenet.network import RBF, Activation, Conv, Dense, Flatten, LocalResponseNorm, MaxPool, MeanPool, Subsample
from lenet.recipe import LossKind


def drawn(layout, seed=0):
    """Return weights of moderate size."""
    rng = np.random.default_rng(seed)
    flat = np.zeros(layout.size, np.float32)
    for name, shape in layout.network.parameter_shapes.items():
        scale = 0.1 if len(shape) == 1 else np.sqrt(1 / np.prod(shape[1:]))
        flat[layout.slices[name]] = rng.normal(0, scale, int(np.prod(shape)))
    flat[~layout.connected] = 0
    return flat


def digits(count, side=28):
    """Return pictures like digits, blurred strokes on empty ground, and labels."""
    rng = np.random.default_rng(1)
    images = np.zeros((count, side, side), np.uint8)
    images[:, -24:-4, -24:-4] = rng.integers(0, 256, (count, 20, 20)) * (rng.random((count, 20, 20)) < 0.4)
    return images, rng.integers(0, 10, count)


@pytest.mark.parametrize("name", zoo.ZOO)
def test_a_network_of_the_zoo(name):
    row = zoo.entry(name)
    reference = ReferenceEngine(row.network, row.recipe.preparation)
    flat, layout = drawn(reference.layout), reference.layout
    images, labels = digits(18, row.recipe.preparation.shape[1])
    scores, features = reference.scores(flat, images), reference.features(flat, images)
    mean, wrong, gradient = reference.gradient(flat, images, labels, row.recipe.loss)
    for isa in ISAS:
        native = on(isa, row.network, row.recipe.preparation, threads=2)
        ours = native.scores(flat, images)
        assert ours.dtype == np.float32
        assert np.isfinite(ours).all()
        agree(ours, scores, what=isa)
        agree(native.scores(flat, images[:1]), scores[:1], what=isa)
        made = native.features(flat, images)
        assert list(made) == ["input", *(step.name for step in row.network.steps)]
        for step in row.network.steps:
            assert made[step.name].shape == (18, *step.output)
            agree(made[step.name], features[step.name], what=f"{step.name}, {isa}")
        our_mean, our_wrong, our_gradient = native.gradient(flat, images, labels, row.recipe.loss)
        assert (our_mean, our_wrong) == (pytest.approx(mean, rel=1e-5), wrong)
        assert not our_gradient[~layout.connected].any()
        for array, place in layout.slices.items():
            assert our_gradient[place].any(), f"{array} learns nothing"
            agree(our_gradient[place], gradient[place], 1e-4, what=f"{array}, {isa}")
        if smooth(row.network):
            assert our_gradient[layout.connected].all()


def smooth(network):
    """Return whether every weight has a say in every answer."""
    return not any(isinstance(layer, MaxPool) or layer.activation is Activation.RELU for layer in network.layers)


SIMPLE = [n for n, row in zoo.items() if not any(isinstance(a, (RBF, Subsample)) for a in row.network.layers)]


@pytest.mark.parametrize("name", SIMPLE)
def test_pytorch_agrees(name):
    torch = pytest.importorskip("torch")
    row = zoo.entry(name)
    native = on(ISAS[0], row.network, row.recipe.preparation)
    flat, (images, labels) = drawn(native.layout, seed=2), digits(20)
    weights = {k: torch.tensor(a, requires_grad=True) for k, a in native.layout.views(flat.astype(np.float64)).items()}
    inputs = native.features(flat, images)["input"]
    scores = torch_scores(row.network, weights, torch.tensor(inputs.astype(np.float64)))
    agree(native.scores(flat, images), scores.detach().numpy())
    assert row.recipe.loss.kind is LossKind.CROSS_ENTROPY
    loss = torch.nn.functional.cross_entropy(scores, torch.tensor(labels))
    loss.backward()
    mean, _, gradient = native.gradient(flat, images, labels, row.recipe.loss)
    assert mean == pytest.approx(loss.item(), rel=1e-5)
    for array, place in native.layout.slices.items():
        agree(gradient[place], weights[array].grad.numpy().ravel(), 1e-4, what=array)


def torch_scores(network, weights, x):
    """Return PyTorch's answers for a network of plain layers."""
    from torch.nn import functional as f

    functions = {"tanh": f.tanh, "sigmoid": f.sigmoid, "relu": f.relu, "none": lambda x: x}
    for step in network.steps:
        layer, own = step.layer, {k.split(".")[1]: a for k, a in weights.items() if k.split(".")[0] == step.name}
        match layer:
            case Conv():
                x = f.conv2d(x, own["weight"], own["bias"], layer.stride, layer.padding)
            case MeanPool():
                x = f.avg_pool2d(x, layer.size, layer.step)
            case MaxPool():
                x = f.max_pool2d(x, layer.size, layer.step)
            case LocalResponseNorm():
                x = f.local_response_norm(x, layer.size, layer.alpha * layer.size, layer.beta, layer.k)
            case Flatten():
                x = x.flatten(1)
            case Dense():
                x = f.linear(x.flatten(1), own["weight"], own["bias"])
        x = functions[layer.activation.value](x)
    return x

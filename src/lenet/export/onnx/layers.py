"""The layers of a network as nodes of ONNX: what ``engine/reference`` computes, by operators that runtimes have."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...engine.layout import Weights
from ...engine.reference.normalisation import gaussian
from ...errors import LenetError
from ...network import (
    AMPLITUDE,
    RBF,
    SLOPE,
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
    Pool,
    Step,
    StochasticPool,
    Subsample,
)
from ..steps import costs
from .graph import Graph

ONE_NODE = {Activation.TANH: "Tanh", Activation.SIGMOID: "Sigmoid", Activation.RELU: "Relu"}
SMALLEST = float(np.finfo(np.float32).tiny)


def add(graph: Graph, step: Step, weights: Weights) -> None:
    """Add a layer and its activation; the tensor that it gives has the layer's name.

    Args:
        graph: ends in the layer's input.
        step: the layer.
        weights: all arrays of the network, by full name.

    Raises:
        LenetError: it is a layer that isn't known here.
    """
    before = len(graph.nodes)
    sums(graph, step, weights)
    activate(graph, step)
    finish(graph, step, before)


def sums(graph: Graph, step: Step, weights: Weights) -> None:
    """Add a layer up to its activation."""
    name, layer = step.name, step.layer
    shape(graph, step)
    match layer:
        case Conv() | Subsample() | Dense():
            weigh(graph, step, [graph.constant(f"{name}.{key}", array) for key, array in arrays(step, weights).items()])
        case Pool():
            _pool(graph, step, layer, weights)
        case LocalResponseNorm():
            _response(graph, step, layer)
        case LocalContrastNorm():
            _contrast(graph, step, layer)
        case Flatten():
            pass
        case RBF():
            _distances(graph, step, weights.get(f"{name}.weight", np.array(layer.targets(), np.float32)))
        case _:
            raise LenetError(f"layer {name} is a {type(layer).__name__}, which lenet can't write as ONNX")
    graph.shape = step.output


def shape(graph: Graph, step: Step) -> bool:
    """Make the last tensor a row of units or maps, as a layer reads it; return whether it wasn't."""
    before = graph.flat
    if isinstance(step.layer, (Dense, RBF, Flatten)):
        graph.row(f"{step.name}.row")
    else:
        graph.maps(f"{step.name}.maps")
    return graph.flat is not before


def activate(graph: Graph, step: Step) -> None:
    """Add a layer's activation."""
    name, activation = step.name, step.layer.activation
    if activation is Activation.SCALED_TANH:  # A tanh(S a)
        graph.node("Mul", f"{name}.slope", graph.constant(f"{name}.S", SLOPE))
        graph.node("Tanh", f"{name}.tanh")
        graph.node("Mul", f"{name}.amplitude", graph.constant(f"{name}.A", AMPLITUDE))
    elif activation is not Activation.NONE:
        graph.node(ONE_NODE[activation], f"{name}.{activation.value}")


def finish(graph: Graph, step: Step, before: int) -> None:
    """Call what a layer gives by its name; ``before`` is the number of nodes before it."""
    if len(graph.nodes) == before:  # a Flatten of what is flat
        graph.node("Identity", step.name)
    graph.call_last(step.name)


def arrays(step: Step, weights: Weights) -> dict[str, NDArray[np.float32]]:
    """Return the ``weight`` and, if there is one, the ``bias`` of a ``Conv``, ``Dense`` or ``Subsample``.

    A subsampling's coefficient times the sum of a window is a convolution whose kernel holds the coefficient
    everywhere, (output maps, 1, size, size). Output map o reads input map o // copies, as its groups do.
    """
    own = {key.rpartition(".")[2]: weights[key] for key in step.parameter_shapes}
    if isinstance(step.layer, Subsample):
        coefficient, size = own.pop("coefficient"), step.layer.size
        kernels = np.broadcast_to(coefficient[:, None, None, None], (len(coefficient), 1, size, size))
        return {"weight": kernels, **own}
    return own


def weigh(graph: Graph, step: Step, parameters: list[str]) -> None:
    """Add the sums of a ``Conv``, ``Dense`` or ``Subsample``; ``parameters`` names what ``arrays`` gives."""
    name = f"{step.name}.sums"
    match step.layer:
        case Conv(kernel=kernel, stride=stride, padding=padding):
            graph.node("Conv", name, *parameters, **_window(kernel, stride), pads=[padding] * 4)
        case Subsample(size=size, step=stride):
            graph.node("Conv", name, *parameters, **_window(size, stride), group=step.input[0])
        case Dense():
            graph.node("Gemm", name, *parameters, transB=1)


def _window(size: int, stride: int) -> dict[str, list[int]]:
    return {"kernel_shape": [size] * 2, "strides": [stride] * 2}


def _pool(graph: Graph, step: Step, layer: Pool, weights: Weights) -> None:
    name = f"{step.name}.pool"
    window = _window(layer.size, layer.step)
    match layer:
        case MeanPool():
            graph.node("AveragePool", name, **window)
        case MaxPool():
            graph.node("MaxPool", name, **window)
        case L2Pool():
            graph.node("LpPool", name, p=2, **window)
        case StochasticPool():  # sum w^2 / sum w of what is above 0; a ratio of means is one of sums
            positive = graph.node("Relu", f"{name}.positive")
            graph.node("AveragePool", f"{name}.mean", **window)
            mean = graph.node("Max", f"{name}.divisor", graph.constant(f"{name}.smallest", SMALLEST))
            graph.of("Mul", f"{name}.squares", [positive, positive])
            graph.node("AveragePool", f"{name}.mean-square", **window)
            graph.node("Div", name, mean)
        case DeformablePool():
            _deformable(graph, step, layer, weights[f"{step.name}.penalty"])
        case _:
            raise LenetError(f"layer {step.name} is a {type(layer).__name__}, which lenet can't write as ONNX")


def _deformable(graph: Graph, step: Step, layer: DeformablePool, penalty: NDArray[np.float32]) -> None:
    """Add the largest of pixel minus penalty: a map for each place in the window, then the largest of those."""
    name, pixels, (maps, rows, columns) = f"{step.name}.pool", layer.size**2, step.output
    kernels = np.tile(np.eye(pixels).reshape(pixels, 1, layer.size, layer.size), (maps, 1, 1, 1))
    parameters = [
        graph.constant(f"{name}.places", kernels),
        graph.constant(f"{step.name}.penalty", -costs(layer, penalty).ravel()),
    ]
    graph.node("Conv", f"{name}.penalised", *parameters, **_window(layer.size, layer.step), group=maps)
    places = graph.constant(f"{name}.places-in-a-row", (-1, maps, pixels, rows * columns), np.int64)
    graph.node("Reshape", f"{name}.each", places)
    graph.node("MaxPool", f"{name}.largest", kernel_shape=[pixels, 1])
    graph.node("Reshape", name, graph.constant(f"{name}.shape", (-1, maps, rows, columns), np.int64))


def _response(graph: Graph, step: Step, layer: LocalResponseNorm) -> None:
    name, maps = f"{step.name}.norm", step.input[0]
    if layer.size % 2:  # ONNX divides alpha by the size, and runtimes know odd sizes only
        sizes = {"size": layer.size, "alpha": layer.alpha * layer.size, "beta": layer.beta, "bias": layer.k}
        graph.node("LRN", name, **sizes)
        return
    x = graph.last
    j, i = np.indices((maps, maps))
    beside = (i >= j - layer.size // 2) & (i <= j + (layer.size - 1) // 2)
    graph.of("Mul", f"{name}.squares", [x, x])
    parameters = [
        graph.constant(f"{name}.beside", layer.alpha * beside[:, :, None, None]),
        graph.constant(f"{name}.k", np.full(maps, layer.k)),
    ]
    graph.node("Conv", f"{name}.divisor", *parameters, kernel_shape=[1, 1])
    divisor = graph.node("Pow", f"{name}.power", graph.constant(f"{name}.beta", layer.beta))
    graph.of("Div", name, [x, divisor])


def _contrast(graph: Graph, step: Step, layer: LocalContrastNorm) -> None:
    """Add v / max(s, mean of s, floor): the local means are products with the matrices of a Gaussian, edges and all."""
    name, (maps, rows, columns), x = f"{step.name}.norm", step.input, graph.last
    mean = graph.constant(f"{name}.mean-of-maps", np.full((1, maps, 1, 1), 1 / maps))
    above = graph.constant(f"{name}.rows", gaussian(rows, layer))
    beside = graph.constant(f"{name}.columns", gaussian(columns, layer).T)

    def local_mean(of: str) -> str:
        graph.node("Conv", f"{of}.over-maps", mean, kernel_shape=[1, 1])
        graph.of("MatMul", f"{of}.over-rows", [above, graph.last])
        return graph.node("MatMul", f"{of}.mean", beside)

    v = graph.of("Sub", f"{name}.centred", [x, local_mean(f"{name}.x")])
    graph.of("Mul", f"{name}.squares", [v, v])
    local_mean(f"{name}.v2")
    s = graph.node("Sqrt", f"{name}.deviation")
    graph.node("GlobalAveragePool", f"{name}.mean-deviation")
    d = graph.node("Max", f"{name}.divisor", s, graph.constant(f"{name}.floor", layer.floor))
    graph.of("Div", name, [v, d])


def _distances(graph: Graph, step: Step, codes: NDArray[np.float32]) -> None:
    """Add sum_j (x_j - w_ij)^2 as it stands: x.x - 2 x.w + w.w would cancel, and lose digits of small distances."""
    name = step.name
    axes = graph.constant(f"{name}.axis", [1], np.int64)
    graph.node("Unsqueeze", f"{name}.each", axes)
    gap = graph.node("Sub", f"{name}.gap", graph.constant(f"{name}.weight", codes))  # (N, classes, inputs)
    graph.node("Mul", f"{name}.squares", gap)
    graph.node("ReduceSum", f"{name}.sums", graph.constant(f"{name}.last-axis", [2], np.int64), keepdims=0)

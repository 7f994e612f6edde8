"""A network as an ONNX model, for ONNX Runtime and OpenVINO."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from lenet.network import AMPLITUDE, RBF, SLOPE, Activation, Conv, Dense, Flatten, MaxPool, MeanPool, Step, Subsample

from .base import System, strange

SIMPLE = {Activation.TANH: "Tanh", Activation.SIGMOID: "Sigmoid", Activation.RELU: "Relu"}
OPSET = 17


@dataclass
class _Graph:
    """The nodes and constants so far, and the name of the last result."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)
    last: str = "input"

    def constant(self, name: str, values: NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, kind: str, name: str, *others: str, **attributes: Any) -> None:
        self.nodes.append(helper.make_node(kind, [self.last, *others], [name], name=name, **attributes))
        self.last = name


def onnx_model(system: System) -> bytes:
    """Return the network of a system's problem as an ONNX file: ``input`` (N, maps, rows, columns) -> ``scores``."""
    network, graph = system.problem.network, _Graph()
    for step in network.steps:
        _layer(system, graph, step)
        _activate(graph, step)
    if not isinstance(network.layers[-1], (Dense, RBF)):
        _flatten(graph, network.steps[-1], "flat-scores")
    main = helper.make_graph(
        graph.nodes,
        network.name,
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", *network.input])],
        [helper.make_tensor_value_info(graph.last, TensorProto.FLOAT, ["N", network.classes])],
        graph.constants,
    )
    model = helper.make_model(main, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    onnx.checker.check_model(model)
    data: bytes = model.SerializeToString()
    return data


def _layer(system: System, graph: _Graph, step: Step) -> None:
    name, weights = step.name, system.problem.weights
    shapes = {} if isinstance(step.layer, Subsample) else step.parameter_shapes
    own = [graph.constant(key, weights[key]) for key in shapes]
    match step.layer:
        case Conv() as conv:
            sizes = {"kernel_shape": [conv.kernel] * 2, "strides": [conv.stride] * 2, "pads": [conv.padding] * 4}
            graph.node("Conv", name, *own, **sizes)
        case Dense():
            _flatten(graph, step, f"{name}.flat")
            graph.node("Gemm", name, *own, transB=1)
        case Flatten():
            graph.node("Flatten", name)
        case MeanPool(size=size, step=stride):
            graph.node("AveragePool", name, kernel_shape=[size] * 2, strides=[stride] * 2)
        case MaxPool(size=size, step=stride):
            graph.node("MaxPool", name, kernel_shape=[size] * 2, strides=[stride] * 2)
        case Subsample(size=size, step=stride, copies=1):
            graph.node("AveragePool", f"{name}.mean", kernel_shape=[size] * 2, strides=[stride] * 2)
            scale = weights[f"{name}.coefficient"].reshape(-1, 1, 1) * size**2  # of a mean, which ONNX has
            graph.node("Mul", f"{name}.product", graph.constant(f"{name}.scale", scale))
            graph.node("Add", name, graph.constant(f"{name}.shift", weights[f"{name}.bias"].reshape(-1, 1, 1)))
        case RBF() as rbf:
            _distances(graph, step, np.array(rbf.targets(), np.float32))
        case layer:
            raise strange(system, layer)


def _flatten(graph: _Graph, step: Step, name: str) -> None:
    graph.node("Reshape", name, graph.constant(f"{name}.shape", np.array([-1, prod(step.input)], np.int64)))


def _distances(graph: _Graph, step: Step, codes: NDArray[np.float32]) -> None:
    """Add x.x - 2 x.w + w.w."""
    name = step.name
    _flatten(graph, step, f"{name}.flat")
    flat = graph.last
    graph.node("ReduceSumSquare", f"{name}.squares", axes=[1], keepdims=1)
    squares, graph.last = graph.last, flat
    constants = graph.constant(f"{name}.codes", -2 * codes), graph.constant(f"{name}.lengths", (codes**2).sum(1))
    graph.node("Gemm", f"{name}.products", *constants, transB=1)
    graph.node("Add", name, squares)


def _activate(graph: _Graph, step: Step) -> None:
    activation, name = step.layer.activation, f"{step.name}.activation"
    if activation is Activation.SCALED_TANH:
        graph.node("Mul", f"{name}.slope", graph.constant(f"{name}.S", np.array(SLOPE, np.float32)))
        graph.node("Tanh", f"{name}.tanh")
        graph.node("Mul", name, graph.constant(f"{name}.A", np.array(AMPLITUDE, np.float32)))
    elif activation is not Activation.NONE:
        graph.node(SIMPLE[activation], name)

"""What stands around a network's layers: a picture's preparation before, and scores, probabilities and label after."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto

from ...network import Network
from ...preparation import Preparation
from ...recipe import Loss, LossKind
from .graph import Graph


def prepare(graph: Graph, preparation: Preparation) -> None:
    """Add x = low + (high - low) p / 255 and a border of ``low``; the tensor that it gives is ``input``.

    The graph ends in uint8 pictures p: (N, rows, columns), or with several channels (N, channels, rows, columns).
    """
    graph.node("Cast", "picture.float", to=TensorProto.FLOAT)
    if preparation.shape[0] == 1:
        graph.node("Unsqueeze", "picture.map", graph.constant("picture.axis", [1], np.int64))
    graph.node("Mul", "picture.range", graph.constant("picture.scale", (preparation.high - preparation.low) / 255))
    low = graph.constant("picture.low", preparation.low)
    graph.node("Add", "picture.shifted", low)
    if preparation.padding:
        border = [0, 0, preparation.padding, preparation.padding] * 2
        graph.node("Pad", "picture.padded", graph.constant("picture.border", border, np.int64), low)
    graph.call_last("input")
    graph.shape = preparation.input


def score(graph: Graph, network: Network) -> str:
    """Add the scores (N, classes), of which the largest wins: minus the distances where the network ends in an RBF."""
    graph.row("scores.row")
    return graph.node("Neg" if network.smallest_wins else "Identity", "scores")


def share(graph: Graph, loss: Loss) -> str:
    """Add the probabilities (N, classes) of scores: softmax, with a class more at -j where the loss has one (eq. 9)."""
    classes = graph.shape[0]
    if loss.kind is LossKind.DISCRIMINATIVE:
        one_more = graph.constant("probabilities.one-more", [0, 0, 0, 1], np.int64)
        graph.node("Pad", "probabilities.scores", one_more, graph.constant("probabilities.rubbish", -loss.j))
        graph.node("Softmax", "probabilities.of-all", axis=1)
        ends = [("begin", 0), ("end", classes), ("axis", 1)]
        graph.node("Slice", "probabilities", *(graph.constant(f"probabilities.{k}", [v], np.int64) for k, v in ends))
    else:
        graph.node("Softmax", "probabilities", axis=1)
    return graph.last


def label(graph: Graph, scores: str) -> str:
    """Add the class (N,) of the largest score, of equals the first."""
    return graph.of("ArgMax", "label", [scores], axis=1, keepdims=0)


def sure(graph: Graph, first: str, gap: float) -> str:
    """Add whether the best of the first member's scores (N, classes) beats the second by ``gap`` or more, (N, 1)."""
    if graph.shape[0] < 2:
        return graph.constant("sure", [[True]], np.bool_)
    two = graph.constant("sure.two", [2], np.int64)
    graph.of("TopK", "sure.best", [first, two], further=["sure.places"], axis=1)
    graph.node("MatMul", "sure.gap", graph.constant("sure.difference", [[1], [-1]]))
    return graph.node("GreaterOrEqual", "sure", graph.constant("sure.least", gap))

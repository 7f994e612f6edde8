"""A problem's network as ``lenet export`` writes it, for ONNX Runtime and OpenVINO."""

from __future__ import annotations

import numpy as np

from lenet.export.onnx.building import build
from lenet.export.onnx.document import DEFAULT_OPSET, document
from lenet.model import Model

from ..problem import Floats, Problem


def onnx_model(problem: Problem) -> bytes:
    """Return an ONNX file: ``input`` (N, maps, rows, columns) -> ``scores`` (N, classes), of which the largest wins."""
    model = Model(problem.network, problem.recipe.preparation, problem.weights)
    return document(model, build(model, with_preparation=False), with_preparation=False, opset=DEFAULT_OPSET)


def as_outputs(problem: Problem, scores: Floats) -> Floats:
    """Return the last layer's outputs, of which the smallest wins where they are distances."""
    outputs: Floats = np.negative(scores) if problem.network.smallest_wins else scores
    return outputs

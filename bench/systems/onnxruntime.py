"""ONNX Runtime, on the processor."""

from __future__ import annotations

import onnxruntime

from ..problem import Floats, Problem
from .base import System
from .onnx_model import as_outputs, onnx_model


class OnnxRuntime(System):
    """A session of all optimisations, whose threads don't spin: they would slow whatever runs next."""

    name = "ONNX Runtime"
    packages = ("onnxruntime", "onnx")
    trains = False
    note = "float32 digits prepared beforehand; `session.intra_op.allow_spinning` 0"

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = problem.threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self.session = onnxruntime.InferenceSession(onnx_model(problem), options, providers=["CPUExecutionProvider"])

    def scores(self, held: Floats) -> Floats:
        """Return the last layer's outputs."""
        return as_outputs(self.problem, self.session.run(None, {"input": held})[0])

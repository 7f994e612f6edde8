"""OpenVINO, on the processor."""

from __future__ import annotations

import sys

sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # importing it would report to its makers

import openvino  # noqa: E402

from ..problem import Floats, Problem  # noqa: E402
from .base import System  # noqa: E402
from .onnx_model import as_outputs, onnx_model  # noqa: E402


class OpenVino(System):
    """The network compiled anew for each number of digits, in float32 (its default may be bfloat16)."""

    name = "OpenVINO"
    packages = ("openvino", "onnx")
    trains = False
    note = "float32 digits prepared beforehand; latency mode, compiled for each number of digits, float32 throughout"

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.core = openvino.Core()
        self.model = onnx_model(problem)
        self.requests: dict[int, openvino.InferRequest] = {}

    def scores(self, held: Floats) -> Floats:
        """Return the last layer's outputs."""
        request = self.requests.get(len(held)) or self._compile(len(held))
        return as_outputs(self.problem, request.infer({0: held}, share_inputs=True, share_outputs=True)[0])

    def _compile(self, digits: int) -> openvino.InferRequest:
        model = self.core.read_model(self.model)
        model.reshape([digits, *self.problem.network.input])
        settings = {
            "INFERENCE_NUM_THREADS": self.problem.threads,
            "NUM_STREAMS": 1,
            "INFERENCE_PRECISION_HINT": "f32",
            "PERFORMANCE_HINT": "LATENCY",
        }
        self.requests[digits] = self.core.compile_model(model, "CPU", settings).create_infer_request()
        return self.requests[digits]

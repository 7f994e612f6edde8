"""A model as an ONNX file, written with onnx's own helpers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ...extras import require
from ...files import write_atomically
from ..written import Written

if TYPE_CHECKING:
    from ...model import Ensemble, Model


def write(model: Model | Ensemble, path: Path, *, with_preparation: bool = False, opset: int | None = None) -> Written:
    """Write a model as ONNX, for any number N of pictures at once.

    Without preparation, ``input`` (N, maps, rows, columns) float32 -> ``scores`` (N, classes). With it, ``picture``
    (N, rows, columns) uint8, 0 paper and 255 ink -> ``label`` (N,) int64, ``probabilities`` (N, classes), ``scores``.
    The largest score wins: an RBF output's distances are negated. How pictures are prepared is in the file's metadata
    either way. ONNX's checker has found it right; ONNX Runtime, where it is installed, has answered as the model.

    Args:
        model: what to write. Of an ensemble all members are in the graph, and are all computed.
        path: where to.
        with_preparation: whether the graph prepares pictures by itself.
        opset: version of ONNX's operators; None: ``document.DEFAULT_OPSET``.

    Raises:
        LenetError: onnx isn't installed; no such opset; a layer that ONNX can't say; the file can't be written; or ONNX
            Runtime's answers are others.
    """
    require("onnx", "onnx", "writing ONNX files")
    from . import checking
    from .building import build
    from .document import document, opset_of

    opset = opset_of(opset)
    data = document(
        model, build(model, with_preparation=with_preparation), with_preparation=with_preparation, opset=opset
    )
    gap = checking.difference(model, data, with_preparation, exact=True) if checking.installed() else None
    write_atomically(path, data)
    facts = {"opset": opset, "with_preparation": with_preparation, "difference": gap}
    return Written(path, model.name, len(data), facts, (_inside(with_preparation, opset), _checked(gap)))


def _inside(with_preparation: bool, opset: int) -> str:
    between = "picture (uint8) -> label, probabilities, scores" if with_preparation else "input (prepared) -> scores"
    return f"ONNX, opset {opset}: {between}"


def _checked(gap: float | None) -> str:
    if gap is None:
        return "checked by onnx; not run, since onnxruntime isn't installed"
    return f"checked by onnx, and run by ONNX Runtime: scores within {gap:.0e} of lenet's, as a share of the largest"

"""A model as an ONNX file, written with onnx's own helpers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ...extras import require
from ...files import write_atomically
from ..written import Written

if TYPE_CHECKING:
    from ...model import Ensemble, Model


def write(
    model: Model | Ensemble,
    path: Path,
    *,
    with_preparation: bool = False,
    opset: int | None = None,
    int8: bool = False,
    data: str | os.PathLike[str] | None = None,
) -> Written:
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
        int8: whether layers with weights are in 8 bits; see ``quantised``.
        data: in 8 bits: name or path of the data set whose training pictures to calibrate on; None: the one that the
            model was trained on. Its test pictures, if it has some, tell what 8 bits cost.

    Raises:
        LenetError: onnx isn't installed; no such opset; a layer that ONNX can't say; in 8 bits, no data, or no layer
            with weights; the file can't be written; or ONNX Runtime's answers are others.
    """
    require("onnx", "onnx", "writing ONNX files")
    from ..int8 import calibration
    from . import checking, quantised
    from .building import build, members
    from .document import document, opset_of

    opset, dataset, add = opset_of(opset), None, []
    if int8:
        quantised.check(model.network)
        dataset = calibration.data_set(members(model)[0], data)
        pictures = calibration.pictures(dataset)
        add = [quantised.Quantiser(calibration.ranges(member, pictures)).add for member in members(model)]
    graph = build(model, with_preparation=with_preparation, add=add)
    file = document(model, graph, with_preparation=with_preparation, opset=opset)
    gap = cost = None
    if checking.installed():
        gap = checking.difference(model, file, with_preparation, exact=not int8)
        cost = checking.cost(model, file, with_preparation, dataset) if dataset is not None else None
    write_atomically(path, file)
    facts = {"opset": opset, "with_preparation": with_preparation, "int8": int8, "difference": gap}
    notes = [_inside(with_preparation, int8, opset), _checked(gap, int8), *([cost.words()] if cost else [])]
    return Written(path, model.name, len(file), {**facts, "test": cost and cost.facts()}, tuple(notes))


def _inside(with_preparation: bool, int8: bool, opset: int) -> str:
    between = "picture (uint8) -> label, probabilities, scores" if with_preparation else "input (prepared) -> scores"
    return f"ONNX, {'int8' if int8 else 'float32'}, opset {opset}: {between}"


def _checked(gap: float | None, int8: bool) -> str:
    if gap is None:
        return "checked by onnx; not run, since onnxruntime isn't installed"
    if int8:
        return "checked by onnx, and run by ONNX Runtime"
    return f"checked by onnx, and run by ONNX Runtime: scores within {gap:.0e} of lenet's, as a share of the largest"

"""A graph as a file of ONNX: what goes in and comes out, and what it says of itself."""

from __future__ import annotations

import json

import onnx
from onnx import TensorProto, ValueInfoProto, helper

from ...errors import LenetError
from ...model import Ensemble, Model, description
from ...version import version
from .building import INPUT, LABEL, PICTURE, PROBABILITIES, SCORES, members
from .graph import Graph

DEFAULT_OPSET = 17  # of 2022: ONNX Runtime 1.12 and whatever came after it runs it
FIRST_OPSET, LAST_OPSET = 13, 28  # the first with a scale an output map; the last that was tried


def opset_of(wanted: int | None) -> int:
    """Return the version of ONNX's operators to write; raise ``LenetError`` where it isn't one of those there are."""
    last = min(LAST_OPSET, onnx.defs.onnx_opset_version())
    if wanted is None:
        return DEFAULT_OPSET
    if not isinstance(wanted, int) or not FIRST_OPSET <= wanted <= last:
        raise LenetError(f"opset must be a whole number from {FIRST_OPSET} to {last}, but is {wanted!r}")
    return wanted


def document(model: Model | Ensemble, graph: Graph, *, with_preparation: bool, opset: int) -> bytes:
    """Return a file of ONNX, which ONNX's checker has found right, shapes and types and all."""
    network, (channels, rows, columns) = model.network, model.preparation.shape
    scores = _tensor(SCORES, TensorProto.FLOAT, network.classes)
    if with_preparation:
        picture = (rows, columns) if channels == 1 else (channels, rows, columns)
        inputs = [_tensor(PICTURE, TensorProto.UINT8, *picture)]
        label, shares = _tensor(LABEL, TensorProto.INT64), _tensor(PROBABILITIES, TensorProto.FLOAT, network.classes)
        outputs = [label, shares, scores]
    else:
        inputs, outputs = [_tensor(INPUT, TensorProto.FLOAT, *network.input)], [scores]
    main = helper.make_graph(graph.nodes, network.name, inputs, outputs, graph.constants)
    imports = [helper.make_opsetid("", opset)]
    file = helper.make_model(
        main,
        opset_imports=imports,
        ir_version=helper.find_min_ir_version_for(imports),
        producer_name="lenet",
        producer_version=version(),
        doc_string=_words(model, with_preparation),
    )
    helper.set_model_props(file, metadata(model))
    onnx.checker.check_model(file, full_check=True)
    data: bytes = file.SerializeToString(deterministic=True)
    return data


def metadata(model: Model | Ensemble) -> dict[str, str]:
    """Return what the file says of the model, as JSON by names such as ``lenet.preparation``; see docs/export.md."""
    about = {**description.of(model), "metrics": model.metrics}
    if isinstance(model, Ensemble):
        about |= {"sure": model.sure, "members": [description.history(member) for member in model.members]}
    else:
        about |= description.history(model)
    version = about.pop("lenet")
    with description.packing("a model"):
        props = {f"lenet.{name}": json.dumps(value, allow_nan=False) for name, value in about.items()}
    return {"lenet.version": version, **props}


def _tensor(name: str, kind: int, *shape: int) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, ["N", *shape])


def _words(model: Model | Ensemble, with_preparation: bool) -> str:
    preparation, network = model.preparation, model.network
    channels, rows, columns = preparation.shape
    size = f"{rows} x {columns}" if channels == 1 else f"{channels} x {rows} x {columns}"
    if with_preparation:
        first = f"Reads uint8 pictures of {size}, 0 paper and 255 ink."
    else:
        border = (
            f", with a border of {preparation.padding} pixels of {preparation.low:g}" if preparation.padding else ""
        )
        first = (
            f"Reads pictures of {size}, prepared: a pixel p from 0 (paper) to 255 (ink) becomes "
            f"{preparation.low:g} + {preparation.high - preparation.low:g} p / 255{border}."
        )
    of = (
        f"{len(members(model))} networks {network.name} together."
        if isinstance(model, Ensemble)
        else f"{network.name}."
    )
    kind = "minus the distances of the RBF output" if network.smallest_wins else "the outputs of the last layer"
    return f"{of} {first} scores: {kind}, the largest wins."

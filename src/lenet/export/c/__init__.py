"""A model as one header of C99, in float32 or in whole numbers."""

from __future__ import annotations

import os
from pathlib import Path

from ...files import write_atomically
from ...model import Ensemble, Model
from ..steps import single
from ..written import Written


def write(
    model: Model | Ensemble, path: Path, *, int8: bool = False, data: str | os.PathLike[str] | None = None
) -> Written:
    """Write a model as a header of C99, which holds the code, the weights and a self-test.

    All identifiers begin with the file's name: ``lenet5.h`` declares ``lenet5_predict``.

    Args:
        model: what to write.
        path: where to.
        int8: whether in whole numbers, with weights of 8 bits, rather than in float32.
        data: in whole numbers: name or path of the data set whose training pictures to calibrate on; None: the one that
            the model was trained on. Its test pictures, if it has some, tell what the whole numbers cost.

    Raises:
        LenetError: the model is an ensemble; in whole numbers, the data can't be had, or a layer can't be computed; or
            the file can't be written.
    """
    from ..int8 import accuracy, calibration, emulate, quantising
    from . import float32, text, vectors, whole
    from .about import about
    from .header import header

    model = single(model)
    prefix = text.identifier(path.stem, otherwise=text.identifier(model.name))
    pictures, cost = vectors.pictures(model.preparation.shape), None
    if int8:
        quantising.check(model.network)
        dataset = calibration.data_set(model, data)
        emulation = emulate(model, dataset)
        cost = accuracy.measure(model, emulation, dataset)
        program = whole.program(emulation.network, prefix, pictures)
    else:
        program = float32.program(model, prefix, pictures)
    code = header(program, about(model, program, path.name, cost)).encode()
    write_atomically(path, code)
    kind = "int8" if int8 else "float32"
    memory = f"{program.constants:,} bytes of constants, {program.memory:,} of working memory"
    facts = {"arithmetic": kind, "prefix": prefix, "constants": program.constants, "memory": program.memory}
    notes = [f"C99, {kind}: {prefix}_predict; {memory}", *([] if cost is None else [cost.words()])]
    return Written(path, model.name, len(code), {**facts, "test": cost and cost.facts()}, tuple(notes))

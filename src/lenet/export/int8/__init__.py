"""A model in whole numbers: weights of 8 bits, a scale for each output map, and sums of 32 bits."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ...model import Ensemble, Model
from ..steps import single

if TYPE_CHECKING:
    from ...data import Dataset
    from .emulation import Emulation

__all__ = ["emulate"]


def emulate(
    model: Model | Ensemble | str | os.PathLike[str], data: Dataset | str | os.PathLike[str] | None = None
) -> Emulation:
    """Return what answers as the C code of a model in whole numbers does, bit for bit.

    Args:
        model: a model, or what ``lenet.load`` takes.
        data: on whose training pictures to calibrate: a data set, its name or path; None: the model's own.

    Raises:
        LenetError: the model is an ensemble; the data can't be had or don't fit; or a layer can't be computed so.
    """
    from ...weights import load
    from . import calibration, quantising
    from .emulation import Emulation

    if isinstance(model, (str, os.PathLike)):
        model = load(model)
    model = single(model)
    quantising.check(model.network)
    pictures = calibration.pictures(calibration.data_set(model, data))
    return Emulation(quantising.quantise(model, pictures))

"""A file to what is in it."""

from __future__ import annotations

import os

from . import ensemble, model
from .description import file_of
from .ensemble import Ensemble
from .file import unpack
from .model import Model


def load(path: str | os.PathLike[str], *, threads: int | None = None, engine: str = "native") -> Model | Ensemble:
    """Return the model or the ensemble in a file, or in the folder of a run.

    Args:
        path: the file's or the folder's.
        threads: that read at once; None: one a core.
        engine: ``native``, ``reference`` or ``torch``, the last on a device of yours as ``torch:cpu``.

    Raises:
        LenetError: there is no such file, or it is damaged or neither; the text names it.
    """
    path = file_of(path)
    arrays, about = unpack(path, {"model": model.FORMAT, "ensemble": ensemble.FORMAT})
    kind = Ensemble if about["kind"] == "ensemble" else Model
    return kind.unpacked(path, arrays, about, threads=threads, engine=engine)

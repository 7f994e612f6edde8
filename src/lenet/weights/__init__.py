"""Trained weights that come with the package, each made by a recipe of the zoo."""

from __future__ import annotations

import json
import os
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import LenetError, unknown
from ..zoo import ZOO

if TYPE_CHECKING:
    from ..model import Ensemble, Model

ENDING = ".safetensors"


def names() -> tuple[str, ...]:
    """Return the names of the weights in the package: those of networks of the zoo, and others such as ensembles."""
    return tuple(sorted(f.name.removesuffix(ENDING) for f in files(__package__).iterdir() if f.name.endswith(ENDING)))


def path(name: str) -> Path:
    """Return the file of the weights of that name.

    Raises:
        LenetError: the package has none of that name; the text says which it has.
    """
    if name not in names():
        if name not in ZOO:
            raise unknown("trained network", name, {*names(), *ZOO}, "(or the path of a file or of a run's folder)")
        there = f"it has {', '.join(names())}" if names() else "it has none"
        raise LenetError(f"the package has no weights of {name!r}, {there}; make them by: lenet train {name}")
    return Path(str(files(__package__).joinpath(name + ENDING)))


def describe(name: str) -> dict[str, Any]:
    """Return the description in the file of the weights of that name, without the weights (docs/models.md)."""
    with path(name).open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    description: dict[str, Any] = json.loads(header["__metadata__"]["lenet"])
    return description


def load(name: str | os.PathLike[str], *, threads: int | None = None, engine: str = "native") -> Model | Ensemble:
    """Return a trained model, or an ensemble of several.

    Args:
        name: of weights in the package; or the path of a ``.safetensors`` file or a run's folder.
        threads: that read at once; None: one a core.
        engine: ``native``, ``reference`` or ``torch``, the last on a device of yours as ``torch:cpu``.

    Raises:
        LenetError: there is no such model, or its file is damaged.
    """
    from ..model import load as load_file  # names are listed without NumPy

    text = os.fspath(name)
    inside = text in names() or (text in ZOO and not Path(text).exists())
    elsewhere = Path(text).exists() or text.endswith(ENDING) or os.sep in text
    where = Path(text) if elsewhere and not inside else path(text)
    return load_file(where, threads=threads, engine=engine)

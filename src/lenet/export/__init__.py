"""A trained model as a file for other programs: ``lenet.export("lenet5", "lenet5.onnx")``.

A format is a subpackage with a function ``write(model, path, **options) -> Written``; its keyword arguments are the
options of that format.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ..errors import LenetError
from .written import Written

if TYPE_CHECKING:
    from ..model import Ensemble, Model

__all__ = ["FORMATS", "Written", "export", "write"]

FORMATS = {".h": "c", ".onnx": "onnx"}  # by the suffix of a file's name: the subpackage that writes it


def export(model: Model | Ensemble | str | os.PathLike[str], path: str | os.PathLike[str], **options: Any) -> Path:
    """Write a model in the format that the path's suffix names, and return the path; see ``write``."""
    return write(model, path, **options).path


def write(model: Model | Ensemble | str | os.PathLike[str], path: str | os.PathLike[str], **options: Any) -> Written:
    """Write a model in the format that the path's suffix names: in full or, where that fails, not at all.

    Args:
        model: a model or an ensemble; or what ``lenet.load`` takes: the name of weights in the package, the path of a
            ``.safetensors`` file or of a run's folder.
        path: where to; ``.onnx`` is ONNX, ``.h`` plain C. The folder must exist.
        options: those of the format, as the ``write`` of its subpackage has them.

    Returns:
        What was written, and how it was checked.

    Raises:
        LenetError: no such format, option or model; a model that the format has no way to say; a file that can't be
            written; or one that doesn't answer as the model does, which isn't kept.
    """
    path = Path(path)
    writer = _writer(path)
    _check_options(path.suffix.lower(), writer, options)
    if path.is_dir():
        raise LenetError(f"{path} is a folder; the path of a file is needed")
    if not path.parent.is_dir():
        raise LenetError(f"{path} can't be written: there is no folder {path.parent}; make it first")
    return writer(_model(model), path, **options)


def _writer(path: Path) -> Callable[..., Written]:
    name = FORMATS.get(path.suffix.lower())
    if name is None:
        known = " or ".join(sorted(FORMATS))
        raise LenetError(f"the format of {path} isn't known: the file's name must end in {known}")
    writer: Callable[..., Written] = import_module(f".{name}", __name__).write
    return writer


def _check_options(suffix: str, writer: Callable[..., Written], options: dict[str, Any]) -> None:
    parameters = inspect.signature(writer).parameters.values()
    known = [parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY]
    for name in options:
        if name not in known:
            raise LenetError(f"a {suffix} file has no option {name!r}; it has: {', '.join(known)}")
    if options.get("data") is not None and not options.get("int8"):
        raise LenetError("--data is what int8 is calibrated on; float32 needs none: leave it out, or add --int8")


def _model(model: Model | Ensemble | str | os.PathLike[str]) -> Model | Ensemble:
    if isinstance(model, (str, os.PathLike)):
        from ..weights import load

        return load(model)
    return model


class _Callable(ModuleType):
    """This module answers as the function of its name: ``lenet.export(...)``."""

    def __call__(
        self, model: Model | Ensemble | str | os.PathLike[str], path: str | os.PathLike[str], **options: Any
    ) -> Path:
        """Write a model in the format that the path's suffix names, and return the path; see ``write``."""
        return export(model, path, **options)


sys.modules[__name__].__class__ = _Callable

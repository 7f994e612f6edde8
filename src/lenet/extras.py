"""Packages that come with an extra, such as ``lenet[torch]``: what to say where one is missing."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from .errors import LenetError


def require(module: str, extra: str, what: str) -> ModuleType:
    """Import and return a module that an extra brings.

    Args:
        module: its full name, such as ``onnx``.
        extra: the extra of ``lenet`` that brings it.
        what: what needs it, to begin the error's text with, such as ``"writing ONNX files"``.

    Raises:
        LenetError: its package isn't installed; the text names the command that installs it.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        package = module.partition(".")[0]
        if error.name is not None and error.name.partition(".")[0] != package:
            raise  # it is there, and lacks something itself
        raise LenetError(f'{what} needs {package}, which isn\'t installed: pip install "lenet[{extra}]"') from None

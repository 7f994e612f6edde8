"""The readers, a file each, all with the same small interface (``base.Reader``)."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from lenet.errors import LenetError, unknown

from .base import Answer, Reader

# By the name that --systems takes: the module, the class, and what to install.
SYSTEMS = {
    "lenet": ("ours", "Ours", "."),
    "lenet-untold": ("ours", "Untold", "."),
    "lenet-forced": ("ours", "Forced", "."),
    "lenet-cuts": ("ours", "ByCuts", "."),
    "lenet-sliding": ("ours", "BySliding", "."),
    "lenet5": ("plain", "Plain", "."),
    "tesseract": ("tesseract", "Tesseract", "tesseract-ocr, as Debian calls it"),
    "rapidocr": ("rapidocr", "Rapid", "rapidocr onnxruntime"),
    "rapidocr-digits": ("rapidocr", "RapidDigits", "rapidocr onnxruntime"),
}
USUAL = ("lenet", "lenet5", "tesseract", "rapidocr", "rapidocr-digits")

__all__ = ["SYSTEMS", "USUAL", "Answer", "Reader", "reader", "ready"]


def reader(name: str) -> type[Reader]:
    """Return the reader of that name; raise ``LenetError`` for an unknown one or one that isn't installed."""
    if name not in SYSTEMS:
        raise unknown("system", name, SYSTEMS)
    module, kind, install = SYSTEMS[name]
    try:
        found: type[Reader] = getattr(import_module(f"{__name__}.{module}"), kind)
    except ImportError as error:
        raise LenetError(f"not installed ({error}); install {install}") from None
    return found


def ready(names: Iterable[str], threads: int, skipped: dict[str, str]) -> dict[str, Reader]:
    """Return the readers by name, set up; note in ``skipped`` why one can't be.

    Raises:
        LenetError: there is no system of that name.
    """
    found: dict[str, Reader] = {}
    for name in names:
        if name not in SYSTEMS:
            raise unknown("system", name, SYSTEMS)
        try:
            found[name] = reader(name)(threads)
        except LenetError as error:
            skipped[name] = str(error)
    return found

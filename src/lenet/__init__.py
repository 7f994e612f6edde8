"""The LeNet networks of the literature: exactly, fast, and ready to use.

Every name here is fetched when it is first used, so that ``import lenet`` costs next to nothing; ``__init__.pyi``
tells type checkers of them.
"""

from importlib import import_module
from typing import Any

_MODULES = ("data", "export", "network", "reading", "recipe", "report", "training", "tuning", "weights", "zoo")

_NAMES = {
    "converting": "convert from_torch to_torch",
    "errors": "LenetError",
    "model": "Ensemble Metrics Model",
    "network": (
        "Activation Conv DeformablePool Dense Flatten L2Pool LocalContrastNorm LocalResponseNorm MaxPool MeanPool "
        "Network RBF StochasticPool Subsample"
    ),
    "preparation": "Preparation",
    "reading": "Reader Reading read read_many",
    "recipe": (
        "Adam Constant Cosine Distortion Inverse Loss LossKind OneCycle Patience Recipe SGD Shuffle Start Table "
        "Validation"
    ),
    "training": "Interrupted Observer Run train",
    "tuning": "tune",
    "version": "__version__",
    "weights": "load",
    "zoo": "Entry",
}
_WITH_EXTRAS = {"estimator": "LeNetClassifier"}  # can't be imported without, so no part of ``from lenet import *``
_HOME = {name: module for module, names in (*_NAMES.items(), *_WITH_EXTRAS.items()) for name in names.split()}

__all__ = [*_MODULES, *" ".join(_NAMES.values()).split()]  # noqa: PLE0604  names, all of them


def __getattr__(name: str) -> Any:
    """Return a name of the front, or a module, and keep it for the next time."""
    if name in _MODULES:
        return import_module(f".{name}", __name__)
    if name in _HOME:
        value = getattr(import_module(f".{_HOME[name]}", __name__), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the names of the front."""
    return sorted({*globals(), *__all__, *_HOME})

"""How a network is trained, as frozen dataclasses: data, preparation, start, loss, optimiser, schedule, seed."""

from .distortion import Distortion
from .loss import Loss, LossKind
from .optimisers import SGD, Adam, DiagonalLM, Optimiser
from .recipe import Recipe
from .rows import Shuffle, Validation
from .schedules import Constant, Cosine, Inverse, OneCycle, Schedule, Table
from .start import Start
from .stopping import Patience

__all__ = [
    "SGD",
    "Adam",
    "Constant",
    "Cosine",
    "DiagonalLM",
    "Distortion",
    "Inverse",
    "Loss",
    "LossKind",
    "OneCycle",
    "Optimiser",
    "Patience",
    "Recipe",
    "Schedule",
    "Shuffle",
    "Start",
    "Table",
    "Validation",
]

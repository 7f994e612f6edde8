"""The loop that follows a recipe: schedules and early stopping, checkpoints, metrics, history."""

from .boosting import Boosted, boost, is_boosting
from .history import Row
from .interrupts import Interrupted
from .observer import Observer, Plan, Progress
from .run import Run, train
from .start import draw

__all__ = [
    "Boosted",
    "Interrupted",
    "Observer",
    "Plan",
    "Progress",
    "Row",
    "Run",
    "boost",
    "draw",
    "is_boosting",
    "train",
]

"""The loop that follows a recipe: schedules and early stopping, checkpoints, metrics, history."""

from .assembly import assemble
from .boosting import boost, is_boosting
from .committee import Committee
from .going_on import go_on
from .history import Row
from .interrupts import Interrupted
from .loop import Diverged
from .members import is_together, together
from .observer import Observer, Plan, Progress, Several
from .run import Run, train
from .start import draw
from .tensorboard import TensorBoard

__all__ = [
    "Committee",
    "Diverged",
    "Interrupted",
    "Observer",
    "Plan",
    "Progress",
    "Row",
    "Run",
    "Several",
    "TensorBoard",
    "assemble",
    "boost",
    "draw",
    "go_on",
    "is_boosting",
    "is_together",
    "together",
    "train",
]

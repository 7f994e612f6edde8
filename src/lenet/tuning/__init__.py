"""Networks and recipes searched for good ones, by Optuna, on this machine's cores or on Ray."""

from .search import Watch
from .space import Space, read
from .trial import State, Trial
from .tuned import Tuned
from .tuner import tune

__all__ = ["Space", "State", "Trial", "Tuned", "Watch", "read", "tune"]

"""A network with its weights and how its input is prepared: predict, features, evaluate, save, load."""

from .metrics import Metrics
from .model import Model

__all__ = ["Metrics", "Model"]

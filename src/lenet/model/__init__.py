"""A network with its weights and how its input is prepared: predict, features, evaluate, save, load."""

from .committee import choose_sure
from .ensemble import Ensemble
from .loading import load
from .metrics import Metrics
from .model import Model

__all__ = ["Ensemble", "Metrics", "Model", "choose_sure", "load"]

"""To PyTorch and back: a module of a network, a model of a module, and files of weights that people saved."""

from .conversion import Conversion, convert, converted
from .modules import from_torch, to_torch

__all__ = ["Conversion", "convert", "converted", "from_torch", "to_torch"]

"""What a network is: layers and networks as frozen dataclasses, with their shapes and counts."""

from .activation import AMPLITUDE, SLOPE, Activation
from .classes import for_classes
from .layer import Layer, Shape
from .layers import RBF, Conv, Dense, Flatten, Table
from .network import Network, Step
from .normalisation import LocalContrastNorm, LocalResponseNorm
from .pooling import DeformablePool, L2Pool, MaxPool, MeanPool, Pool, StochasticPool, Subsample
from .wide import stride, wide

__all__ = [
    "AMPLITUDE",
    "RBF",
    "SLOPE",
    "Activation",
    "Conv",
    "DeformablePool",
    "Dense",
    "Flatten",
    "L2Pool",
    "Layer",
    "LocalContrastNorm",
    "LocalResponseNorm",
    "MaxPool",
    "MeanPool",
    "Network",
    "Pool",
    "Shape",
    "Step",
    "StochasticPool",
    "Subsample",
    "Table",
    "for_classes",
    "stride",
    "wide",
]

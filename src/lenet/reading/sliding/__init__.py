"""Reading without cutting: a network slid along the whole line, and a model of what characters look like to it."""

from .beam import Found, likeliest
from .characters import Characters
from .line import Along, Sliding
from .network import Answers, SlidingNetwork
from .places import Place, places
from .track import Track, track

__all__ = [
    "Along",
    "Answers",
    "Characters",
    "Found",
    "Place",
    "Sliding",
    "SlidingNetwork",
    "Track",
    "likeliest",
    "places",
    "track",
]

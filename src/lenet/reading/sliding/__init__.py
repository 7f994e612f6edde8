"""Reading without cutting: a network slid along the whole line, and a model of what characters look like to it."""

from .network import Answers, SlidingNetwork

__all__ = ["Answers", "SlidingNetwork"]

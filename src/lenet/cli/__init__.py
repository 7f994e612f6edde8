"""The commands: ``lenet train``, ``evaluate``, ``predict``, ``summary``, ``models``, ``data``, ``completion``."""

from .program import main

__all__ = ["main"]

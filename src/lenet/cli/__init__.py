"""The commands: ``lenet train``, ``evaluate``, ``predict``, ``summary``, ``report``, ``models``, ``data`` and so on."""

from .program import main

__all__ = ["main"]

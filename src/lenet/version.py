"""The version of this package."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed

try:
    __version__ = installed("lenet")
except PackageNotFoundError:
    __version__ = "uninstalled"  # the source, run without installing it


def version() -> str:
    """Return the version that is installed."""
    return __version__

"""Many machines: a cluster of Ray's, jobs on it, and pictures read by it."""

from .connection import connected
from .jobs import run_jobs

__all__ = ["connected", "run_jobs"]

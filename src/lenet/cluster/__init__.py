"""Many machines: a cluster of Ray's, jobs on it, and pictures read by it."""

from .connection import connected
from .jobs import LATER, run_jobs

__all__ = ["LATER", "connected", "run_jobs"]

"""Every claim about a LeNet, checked: runs over seeds, a table of what came out, and the paper's figures."""

from .claims import CLAIMS, Claim, find
from .ledger import Outcome, Watch
from .plan import Unit, units
from .results import Result, Results
from .runner import perform

__all__ = ["CLAIMS", "Claim", "Outcome", "Result", "Results", "Unit", "Watch", "find", "perform", "units"]

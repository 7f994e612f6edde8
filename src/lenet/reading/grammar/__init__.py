"""What an answer may be: its length, a pattern, a list of values, a check digit, or several of these at once."""

from .checks import IBAN, ISBN10, ISBN13, Luhn
from .choice import CHECKS, of
from .combined import Both, Either, both, either
from .grammar import DIGITS, Grammar, State
from .length import Length
from .pattern import Pattern
from .values import Values

__all__ = [
    "CHECKS",
    "DIGITS",
    "IBAN",
    "ISBN10",
    "ISBN13",
    "Both",
    "Either",
    "Grammar",
    "Length",
    "Luhn",
    "Pattern",
    "State",
    "Values",
    "both",
    "either",
    "of",
]

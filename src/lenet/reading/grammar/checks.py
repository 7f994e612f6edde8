"""Numbers with check digits.

Each looks at the digits only and passes over other characters, except the X of an ISBN. Sources: ISO/IEC 7812-1
(Luhn), ISO 2108 (ISBN), ISO 13616 and ISO/IEC 7064 (IBAN).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import cast

from ...errors import unknown
from .grammar import DIGITS, Grammar, State

# The digits and letters of an IBAN, country and check digits included, by the SWIFT registry: countries whose
# account numbers are of digits only, and others where letters may be, but needn't. Only digits can be read.
_LENGTHS = """
AE23 AT20 BA20 BE16 BI27 CR22 CZ24 DE22 DJ27 DK18 EE20 EG29 ES24 FI18 FO18 GL18 HR21 HU28 IL23 IS26 LT20 LY25 ME22 MN20
MR27 NO15 PL28 PT25 RS22 SD18 SE24 SI19 SK24 SO23 ST25 TL23 TN24 VA22 XK20
AD24 AL28 BY28 CH21 CY28 DO28 FR27 GR27 GT28 KZ20 LB28 LI21 LU20 MC27 MD24 MK19 OM23 RU33 SA24 TR26 UA29
"""
IBAN_LENGTHS = {word[:2]: int(word[2:]) for word in _LENGTHS.split()}


@dataclass(frozen=True)
class Luhn(Grammar):
    """Two digits or more, the last of them Luhn's check digit, as in the numbers of bank cards.

    From the right, every second digit is doubled (its digits added), and the sum is a multiple of 10. Which digits
    those are shows at the end only, so that a state holds two sums: were the last digit single, and were it doubled.
    """

    @property
    def start(self) -> State:
        """(sum with the last digit single, with it doubled, digits up to 2)."""
        return 0, 0, 0

    def step(self, state: State, character: str) -> State | None:
        """Add a digit to both sums."""
        if character not in DIGITS:
            return state
        single, doubled, count = cast(tuple[int, int, int], state)
        digit = int(character)
        return (doubled + digit) % 10, (single + sum(divmod(2 * digit, 10))) % 10, min(count + 1, 2)

    def accepts(self, state: State) -> bool:
        """Return whether the last digit, single, makes the sum a multiple of 10."""
        single, _, count = cast(tuple[int, int, int], state)
        return single == 0 and count == 2

    def __str__(self) -> str:
        return "Luhn's check digit"


@dataclass(frozen=True)
class ISBN10(Grammar):
    """An ISBN of ten: the digits times 10, 9, ..., 1 add up to a multiple of 11, the last may be X for ten.

    The X isn't read: where nine digits ask for it, the answer has it, whatever is in the ink there.
    """

    @property
    def marks(self) -> tuple[str, ...]:
        """The X."""
        return ("X",)

    @property
    def start(self) -> State:
        """(characters of the number, weighted sum)."""
        return 0, 0

    def step(self, state: State, character: str) -> State | None:
        """Add a digit, or the X at the end, by its weight."""
        count, total = cast(tuple[int, int], state)
        if character not in DIGITS and character != "X":
            return state
        if count == 10 or (character == "X" and count != 9):
            return None
        return count + 1, (total + (10 - count) * (10 if character == "X" else int(character))) % 11

    def accepts(self, state: State) -> bool:
        """Return whether there were ten, with a sum that is a multiple of 11."""
        return state == (10, 0)

    def __str__(self) -> str:
        return "an ISBN of 10"


@dataclass(frozen=True)
class ISBN13(Grammar):
    """An ISBN of thirteen: 978 or 979 first; the digits times 1, 3, 1, 3, ... add up to a multiple of 10."""

    @property
    def start(self) -> State:
        """(digits, weighted sum)."""
        return 0, 0

    def step(self, state: State, character: str) -> State | None:
        """Add a digit by its weight."""
        count, total = cast(tuple[int, int], state)
        if character not in DIGITS:
            return state
        if count == 13 or character not in {0: "9", 1: "7", 2: "89"}.get(count, DIGITS):
            return None
        return count + 1, (total + int(character) * (3 if count % 2 else 1)) % 10

    def accepts(self, state: State) -> bool:
        """Return whether there were thirteen, with a sum that is a multiple of 10."""
        return state == (13, 0)

    def __str__(self) -> str:
        return "an ISBN of 13"


@dataclass(frozen=True)
class IBAN(Grammar):
    r"""The digits of one country's IBANs: two check digits, then the account number, both as they are written.

    With the account number first, then the country's letters as numbers (A 10, ..., Z 35) and the check digits, the
    whole is 1 modulo 97. The letters aren't read; a pattern beside it, ``DE\d{20}``, puts them into the answer.

    Args:
        country: its two letters, of either case.

    Raises:
        LenetError: no such country is known, or its account numbers always hold letters.
    """

    country: str

    def __post_init__(self) -> None:
        """Check the country."""
        object.__setattr__(self, "country", str(self.country).upper())
        if self.country not in IBAN_LENGTHS:
            hint = "(only countries whose IBANs may be of digits alone after the country)"
            raise unknown("country of IBANs", self.country, IBAN_LENGTHS, hint)

    @cached_property
    def _digits(self) -> int:
        return IBAN_LENGTHS[self.country] - 2

    @cached_property
    def _shift(self) -> int:
        """What the check digits count for when they stand before the account number a: k s 10^|a| + a = k 10^-6 + a."""
        return pow(10, -6 - (self._digits - 2), 97)

    @cached_property
    def _wanted(self) -> int:
        """What that must be modulo 97: a 10^6 + letters 100 + k = 1, divided by 10^6."""
        letters = int("".join(str(ord(letter) - ord("A") + 10) for letter in self.country))
        return (1 - 100 * letters) * pow(10, -6, 97) % 97

    @property
    def start(self) -> State:
        """(digits, what they are so far modulo 97)."""
        return 0, 0

    def step(self, state: State, character: str) -> State | None:
        """Take in one more digit; the check digits, 02 to 98, are shifted once both are there."""
        count, rest = cast(tuple[int, int], state)
        if character not in DIGITS:
            return state
        if count == self._digits:
            return None
        rest = rest * 10 + int(character)
        if count == 1:
            return (2, rest * self._shift % 97) if 2 <= rest <= 98 else None
        return count + 1, rest % 97

    def accepts(self, state: State) -> bool:
        """Return whether all digits are there and the remainder is right."""
        return state == (self._digits, self._wanted)

    def __str__(self) -> str:
        return f"an IBAN of {self.country}"

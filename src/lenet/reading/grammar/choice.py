"""The grammar that a user asks for, by what it is made of."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from ...errors import LenetError, unknown
from .checks import IBAN, IBAN_LENGTHS, ISBN10, ISBN13, Luhn
from .combined import both, either
from .grammar import Grammar
from .length import Length
from .pattern import Pattern
from .values import Values

CHECKS = ("luhn", "isbn", "isbn10", "isbn13", "iban:DE")  # DE: any country whose IBANs can be of digits


def of(
    length: object = None,
    pattern: str | None = None,
    values: Iterable[str | int] | None = None,
    check: str | None = None,
) -> Grammar | None:
    """Return the grammar of answers that fit all that is given; None where nothing is.

    Args:
        length: digits: 5, (3, 6), "5" or "3-6".
        pattern: a regular expression for the whole answer; see ``Pattern``.
        values: the answers there are.
        check: ``luhn``, ``isbn`` (either), ``isbn10``, ``isbn13``, or ``iban:`` and a country: ``iban:DE``.

    Raises:
        LenetError: one of them is wrong, or no answer fits all of them.
    """
    parts: list[Grammar] = []
    if length is not None:
        parts.append(Length.of(length))
    if pattern is not None:
        parts.append(Pattern(pattern))
    if check is not None:
        parts.append(_check(check))
    if values is not None:
        parts.append(Values(values))
    return reduce(both, parts) if parts else None


def _check(name: str) -> Grammar:
    kind, _, country = str(name).lower().partition(":")
    if kind == "iban":
        if not country:
            raise LenetError(
                f"the check 'iban' needs a country, such as iban:DE; known: {' '.join(sorted(IBAN_LENGTHS))}"
            )
        return IBAN(country)
    known: dict[str, Grammar] = {
        "luhn": Luhn(),
        "isbn": either(ISBN10(), ISBN13()),
        "isbn10": ISBN10(),
        "isbn13": ISBN13(),
    }
    if country or kind not in known:
        raise unknown("check", name, CHECKS)
    return known[kind]

"""What is written: amounts, dates and plain numbers, as people and forms put them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .chance import Rng, one_of


@dataclass(frozen=True)
class Wordings:
    """How often what is written; weights within a mapping needn't sum to 1."""

    kinds: Mapping[str, float] = field(default_factory=lambda: {"amount": 6, "plain": 3, "date": 1, "decimals": 1})
    digits: Mapping[str, float] = field(
        default_factory=lambda: {"1": 1, "2": 2, "3": 4, "4": 8, "5": 9, "6": 6, "7": 3, "8": 2, "9": 1}
    )
    round_amount: float = 0.5  # how often an amount ends in zeros
    zero: float = 0.08  # how often a digit is a zero beyond its share
    group: Mapping[str, float] = field(default_factory=lambda: {"": 4, ".": 5, ",": 1.5, " ": 1})
    before: Mapping[str, float] = field(
        default_factory=lambda: {"": 30, "$": 1.5, "£": 0.3, "€": 0.3, "=": 0.4, "#": 0.4, "?": 0.5, "-": 0.3}
    )
    after: Mapping[str, float] = field(
        default_factory=lambda: {"": 12, "-": 2, "=": 2, ".": 1.2, ".-": 1, ",-": 0.3, "#": 0.5, "?": 0.5, "/": 0.2}
    )
    inside: float = 0.02  # how often a letter or scribble stands among the digits


def wording(rng: Rng, length: int | None = None, wordings: Wordings = Wordings()) -> str:
    """Return what is written, a character each.

    Digits, marks, ``?`` for what is none of both, and a space for a wider gap.

    Args:
        rng: of it all.
        length: how many digits; None: 1 to 9.
        wordings: how often what.
    """
    kind = one_of(rng, wordings.kinds)
    if kind == "date" and length in (None, 6, 8):
        text = _date(rng, length)
    else:
        digits = _digits(rng, length or int(one_of(rng, wordings.digits)), wordings, kind == "amount")
        if kind == "amount":
            text = _grouped(digits, one_of(rng, wordings.group))
        elif kind == "decimals" and len(digits) > 2:
            text = f"{digits[:-2]}{one_of(rng, {',': 1, '.': 1, '-': 0.3})}{digits[-2:]}"
        else:
            text = digits
        text = one_of(rng, wordings.before) + text + one_of(rng, wordings.after)
    if rng.random() < wordings.inside:
        place = int(rng.integers(len(text) + 1))
        text = f"{text[:place]}?{text[place:]}"
    return text


def _digits(rng: Rng, count: int, wordings: Wordings, amount: bool) -> str:
    digits = "".join("0" if rng.random() < wordings.zero else str(rng.integers(10)) for _ in range(count))
    if amount:
        digits = f"{rng.integers(1, 10)}{digits[1:]}"
        if count > 1 and rng.random() < wordings.round_amount:
            zeros = min(int(rng.integers(1, 6)), count - 1)
            digits = digits[:-zeros] + "0" * zeros
    return digits


def _grouped(digits: str, mark: str) -> str:
    first = len(digits) % 3
    groups = [digits[:first]] * bool(first) + [digits[i : i + 3] for i in range(first, len(digits), 3)]
    return mark.join(groups)


def _date(rng: Rng, length: int | None) -> str:
    day, month, year = int(rng.integers(1, 32)), int(rng.integers(1, 13)), int(rng.integers(1900, 2100))
    years = f"{year}" if length == 8 or (length is None and rng.random() < 0.5) else f"{year % 100:02d}"
    mark = one_of(rng, {"/": 3, ".": 3, "-": 3, " ": 1, "": 1})
    if length is None and rng.random() < 0.3:
        return f"{day}{mark or '/'}{month}{mark or '/'}{years}"
    parts = [years, f"{month:02d}", f"{day:02d}"] if rng.random() < 0.2 else [f"{day:02d}", f"{month:02d}", years]
    return mark.join(parts)

"""What was claimed beside what came out, as a table and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any

from ..report.table import Table
from .claims import CLAIMS, COST, LOSS, MEASURES, REJECTED, TEST, Claim
from .plan import Unit
from .results import Result

HEADS = (
    "claim", "measure", "claimed", "ours", "runs", "off by", "parameters", "multiply-adds", "a run", "to reject",
    "what",
)  # fmt: skip

PLAIN = {LOSS: 4, COST: 2}  # measures that are no shares, with the decimals that are shown


@dataclass(frozen=True)
class Spread:
    """Numbers over seeds.

    Attributes:
        values: one a run, by seed.
    """

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Their mean."""
        return fmean(self.values)

    @property
    def deviation(self) -> float | None:
        """Their standard deviation, with n - 1; None of a single one."""
        return stdev(self.values) if len(self.values) > 1 else None


def by_claim(results: Mapping[Unit, Result]) -> dict[Claim, list[Result]]:
    """Return the results of each claim by seed, the claims as the table of claims has them."""
    place = {claim: place for place, claim in enumerate(CLAIMS.values())}
    found: dict[Claim, list[Result]] = {}
    for unit in sorted(results, key=lambda unit: (place.get(unit.claim, len(place)), unit.seed)):
        found.setdefault(unit.claim, []).append(results[unit])
    return found


def spread(results: Iterable[Result], measure: str) -> Spread | None:
    """Return a measure over runs; None: they haven't got it."""
    values = tuple(result.measures[measure] for result in results if measure in result.measures)
    return Spread(values) if values else None


def listing(claims: Iterable[Claim]) -> Table:
    """Return the claims there are."""
    rows = [
        (
            claim.name,
            _number(TEST, claim.claimed.get(TEST)),
            ", ".join(map(str, claim.figures)),
            f"{claim.minutes:g}",
            f"{claim.what}; {claim.source}",
        )
        for claim in claims
    ]
    heads = ("claim", "error", "figures", "minutes", "what")
    return Table(heads, rows, words=("claim", "figures", "what"), spare=("minutes", "figures"))


def table(found: Mapping[Claim, list[Result]]) -> Table:
    """Return a row for each claim that has results, and one more for each further number that was claimed of it."""
    rows = []
    for claim, results in found.items():
        more = [name for name in MEASURES if name in claim.claimed and name not in (TEST, REJECTED)]
        rows += [_row(claim, results, TEST), *(_row(claim, results, measure) for measure in more)]
    spare = ("what", "multiply-adds", "parameters", "a run", "to reject")
    return Table(HEADS, rows, words=("claim", "measure", "what"), spare=spare)


def document(found: Mapping[Claim, list[Result]]) -> list[dict[str, Any]]:
    """Return the same for a program; errors are shares from 0 to 1. A claim may have no results yet."""
    return [
        {
            "claim": claim.name,
            "what": claim.what,
            "source": claim.source,
            "claimed": dict(claim.claimed),
            "measured": {name: _told(values) for name in MEASURES if (values := spread(results, name)) is not None},
            "runs": len(results),
            "parameters": results[0].parameters if results else None,
            "multiply_adds": results[0].multiply_adds if results else None,
            "seconds": round(fmean(result.seconds for result in results), 3) if results else None,
        }
        for claim, results in found.items()
    ]


def _told(values: Spread) -> dict[str, Any]:
    return {"mean": values.mean, "deviation": values.deviation, "values": list(values.values)}


def _row(claim: Claim, results: list[Result], measure: str) -> tuple[str, ...]:
    claimed, ours = claim.claimed.get(measure), spread(results, measure)
    first, main = results[0], measure == TEST
    off = "" if claimed is None or ours is None else _number(measure, ours.mean - claimed, sign="+")
    cells = (
        claim.name if main else "",
        measure,
        _number(measure, claimed),
        text(measure, ours),
        f"{len(results)}",
        off,
    )
    if not main:
        return (*cells, "", "", "", "", "")
    seconds = fmean(result.seconds for result in results)
    return (
        *cells,
        count(first.parameters),
        count(first.multiply_adds),
        time(seconds),
        _reject(claim, results),
        claim.what,
    )


def _reject(claim: Claim, results: list[Result]) -> str:
    ours, claimed = text(REJECTED, spread(results, REJECTED)), _number(REJECTED, claim.claimed.get(REJECTED))
    return f"{ours}, claimed {claimed}" if ours and claimed else ours


def text(measure: str, values: Spread | None) -> str:
    """Return mean and deviation in words, such as ``0.95% ±0.04``; empty where there are none."""
    if values is None:
        return ""
    if values.deviation is None:
        return _number(measure, values.mean)
    plain = measure in PLAIN
    deviation = f"{values.deviation:.{PLAIN[measure]}f}" if plain else f"{100 * values.deviation:.{_digits(measure)}f}"
    return f"{_number(measure, values.mean)} ±{deviation}"


def _digits(measure: str) -> int:
    return 1 if measure == REJECTED else 2


def _number(measure: str, value: float | None, sign: str = "") -> str:
    if value is None:
        return ""
    return f"{value:{sign}.{PLAIN[measure]}f}" if measure in PLAIN else f"{value:{sign}.{_digits(measure)}%}"


def count(number: int | None) -> str:
    """Return a count in words; empty where there is none."""
    return "" if number is None else f"{number:,}"


def time(seconds: float) -> str:
    """Return a time in words, such as ``2:31 min``."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02} min" if minutes else f"{seconds:.1f} s"

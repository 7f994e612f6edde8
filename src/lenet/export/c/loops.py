"""Loops and indices, with what runs only once left out."""

from __future__ import annotations

from collections.abc import Iterable


def over(*loops: tuple[str, int], do: Iterable[str]) -> list[str]:
    """Return loops in one another, each a variable and how often; one that runs once is none, its index ``0``."""
    lines = list(do)
    if all(count == 1 for _, count in loops) and len(lines) > 1:
        return ["{", *(f"  {line}" for line in lines), "}"]  # what it declares stays inside
    for variable, count in reversed(loops):
        if count > 1:
            head = f"for (int {variable} = 0; {variable} < {count}; {variable}++) {{"
            lines = [head, *(f"  {line}" for line in lines), "}"]
    return lines


def index(variable: str, count: int) -> str:
    """Return a loop's index: ``0`` where it runs once."""
    return variable if count > 1 else "0"


def plus(*terms: str) -> str:
    """Return a sum of indices without its zeros."""
    return " + ".join(term for term in terms if term != "0") or "0"


def times(factor: int, term: str) -> str:
    """Return a multiple of an index."""
    return term if factor == 1 or term == "0" else f"{factor} * {term}"

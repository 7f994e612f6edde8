"""The results as Markdown and as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lenet.errors import LenetError
from lenet.files import write_atomically
from lenet.report.table import Table

from .agree import Agreement
from .rounds import Spread
from .tasks import Measured, Row

BEGIN, END = "<!-- results of python -m bench: begin -->", "<!-- results of python -m bench: end -->"


@dataclass
class Report:
    """Everything that a run of the benchmark found out.

    Attributes:
        machine: what it ran on.
        versions: of Python and the packages.
        threads: threads each system was given.
        rounds: runs of each system at each task.
        digits: where the digits came from.
        notes: how each system was set up, by its name.
        skipped: why a system was left out, by its name on the command line.
        agreements: how far the systems' answers are from the reference's.
        measured: the times.
    """

    machine: dict[str, str]
    versions: dict[str, str]
    threads: int
    rounds: int
    digits: str
    notes: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    agreements: list[Agreement] = field(default_factory=list)
    measured: list[Measured] = field(default_factory=list)

    def json(self) -> dict[str, Any]:
        """Return it as what JSON knows."""
        return asdict(self)

    def markdown(self) -> str:
        """Return it as Markdown."""
        tables = [f"### {measured.title}\n\n{_times(measured)}" for measured in self.measured]
        agreements = [f"### Answers\n\n{_agreements(self.agreements)}"] if self.agreements else []
        return "\n\n".join([_conditions(self), *agreements, *tables]) + "\n"


def _conditions(report: Report) -> str:
    facts = [f"{what}: {value}" for what, value in report.machine.items()]
    facts.append("versions: " + ", ".join(f"{name} {version}" for name, version in report.versions.items()))
    facts.append(f"threads: {report.threads}")
    limits = [value / 1e9 for measured in report.measured for value in measured.limit]
    if limits:
        best = Spread.of(limits)
        facts.append(
            f"limit: {best.median:.0f} billion multiply-adds a second in all "
            f"({best.low:.0f} to {best.high:.0f}, {len(limits)} runs)"
        )
    facts.append(f"digits: {report.digits}")
    facts.append(f"{report.rounds} runs of each system at each task, by turns: their median, lowest and highest")
    facts += [f"{name}: {note}" for name, note in report.notes.items()]
    facts += [f"`{name}` was left out: {reason}" for name, reason in report.skipped.items()]
    return "\n".join(f"- {fact}" for fact in facts)


def _agreements(agreements: list[Agreement]) -> str:
    heads = ("system", "network", "largest difference of a score", "of the change of a weight in training")
    rows = [
        (a.system, f"`{a.network}`", f"{a.scores:.0e}", "" if a.changes is None else f"{a.changes:.0e}")
        for a in agreements
    ]
    return Table(heads, rows, words=heads[:2]).markdown()


def _times(measured: Measured) -> str:
    heads = ("system", measured.unit, "lowest to highest", "share of the limit", "times lenet's time", "digits a run")
    return Table(heads, [_cells(row) for row in measured.rows], words=heads[:1]).markdown()


def _cells(row: Row) -> tuple[str, ...]:
    share = "" if row.share is None else f"{row.share:.1%}"
    slower = "" if row.slower is None else f"{row.slower:.2f}"
    span = f"{number(row.value.low)} to {number(row.value.high)}"
    return row.system, number(row.value.median), span, share, slower, f"{row.digits:,}"


def number(value: float) -> str:
    """Return a number to three digits, with commas."""
    if value < 99.95:
        return f"{value:#.3g}"
    return f"{round(value, 3 - len(str(int(value)))):,.0f}"


def write_between(path: Path, text: str) -> None:
    """Put ``text`` between the two marks of a page, instead of what is there.

    Raises:
        LenetError: the page can't be read or written, or hasn't each mark once, in order.
    """
    try:
        page = path.read_text(encoding="utf-8")
    except OSError as error:
        raise LenetError(f"{path} can't be read: {error.strerror}") from None
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in rest or END in after:
        raise LenetError(f"{path} must hold the line {BEGIN!r} and after it {END!r}, once each")
    write_atomically(path, f"{before}{BEGIN}\n\n{text}\n{END}{after}".encode())

"""Figures by matplotlib: how they look, and their files. No window, no global state: ``matplotlib.figure`` alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import LenetError
from ..extras import require
from ..files import write_atomically

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = ("png", "svg", "pdf")
DOTS = 160  # an inch, in a png

INK, SOFT, FAINT = "#222222", "#767676", "#e4e4e4"  # text and data; axes and remarks; grid
# Okabe and Ito's colours, which eyes of every kind tell apart; without their yellow, which is too light for a line.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000")
MARKS = ("o", "s", "^", "D", "v", "P", "X")  # beside the colours, for a print in grey
STYLE: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # matplotlib carries it: the same picture everywhere
    "font.size": 10,
    "text.color": INK,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 8,
    "axes.labelcolor": INK,
    "axes.edgecolor": SOFT,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.8,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "lines.linewidth": 1.8,
    "lines.markersize": 4.5,
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "savefig.facecolor": "white",
    "svg.hashsalt": "lenet",  # the same figure gives the same file
}


def need_matplotlib() -> None:
    """Raise ``LenetError`` where matplotlib isn't installed."""
    require("matplotlib", "report", "drawing figures")


def check(path: str | os.PathLike[str]) -> Path:
    """Return ``path`` if a figure can be written there; called before the work whose result is drawn.

    Raises:
        LenetError: matplotlib is missing, the name doesn't end in one of ``FORMATS``, or there is no such folder.
    """
    path = Path(path)
    if path.suffix.lower().removeprefix(".") not in FORMATS:
        endings = ", ".join(f".{name}" for name in FORMATS)
        raise LenetError(f"a figure's file must end in one of {endings}, but is {path}")
    if path.is_dir():
        raise LenetError(f"{path} is a folder; a figure needs the path of a file")
    if not path.parent.is_dir():
        raise LenetError(f"there is no folder {path.parent} to write {path.name} to")
    need_matplotlib()
    return path


@contextmanager
def style() -> Iterator[None]:
    """Within it, axes that are made look as ours do; afterwards the user's settings hold again."""
    need_matplotlib()
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()  # the look doesn't hang on a user's matplotlibrc
        matplotlib.rcParams.update(STYLE)
        yield


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of that many inches, whose parts make room for each other; call it within ``style``."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    return Figure(figsize=(width, height), layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.08))


def colour(place: int) -> str:
    """Return the colour of line ``place``, from 0; they come round again after the last."""
    return COLOURS[place % len(COLOURS)]


def mark(place: int) -> str:
    """Return the marker of line ``place``, from 0."""
    return MARKS[place % len(MARKS)]


def save(figure: Figure, path: str | os.PathLike[str]) -> None:
    """Write a figure as the end of the path's name says, in full or not at all; call it within ``style``.

    Raises:
        LenetError: see ``check``; or the file can't be written.
    """
    path = check(path)
    kind = path.suffix.lower().removeprefix(".")
    undated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind)
    data = BytesIO()
    figure.savefig(data, format=kind, dpi=DOTS, metadata=undated)
    write_atomically(path, data.getvalue())

"""``lenet report``: what trained networks can do, measured and drawn."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import LenetError
from .common import complete_data, complete_network, examples, json_option, print_json, width
from .data import loaded

if TYPE_CHECKING:
    from ..model import Ensemble, Model


@click.group(
    short_help="What networks can do, measured and drawn: robustness.",
    epilog=examples("lenet report robustness", "lenet report robustness lenet5 lenet1 --out robustness.png"),
)
def report() -> None:
    """Measure what trained networks can do, print it as a table, and draw it."""


@report.command(
    short_help="Accuracy against scale, shift, rotation, shear, stroke width and noise.",
    epilog=examples(
        "lenet report robustness --digits 1000",
        "lenet report robustness lenet5 lenet1 --out robustness.png",
        "lenet report robustness runs/my-run --data my-digits/ --json",
    ),
)
@click.argument("models", metavar="[MODEL]...", nargs=-1, shell_complete=complete_network)
@click.option(
    "--data", metavar="NAME|PATH", shell_complete=complete_data, help="A data set; by default the model's own."
)
@click.option("--digits", metavar="N", type=click.IntRange(1), help="Only the first N test digits.")
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), help="Draw it into a .png, .svg or .pdf file.")
@json_option
def robustness(models: tuple[str, ...], data: str | None, digits: int | None, out: Path | None, as_json: bool) -> None:
    """Measure how far test digits can be disturbed before models read them wrong (the paper's section III.E).

    Each MODEL is a network whose weights are in the package (see `lenet models`), a model's file, or the folder of a
    run; by default lenet5. Digits are disturbed in one way at a time about the middle of the network's input. What
    leaves it is lost: the table says how far digits stay within the frame.
    """
    from ..report import plot
    from ..report import robustness as robust
    from ..report.robustness import figure
    from ..weights import load
    from .live import counting

    if out is not None:
        plot.check(out)
    readers = {name: load(name) for name in models or ("lenet5",)}
    dataset = loaded(data or _own(readers))
    images, labels = dataset.test_images[:digits], dataset.test_labels[:digits]
    if not len(images):
        raise LenetError(f"{dataset.name} has no test pictures; give a data set that has some by --data")
    with counting(sys.stderr) as progress:
        measured = robust.measure(readers, images, labels, progress=progress)
    what = f"{len(images):,} test pictures of {dataset.name}"
    if out is not None:
        with plot.style():
            shown = figure.typical(images, labels, len(robust.AXES))
            plot.save(figure.draw(measured, shown, f"{what}, disturbed in one way at a time"), out)
    if as_json:
        print_json({"data": dataset.name, "figure": None if out is None else str(out), **robust.document(measured)})
        return
    click.echo(f"{what}, disturbed in one way at a time: how far until fewer are read right\n")
    click.echo(robust.table(measured).text(width()))
    if out is not None:
        click.echo(f"\ndrawn in {out}")


def _own(readers: Mapping[str, Model | Ensemble]) -> str:
    """Return the data that all the models were trained on; raise ``LenetError`` where they differ."""
    own = {name: reader.data or "mnist" for name, reader in readers.items()}
    if len(set(own.values())) > 1:
        each = ", ".join(f"{name} on {data}" for name, data in own.items())
        raise LenetError(f"the models were trained on different data ({each}); say by --data which to test them on")
    return next(iter(own.values()))

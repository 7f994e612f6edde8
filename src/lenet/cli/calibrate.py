"""``lenet calibrate``: what turns a reader's answers into probabilities."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import LenetError
from .common import complete_network, examples, json_option, print_json, width

if TYPE_CHECKING:
    from ..reading.calibrating import Calibrated
    from ..reading.settings import Method

VALIDATION = 50_000  # the row of MNIST's training part from which on the data set ``written`` trains on none
KINDS = {"single": "characters alone", "line": "lines", "digit": "digits of lines"}


@click.command(
    short_help="Fit how sure a reader of pictures is.",
    epilog=examples(
        "lenet calibrate runs/reader-001",
        "lenet calibrate runs/reader-001 --to reader.safetensors",
        "lenet calibrate reader --to mine.safetensors --method cuts",
    ),
)
@click.argument("model", shell_complete=complete_network)
@click.option("--to", metavar="FILE", type=click.Path(), help="Write the model there, rather than where it was.")
@click.option("--method", type=click.Choice(["both", "cuts"]), default="both", show_default=True,
              help="Lines are read with the network that slides along them, or without.")  # fmt: skip
@json_option
def calibrate(model: str, to: str | None, method: Method, as_json: bool) -> None:
    """Choose the constants by which MODEL reads lines, and fit how sure its answers are.

    MODEL is a network trained as by `lenet train reader`: a run's folder, a file, or a name. Lines and single
    characters are written with digits that it wasn't trained on, and read: some minutes. The calibration is kept in the
    model's file. What it promises is then shown beside what is found on further pictures.
    """
    from ..model.description import file_of
    from ..reading.calibrating import calibrate as calibrated
    from ..reading.reader import loaded, second, sliding
    from .data import loaded as loaded_data
    from .live import counting

    if not (to or Path(model).exists()):
        raise click.UsageError(
            "the package's own weights aren't changed; say by --to where to write the calibrated model"
        )
    reader, file = loaded(model), Path(to) if to else file_of(model)
    if not file.absolute().parent.is_dir():
        raise LenetError(f"{file} can't be written: there is no folder {file.parent}")
    mnist = loaded_data("mnist")
    digits = mnist.train_images[VALIDATION:], mnist.train_labels[VALIDATION:].astype("uint8")
    slides = None if method == "cuts" else sliding().network.model
    with counting(sys.stderr) as progress:
        found = calibrated(reader, digits, sliding=slides, second=second(), method=method, progress=progress)
    reader.metrics["reading"] = found.calibration.to_dict()
    reader.save(file)
    if as_json:
        print_json({"file": str(file), **asdict(found)})
        return
    _tell(found)
    click.echo(f"\nkept in {file}: lenet read PICTURE --model {to or model}")


def _tell(found: Calibrated) -> None:
    """Print the constants, and what is promised beside what is found."""
    from ..report.table import Table

    constants = ", ".join(f"{name} {value:g}" for name, value in asdict(found.calibration.scoring).items())
    click.echo(f"constants: {constants}")
    click.echo(
        f"lines read right by the cuts alone: {found.before:.2%} by the first constants, {found.after:.2%} by these\n"
    )
    bins = [
        (
            KINDS[each.kind],
            f"{each.low:.1%} to {each.high:.1%}",
            f"{each.count:,}",
            f"{each.expected:.2%}",
            f"{each.found:.2%}",
        )
        for each in found.bins
    ]
    click.echo(Table(("of", "confidence", "answers", "right: promised", "found"), bins, words=("of",)).text(width()))
    rejections = [
        (KINDS[each.kind], f"{each.error:.1%}", f"{each.least:.2%}", f"{each.rejected:.2%}", f"{each.found:.2%}")
        for each in found.rejections
    ]
    heads = ("of", "error asked for", "rejected below", "rejected", "error found")
    click.echo("\n" + Table(heads, rejections, words=("of",)).text(width()))

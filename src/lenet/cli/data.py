"""``lenet data``: the data sets there are, fetched and looked at."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from .common import complete_data, examples, json_option, print_json, width

if TYPE_CHECKING:
    from ..data import Dataset


def loaded(source: str) -> Dataset:
    """Return a data set by its name or path; what it takes to get it is shown on stderr."""
    from ..data import load
    from .live import fetching

    with fetching(sys.stderr) as progress:
        return load(source, progress=progress)


@click.group(
    short_help="The data sets: list, fetch, show.",
    epilog=examples(
        "lenet data list", "lenet data fetch mnist", "lenet data show fashion-mnist", "lenet data show my-digits/"
    ),
)
def data() -> None:
    """List, fetch and look at the data sets that networks are trained and tested on."""


@data.command("list", short_help="The named data sets.", epilog=examples("lenet data list", "lenet data list --json"))
@json_option
def list_(as_json: bool) -> None:
    """List the data sets that have a name. Files and folders of your own are given by their path."""
    from ..data import describe, names
    from ..report.table import Table

    sets = [describe(name) for name in names()]
    if as_json:
        print_json([{**vars(each), "folder": None if each.folder is None else str(each.folder)} for each in sets])
        return
    rows = [
        (each.name, _count(each.train), _count(each.test), "yes" if each.cached else "no", each.summary)
        for each in sets
    ]
    heads = ("name", "training", "test", "here", "what")
    click.echo(Table(heads, rows, words=("name", "here", "what"), spare=("test", "training")).text(width()))
    places = {each.folder.parent for each in sets if each.folder is not None}
    click.echo(f"\nThey are kept in {', '.join(map(str, places))}, a folder each.")


def _count(pictures: int | None) -> str:
    return "" if pictures is None else f"{pictures:,}"


@data.command(
    short_help="Download a data set.",
    epilog=examples("lenet data fetch mnist", "LENET_CACHE=/data/lenet lenet data fetch fashion-mnist"),
)
@click.argument("name", shell_complete=complete_data)
@json_option
def fetch(name: str, as_json: bool) -> None:
    """Download a data set and check it, or make it, so that later commands need no network. What is here stays.

    LENET_CACHE in the environment says where data sets are kept.
    """
    from .. import data as sets
    from .live import fetching

    with fetching(sys.stderr) as progress:
        folder = sets.fetch(name, progress=progress)
    if as_json:
        print_json({"name": name, "folder": None if folder is None else str(folder)})
    elif folder is None:
        click.echo(f"{name} is drawn when it is needed; there is nothing to fetch")
    else:
        click.echo(f"{name} is in {folder}, checked")


@data.command(
    short_help="Draw pictures of a data set.",
    epilog=examples(
        "lenet data show mnist",
        "lenet data show mnist --test --first 100 --count 20",
        "lenet data show my-digits/ --json",
    ),
)
@click.argument("source", metavar="NAME|PATH", shell_complete=complete_data)
@click.option("--count", metavar="N", type=click.IntRange(1), default=10, show_default=True, help="How many pictures.")
@click.option(
    "--first", metavar="ROW", type=click.IntRange(0), default=0, show_default=True, help="The first one's row."
)
@click.option("--test", is_flag=True, help="Test pictures, not training pictures.")
@json_option
def show(source: str, count: int, first: int, test: bool, as_json: bool) -> None:
    """Say what a data set holds, and draw some of its pictures with their labels."""
    from ..errors import LenetError
    from . import drawing

    dataset = loaded(source)
    if as_json:
        print_json(
            {
                "name": dataset.name,
                "training": len(dataset.train_images),
                "test": len(dataset.test_images),
                "shape": list(dataset.shape),
                "classes": list(dataset.classes),
                "sha256": dataset.checksum,
            }
        )
        return
    part = "test" if test else "training"
    images = dataset.test_images if test else dataset.train_images
    labels = dataset.test_labels if test else dataset.train_labels
    if first >= len(images):
        raise LenetError(f"{dataset.name} has {len(images):,} {part} pictures, so there is no row {first:,}")
    size = "x".join(map(str, dataset.shape[1:] if dataset.shape[0] == 1 else dataset.shape))
    sizes = f"{len(dataset.train_images):,} training and {len(dataset.test_images):,} test pictures of {size}"
    click.echo(f"{dataset.name}: {sizes}, {len(dataset.classes)} classes; {part} pictures from row {first:,}:\n")
    some = slice(first, first + count)
    click.echo(drawing.labelled(list(images[some]), labels[some], dataset.classes))

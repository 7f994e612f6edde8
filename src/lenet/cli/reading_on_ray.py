"""``lenet read --ray``: a folder, Parquet or a tar of pictures, read by a cluster."""

from __future__ import annotations

from contextlib import ExitStack
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from .answers import print_tally
from .common import Interrupted
from .pictures import STDIN, counting_files

if TYPE_CHECKING:
    from ..reading import Settings

ALONE = ("draw", "steps", "alternatives")  # options that are of one picture, or of a table


def read_on_ray(settings: Settings, pictures: tuple[str, ...], options: dict[str, Any], as_json: bool) -> bool:
    """Read a source into a folder, and return whether some pictures couldn't be read."""
    from ..cluster.reading import read_source

    if len(pictures) != 1 or pictures[0] == STDIN:
        raise click.UsageError("--ray reads one folder, Parquet file or tar")
    if not options["to"]:
        raise click.UsageError("--ray needs --to: the folder that the results are written to")
    if wrong := [f"--{name}" for name in ALONE if options[name]]:
        raise click.UsageError(f"{' and '.join(wrong)} can't go with --ray")
    begun, (source,) = perf_counter(), pictures
    with ExitStack() as bars:
        count = None

        def tell(done: int, pictures: int) -> None:
            nonlocal count
            if count is None:
                if done:
                    click.echo(f"lenet: {options['to']} has {done:,} of {pictures:,} pictures already", err=True)
                count = bars.enter_context(counting_files(pictures))
            count(done)

        try:
            tally = read_source(
                settings,
                source,
                options["to"],
                column=options["column"],
                address=options["ray_address"],
                workers=options["workers"],
                tell=tell,
            )
        except KeyboardInterrupt:
            raise Interrupted(f"stopped; what is read is in {options['to']}, and the same command goes on") from None
    print_tally(options["to"], tally, perf_counter() - begun, as_json)
    if tally["failed"] and not as_json:
        click.echo("lenet: the column `error` says why some couldn't be read", err=True)
    return bool(tally["failed"])

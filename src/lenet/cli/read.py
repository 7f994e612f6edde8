"""``lenet read``: the digits in pictures."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from ..errors import LenetError
from .common import Interrupted, complete_network, examples, is_terminal, json_option, print_json
from .pictures import STDIN, Share, counting_files, found
from .pictures import source as source_of
from .pictures import values as allowed

if TYPE_CHECKING:
    from ..reading import Reading, Settings


@click.command(
    short_help="Read the digits in pictures.",
    epilog=examples(
        "lenet read photo.jpg",
        "lenet read scans/*.png --to results.csv",
        "lenet read scans/ --recursive --to results.jsonl",
        "lenet read amount.png --line --length 3-6 --min-confidence 90%",
        "lenet read form.png --draw answer.png --steps steps.png",
        "cat digit.png | lenet read - --single",
        "lenet read --ray scans/ --to results/    on many machines",
    ),
)
@click.argument("pictures", nargs=-1, required=True)
@click.option("--single", is_flag=True, help="Each holds one character.")
@click.option("--line", is_flag=True, help="Each holds one line of writing.")
@click.option("--page", is_flag=True, help="Each holds any number of lines.")
@click.option("--length", metavar="N|N-M", help="An answer has so many digits.")
@click.option("--pattern", metavar="REGEX", help="It matches this from end to end.")
@click.option("--values", metavar="A,B,...|@FILE", help="It is one of these; a file has one a line.")
@click.option("--check", metavar="RULE", help="Its check digits are right: luhn, isbn, iban:DE.")
@click.option("--keep-marks", is_flag=True, help="Dots, dashes and the like stay in the answer.")
@click.option("--min-confidence", metavar="SHARE", type=Share(), help="Reject what is less sure.")
@click.option("--error", metavar="SHARE", type=Share(0.2), help="Reject what it takes to be wrong no more often.")
@click.option("--method", type=click.Choice(["both", "cuts", "sliding"]), default="both", show_default=True,
              help="How a line is read.")  # fmt: skip
@click.option("--model", metavar="NAME|PATH", shell_complete=complete_network, help="What reads, instead of its own.")
@click.option("--alternatives", metavar="N", type=click.IntRange(0), default=0, help="Print N other answers, too.")
@click.option("--draw", metavar="FILE", type=click.Path(path_type=Path), help="Draw the answer onto the picture.")
@click.option("--steps", metavar="FILE", type=click.Path(path_type=Path), help="Draw each step of the way there.")
@click.option("--to", metavar="FILE", type=click.Path(path_type=Path), help="Write a .csv, .json or .jsonl file.")
@click.option("--recursive", is_flag=True, help="Read the folders in folders, too.")
@click.option("--workers", metavar="N", type=click.IntRange(1), help="Processes that read; by default one a core.")
@click.option("--ray", is_flag=True, help="Read a folder, Parquet or a tar on a cluster of Ray's; --to is a folder.")
@click.option("--ray-address", metavar="HOST:PORT", help="The cluster; by default $RAY_ADDRESS, or this machine.")
@click.option("--column", metavar="NAME", help="With --ray: the column of Parquet that has the pictures.")
@json_option
@click.pass_context
def read(context: click.Context, /, pictures: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Read the digits in pictures: photos, scans, forms, cheques.

    PICTURES are files, folders, or - for stdin. One picture's digits are printed alone, those of several after the
    file's name. A line that is rejected, being unsure or no digit, gives an empty answer, and the reason on stderr.
    With --to, what is read is kept as it comes; after Ctrl-C the same command goes on. With --ray, PICTURES is one
    folder, read with the folders in it, a Parquet file, a tar, or a folder of either.
    """
    settings = _settings(options)
    if options["ray"]:
        from .reading_on_ray import read_on_ray

        if read_on_ray(settings, pictures, options, as_json):
            context.exit(1)
        return
    if options["ray_address"] or options["column"]:
        raise click.UsageError("--ray-address and --column go with --ray")
    files = found(pictures, options["recursive"])
    drawn = [options[name] for name in ("draw", "steps") if options[name]]
    if drawn and (len(files) > 1 or options["to"]):
        raise click.UsageError("--draw and --steps show one picture, and go without --to")
    if options["to"]:
        failed = _into_file(settings, files, options, as_json)
    elif drawn:
        failed = _drawn(settings, files[0], options, as_json)
    else:
        failed = _onto_stdout(settings, files, options, as_json, several=files != list(pictures) or len(files) > 1)
    if failed:
        context.exit(1)


def _settings(options: dict[str, Any]) -> Settings:
    """Return what the pictures are read for, checked."""
    from ..reading import Settings

    names = "single line page length pattern check min_confidence error keep_marks method model"
    values = None if options["values"] is None else allowed(options["values"])
    try:
        return Settings.of(values=values, **{name: options[name] for name in names.split()})
    except LenetError as error:
        raise click.UsageError(str(error)) from None


def _read(settings: Settings, files: list[str], workers: int | None) -> Iterator[list[Reading]]:
    """Yield the readings of each file's pages."""
    from ..reading.many import stream

    with closing(stream(settings, map(source_of, files), workers=workers, pages=True)) as found:
        for pages in found:
            yield [page if page.file else replace(page, file=STDIN) for page in pages]


def _onto_stdout(
    settings: Settings, files: list[str], options: dict[str, Any], as_json: bool, *, several: bool
) -> bool:
    """Print what is read, and return whether some couldn't be."""
    from .answers import Answers, tell

    quiet = as_json or not is_terminal(sys.stdout)  # a bar and answers would write over each other
    answers = Answers(several=several, terminal=not quiet, alternatives=options["alternatives"])
    documents, failed = [], False
    with counting_files(len(files) if quiet else 0) as count:
        for pages in _read(settings, files, options["workers"]):
            count()
            for reading in pages:
                failed |= bool(reading.error)
                if not as_json:
                    answers.add(reading, len(pages) > 1)
                    continue
                documents.append(reading.to_dict())
                if reading.error:
                    tell(reading)
    if as_json:
        print_json(documents)
    return failed


def _drawn(settings: Settings, file: str, options: dict[str, Any], as_json: bool) -> bool:
    """Read a picture, draw it and its steps, and print what was read."""
    import numpy as np

    from ..page.source import frames
    from ..reading import Steps, paint
    from ..reading.drawing import draw
    from ..reading.montage import montage
    from ..reading.pages import read_each
    from .answers import Answers

    for path in (options["draw"], options["steps"]):
        if path:
            paint.check(path)
    source, steps = source_of(file), Steps()
    readings = [replace(page, file=file) for page in read_each(source, settings.reader(), steps)]
    drawing = draw(next(frames(source)), readings[0])
    if options["draw"]:
        paint.save(drawing, options["draw"])
    if options["steps"]:
        steps.add("Answer", np.asarray(drawing), readings[0].text.replace("\n", ", "))
        paint.save(montage(steps), options["steps"])
    if as_json:
        print_json([reading.to_dict() for reading in readings])
        return False
    answers = Answers(several=False, terminal=is_terminal(sys.stdout), alternatives=options["alternatives"])
    for reading in readings:
        answers.add(reading, len(readings) > 1)
    if len(readings) > 1:
        click.echo(f"lenet: {file} has {len(readings)} pages; the first is drawn", err=True)
    return False


def _into_file(settings: Settings, files: list[str], options: dict[str, Any], as_json: bool) -> bool:
    """Write what is read to a file, and return whether some couldn't be read."""
    from .answers import print_tally, tell
    from .results import Results

    settings.reader()  # what is wrong with it is told before a file is begun
    results = Results(options["to"], settings.to_dict())
    rest = [file for file in files if file not in results.done]
    if results.done:
        click.echo(f"lenet: {results.part} has {len(files) - len(rest):,} of them already", err=True)
    begun = perf_counter()
    with closing(results), counting_files(len(rest)) as count:
        try:
            for pages in _read(settings, rest, options["workers"]):
                results.add(reading.to_dict() for reading in pages)
                for reading in pages:
                    if reading.error:
                        tell(reading)
                count()
        except KeyboardInterrupt:
            raise Interrupted(f"stopped; what is read is in {results.part}, and the same command goes on") from None
        tally = results.finish(options["alternatives"])
    print_tally(options["to"], tally, perf_counter() - begun, as_json)
    return bool(tally["failed"])

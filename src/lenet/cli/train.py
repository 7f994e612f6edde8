"""``lenet train``: a network of the zoo, or one's own, on a data set."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .common import (
    Interrupted,
    complete_data,
    complete_network,
    engine_options,
    examples,
    is_written,
    json_option,
    print_json,
)

if TYPE_CHECKING:
    from ..data import Dataset
    from ..training import Committee, Run
    from ..zoo import Entry

SHOWN = 10  # test pictures that are drawn in the end
LISTED = 5  # errors of a committee's networks; of more, the lowest and the highest
SHARE = click.FloatRange(0, 1, min_open=True, max_open=True)


@click.command(
    short_help="Train a network.",
    epilog=examples(
        "lenet train",
        "lenet train d2l --seed 1 --passes 3",
        "lenet train my-network.toml --data my-digits/ --validate 0.1",
        "lenet train lenet4 --boosted",
        "lenet train lenet5 --recipe best --members 16",
        "lenet train --engine torch --device cuda",
        "lenet train --tensorboard",
        "lenet train --resume runs/lenet5-001",
    ),
)
@click.argument("network", required=False, shell_complete=complete_network)
@click.option("--data", metavar="NAME|PATH", shell_complete=complete_data, help="The data set: its name, or a path.")
@click.option("--recipe", metavar="NAME", help="By default ours; published, and others that `lenet models` lists.")
@click.option("--seed", metavar="N", type=click.IntRange(0), help="Of all that is drawn at random; by default 0.")
@click.option("--passes", metavar="N", type=click.IntRange(1), help="Most passes over the training pictures.")
@click.option("--batch", metavar="N", type=click.IntRange(1), help="Pictures an update.")
@click.option("--rate", metavar="X", type=click.FloatRange(0, min_open=True), help="The same rate throughout.")
@click.option("--boosted", is_flag=True, help="Three networks, as the paper's boosted LeNet-4; see the manual.")
@click.option("--members", metavar="N", type=click.IntRange(2), help="So many networks, from as many seeds, together.")
@click.option("--validate", metavar="SHARE", type=SHARE, help="Hold out this share of the training pictures to watch.")
@click.option("--threads", metavar="N", type=click.IntRange(1), help="By default one a core; the result is the same.")
@engine_options
@click.option("--out", metavar="FOLDER", type=click.Path(), help="Of the run; by default a new one in runs/.")
@click.option("--resume", metavar="FOLDER", type=click.Path(), help="Go on with the run of this folder.")
@click.option("--tensorboard", is_flag=True, help="Write logs into the run's folder that TensorBoard shows.")
@click.option("-q", "--quiet", is_flag=True, help="Print the result only.")
@json_option
def train(
    *,
    resume: str | None,
    boosted: bool,
    members: int | None,
    threads: int | None,
    engine: str | None,
    device: str | None,
    tensorboard: bool,
    quiet: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Train a network and test it. What no option says, the network's recipe does (`lenet summary NETWORK`).

    NETWORK is a name that `lenet models` lists, by default lenet5, or a network of your own in a TOML file. The run's
    folder keeps the model, the history and a checkpoint: after Ctrl-C, --resume goes on to the very same result.

    --boosted trains a second network on patterns that the first finds hard, a third where the two disagree, and lets
    them answer together. --members trains the network from as many seeds, --seed and those that follow it, and lets
    all answer together. Where the first is sure, it answers alone.
    """
    from .. import training
    from ..training import team
    from .live import Silent, watcher

    several = [name for name, given in (("--boosted", boosted), ("--members", members)) if given]
    if resume is not None and several:
        raise click.UsageError(f"--resume goes on as the run began; leave out {several[0]}")
    if len(several) > 1:
        raise click.UsageError("--boosted and --members are two ways to train several networks; give one of them")
    logs = [training.TensorBoard()] if tensorboard and team.leads() else []
    data, arguments = _resumed(resume, options) if resume is not None else _begun(**options)
    begin: Callable[..., Run | Committee] = training.train
    if boosted or (resume is not None and training.is_boosting(resume)):
        begin = training.boost
    elif members or (resume is not None and training.is_together(resume)):
        begin = partial(training.together, members=members)
    try:
        quiet = quiet or not team.leads()
        with Silent() if quiet else watcher(sys.stderr if as_json else sys.stdout) as shown:
            observer = training.Several(shown, *logs)
            run = begin(data=data, threads=threads, engine=engine, device=device, observer=observer, **arguments)
    except training.Interrupted as stopped:
        raise Interrupted(str(stopped) if team.leads() else "stopped") from None
    if not team.leads():
        return  # the first process tells
    if as_json:
        history = [row.as_dict() for row in run.history]
        print_json({"model": run.model.name, "folder": str(run.folder), "history": history, "metrics": run.metrics})
    else:
        _tell(run, data, quiet, logged=tensorboard)


def _begun(network: str | None, data: str | None, out: str | None, **options: Any) -> tuple[Dataset, dict[str, Any]]:
    """Return the data of a new run, and the other arguments of ``lenet.train``."""
    entry = _adapted(network or "lenet5", options.pop("recipe"), options.pop("validate"))
    source = data or entry.recipe.data
    return _loaded(source), {"what": entry, "folder": out, **options}


def _adapted(network: str, which: str | None, share: float | None) -> Entry:
    """Return a row of the zoo or of a TOML file, with the recipe and the validation that were asked for."""
    from ..recipe import Validation
    from ..written import read
    from ..zoo import entry

    row = read(network) if is_written(network) else entry(network)
    recipe = row.follow(which)
    if share is not None:
        recipe = replace(recipe, validation=Validation(share=share))
    return replace(row, recipe=recipe)


def _resumed(folder: str, options: dict[str, Any]) -> tuple[Dataset, dict[str, Any]]:
    """Return the data of a run that is gone on with, and the other arguments of ``lenet.train``."""
    from ..training.folder import settings

    given = [f"--{name}" if name != "network" else "NETWORK" for name, value in options.items() if value is not None]
    if refused := [name for name in given if name != "--data"]:
        raise click.UsageError(f"--resume goes on with the settings that the run began with; leave out {refused[0]}")
    entry, _ = settings(Path(folder))
    return _loaded(options["data"] or entry.recipe.data), {"resume": folder}


def _loaded(source: str) -> Dataset:
    """Return a data set under the name by which a resumed run finds it again."""
    from .data import loaded

    return replace(loaded(source), name=source)


def _tell(run: Run | Committee, data: Dataset, quiet: bool, *, logged: bool) -> None:
    """Print what training gave: the test error, ten test pictures as they were read, where it is, and what now."""
    import numpy as np

    from ..report import scores
    from ..training import Committee
    from . import drawing

    passes, seconds = run.metrics["passes"], run.metrics["seconds"]["training"]
    count = "1 pass" if passes == 1 else f"{passes} passes"
    time = f"{count} in {seconds:,.1f} s, {run.metrics['digits_per_second']:,.0f} digits/s"
    tested = f"test {scores.line(run.metrics['test'])}" if "test" in run.metrics else "the data has no test pictures"
    if isinstance(run, Committee) and "test" in run.metrics:
        tested += f"\n{_alone(run)}"
    click.echo(f"{tested}\n{time}\n{run.folder}" if quiet else f"\n{tested}\n{time}\n")
    if quiet:
        return
    if len(data.test_images):
        images, labels = data.test_images[:SHOWN], data.test_labels[:SHOWN]
        click.echo(drawing.answered(list(images), np.asarray(run.model.predict(images)), labels, run.model.classes))
    click.echo(
        f"\nThe run is in {run.folder}. What now?\n"
        f"  lenet evaluate {run.folder} --worst 10\n"
        f"  lenet predict PICTURE --model {run.folder}\n"
        f"  lenet summary {run.folder}" + (f"\n  tensorboard --logdir {run.folder}" if logged else "")
    )


def _alone(run: Committee) -> str:
    """Return how well a committee's networks read alone and all together, and how many are asked."""
    errors = [f"{net['test']['error']:.2%}" for net in run.metrics["nets"]]
    alone = ", ".join(errors) if len(errors) <= LISTED else f"{min(errors)} to {max(errors)}"
    error, cost = run.metrics[f"{run.always}_test"]["error"], run.metrics["cost"]["test"]
    return f"alone: {alone}; {run.always.replace('_', ' ')} always asked: {error:.2%}; {cost:.2f} networks a picture"

"""``lenet evaluate``: how well a model reads a test set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..errors import LenetError
from .common import complete_data, complete_network, engine_options, examples, json_option, print_json, width

if TYPE_CHECKING:
    from ..export.int8.emulation import Emulation
    from ..model import Model


@click.command(
    short_help="A model's error on a test set.",
    epilog=examples(
        "lenet evaluate",
        "lenet evaluate runs/my-run --worst 10",
        "lenet evaluate --data my-digits/",
        "lenet evaluate lenet5 --int8",
    ),
)
@click.argument("model", default="lenet5", shell_complete=complete_network)
@click.option(
    "--data", metavar="NAME|PATH", shell_complete=complete_data, help="A data set; by default the model's own."
)
@click.option("--int8", is_flag=True, help="In whole numbers, as the header of lenet export --int8 computes.")
@click.option("--worst", metavar="N", type=click.IntRange(1), help="Draw the N surest mistakes.")
@engine_options
@json_option
def evaluate(
    *,
    model: str,
    data: str | None,
    int8: bool,
    worst: int | None,
    engine: str | None,
    device: str | None,
    as_json: bool,
) -> None:
    """Measure a model on the test pictures of a data set: error, accuracy, each class, and the confusion matrix.

    MODEL is a network whose weights are in the package (see `lenet models`), a model's file, or the folder of a run.
    """
    import numpy as np

    from ..export.int8 import emulate
    from ..model import Ensemble, engines
    from ..report import scores
    from ..weights import load
    from . import drawing
    from .data import loaded

    if int8 and (engine or device):
        raise click.UsageError("--int8 computes in whole numbers, on no engine; leave out --engine and --device")
    trained = load(model, engine=engines.named(engine, device))
    dataset = loaded(data or trained.data or "mnist")
    if not len(dataset.test_images):
        raise LenetError(f"{dataset.name} has no test pictures; give a data set that has some by --data")
    reader: Model | Ensemble | Emulation = emulate(trained, dataset) if int8 else trained
    metrics = reader.evaluate(dataset.test_images, dataset.test_labels)
    cost = reader.cost(dataset.test_images) if isinstance(reader, Ensemble) else None
    if as_json:
        about = {"model": reader.name, "data": dataset.name} | ({} if cost is None else {"cost": cost})
        print_json({**about, **scores.document(metrics, reader.classes)})
        return
    click.echo(f"{reader.name} on the test pictures of {dataset.name}: {scores.line(metrics.summary())}\n")
    if cost is not None:
        click.echo(f"a picture is read by {cost:.2f} networks on average\n")
    click.echo(scores.by_class(metrics, reader.classes).text(width()))
    click.echo()
    click.echo(scores.matrix(metrics, reader.classes).text(width()))
    if worst and metrics.wrong:
        chances = reader.probabilities(dataset.test_images)
        answers = np.asarray(reader.predict(dataset.test_images))
        wrong = np.flatnonzero(answers != dataset.test_labels)
        wrong = wrong[np.argsort(-chances[wrong, answers[wrong]], kind="stable")][:worst]
        click.echo(f"\nread wrong with the most confidence, {len(wrong)} of {metrics.wrong}:\n")
        click.echo(
            drawing.answered(
                list(dataset.test_images[wrong]), answers[wrong], dataset.test_labels[wrong], reader.classes
            )
        )

"""``lenet predict``: the character in each picture."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import LenetError
from .common import complete_network, examples, json_option, print_json


@click.command(
    short_help="Read the digit in a picture.",
    epilog=examples(
        "lenet predict digit.png",
        "lenet predict scans/*.jpg --json",
        "lenet predict digit.png --model runs/my-run --show",
    ),
)
@click.argument("pictures", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--model", default="lenet5", show_default=True, shell_complete=complete_network, help="Which one reads.")
@click.option("--show", is_flag=True, help="Draw each picture as the network sees it.")
@json_option
def predict(pictures: tuple[Path, ...], model: str, show: bool, as_json: bool) -> None:
    """Read the one digit in each picture, and say how sure the model is.

    Any size will do, dark on light or light on dark. The ink is cut out, scaled and centred as MNIST's digits were.
    MODEL is a network whose weights are in the package (see `lenet models`), a model's file, or the folder of a run.
    The confidence is the probability that the model gives its answer; it is no promise.
    """
    from ..picture import load, prepare  # noqa: PLC0415
    from ..weights import load as load_model  # noqa: PLC0415
    from . import drawing  # noqa: PLC0415

    reader = load_model(model)
    channels, rows, columns = reader.preparation.shape
    if channels != 1:
        raise LenetError(f"{model} reads pictures of {channels} channels; lenet predict prepares grey ones only")
    answers = []
    for path in pictures:
        try:
            image = prepare(load(path), rows, columns)
        except LenetError as error:
            raise LenetError(str(error) if str(path) in str(error) else f"{path}: {error}") from None
        chances = reader.probabilities(image)
        label, confidence = reader.classes[int(chances.argmax())], float(chances.max())
        answers.append({"file": str(path), "label": label, "confidence": confidence})
        if not as_json:
            click.echo(f"{path}: {label}  {confidence:.1%}")
            if show:
                click.echo(drawing.one(image))
    if as_json:
        print_json(answers)

"""``lenet predict``: the character in each picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import LenetError
from .common import complete_network, examples, json_option, print_json

if TYPE_CHECKING:
    from ..model import Ensemble, Model
    from ..picture import Grey


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
@click.pass_context
def predict(context: click.Context, pictures: tuple[Path, ...], model: str, show: bool, as_json: bool) -> None:
    """Read the one digit in each picture, and say how sure the model is.

    Any size will do, dark on light or light on dark. The ink is cut out, scaled and centred as MNIST's digits were.
    MODEL is a network whose weights are in the package (see `lenet models`), a model's file, or the folder of a run.
    The confidence is the probability that the model gives its answer; it is no promise. Some networks, lenet5 for one,
    also know how probable it is that a picture shows none of the classes.
    """
    from ..page.source import frames
    from ..picture import prepare
    from ..weights import load as load_model
    from . import drawing

    reader = load_model(model)
    channels, rows, columns = reader.preparation.shape
    if channels != 1:
        raise LenetError(f"{model} reads pictures of {channels} channels; lenet predict prepares grey ones only")
    answers: list[dict[str, Any]] = []
    for path in pictures:
        try:
            image = prepare(next(frames(path)).grey, rows, columns)
        except LenetError as error:
            text = str(error) if str(path) in str(error) else f"{path}: {error}"
            answers.append({"file": str(path), "error": text})
            click.echo(f"lenet: {text}", err=True)
            continue
        answer = _read(reader, image)
        answers.append({"file": str(path), **answer})
        if not as_json:
            click.echo(f"{path}: {_words(answer)}")
            if show:
                click.echo(drawing.one(image))
    if as_json:
        print_json(answers)
    if any("error" in answer for answer in answers):
        context.exit(1)


def _read(reader: Model | Ensemble, image: Grey) -> dict[str, Any]:
    """Return the class of an image, its probability, and that of its being none of the classes."""
    chances, answer = reader.probabilities(image), int(reader.predict(image))
    none = max(0.0, 1.0 - float(chances.sum(dtype=float)))
    return {"label": reader.classes[answer], "confidence": float(chances[answer]), "none": none}


def _words(answer: dict[str, Any]) -> str:
    words = f"{answer['label']}  {answer['confidence']:.1%}"
    if answer["none"] <= answer["confidence"]:
        return words
    return f"none of the classes  {answer['none']:.1%}, or else {words}"

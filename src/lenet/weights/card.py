"""The card of the weights in the package: ``python -m lenet.weights.card > src/lenet/weights/README.md``."""

from __future__ import annotations

import hashlib

from ..model import Ensemble, Model, card
from . import ENDING, load, names, path

LICENCE = "mit"  # the package's


def text() -> str:
    """Return a README.md that tells of every file of weights what the file itself tells."""
    models = {name: load(name) for name in names()}
    heads = ("file", "network", "parameters", "trained on", "test error", "of", "bytes")
    rows = [_row(name, model) for name, model in models.items()]
    parts = [
        card.head(models, LICENCE),
        "# Weights that come with lenet",
        "Each was made by a recipe of the zoo; `lenet summary NAME` shows the layers.",
        card.table(heads, rows, (*heads[:2], heads[3])),
        *(_section(name, model) for name, model in models.items()),
        f"## Use\n\n{card.use('lenet5', models['lenet5'])}",
        f"## Limits\n\n{card.limits(models.values())}",
        f"## Citation\n\nLeNet-5 and its training are from\n\n{card.CITATION}",
    ]
    return "\n\n".join(parts) + "\n"


def _row(name: str, model: Model | Ensemble) -> tuple[str, ...]:
    test = card.measured(model, "test")
    parameters = f"{model.network.parameters:,}"
    size = f"{path(name).stat().st_size:,}"
    return name + ENDING, model.name, parameters, model.data, f"{test['error']:.2%}", f"{test['count']:,}", size


def _section(name: str, model: Model | Ensemble) -> str:
    digest = hashlib.sha256(path(name).read_bytes()).hexdigest()
    return "\n\n".join(
        [f"## {name}", card.what(model), card.training(model), card.reading(model), f"SHA-256 of the file: `{digest}`"]
    )


if __name__ == "__main__":
    print(text(), end="")

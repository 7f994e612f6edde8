"""A model's card: what a stranger who finds its file wants to know, in Markdown with YAML at its head.

It tells what the model itself tells, and nothing else: what isn't known is said to be unknown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..network import Network
from ..network.summary import HEADS, WORDS, cells
from ..preparation import Preparation
from ..recipe import LossKind
from ..recipe.words import describe
from ..zoo import ZOO

if TYPE_CHECKING:
    from .ensemble import Ensemble
    from .model import Model


SITE_NAMES = {"mnist": "ylecun/mnist", "fashion-mnist": "zalando-datasets/fashion_mnist"}  # on the Hugging Face hub
MOST_CLASSES = 100  # that are told by name

CITATION = """\
```bibtex
@article{lecun1998gradient,
  author  = {LeCun, Yann and Bottou, L{\\'e}on and Bengio, Yoshua and Haffner, Patrick},
  title   = {Gradient-Based Learning Applied to Document Recognition},
  journal = {Proceedings of the IEEE},
  volume  = {86},
  number  = {11},
  pages   = {2278--2324},
  year    = {1998},
  doi     = {10.1109/5.726791}
}
```"""


def card(model: Model | Ensemble, file: str = "model.safetensors", licence: str | None = None) -> str:
    """Return the card of a model or an ensemble.

    Args:
        model: which.
        file: the name of its file, for the examples.
        licence: of the weights, such as ``mit``; None: not told.
    """
    parts = [
        head({model.name: model}, licence),
        f"# {plain(model.name)}",
        what(model),
        f"## Network\n\n{layers(model.network)}",
        f"## Training\n\n{training(model)}",
        f"## Results\n\n{results(model)}",
        f"## Input and output\n\n{reading(model)}",
        f"## Use\n\n{use(file, model)}",
        f"## Limits\n\n{limits([model])}",
        f"## Citation\n\nLeNet-5 and its training are from\n\n{CITATION}",
    ]
    return "\n\n".join(parts) + "\n"


def head(models: Mapping[str, Model | Ensemble], licence: str | None) -> str:
    """Return what sites read by machine: YAML, each value of it JSON, which YAML includes."""
    names = sorted({SITE_NAMES[model.data] for model in models.values() if model.data in SITE_NAMES})
    entries = {
        "library_name": "lenet",
        "license": licence,
        "pipeline_tag": "image-classification",
        "tags": ["lenet", "lenet-5", "image-classification"],
        "datasets": names,
        "metrics": ["accuracy"],
    }
    lines = [f"{key}: {json.dumps(value)}" for key, value in entries.items() if value]
    index = [entry for name, model in models.items() if (entry := _indexed(name, model))]
    if index:
        lines += ["model-index:", *(f"  - {json.dumps(entry)}" for entry in index)]
    return "\n".join(["---", *lines, "---"])


def is_card(text: bytes) -> bool:
    """Whether a file begins as cards do."""
    return text.startswith(b'---\nlibrary_name: "lenet"\n')


def _indexed(name: str, model: Model | Ensemble) -> dict[str, Any] | None:
    """Return the test accuracy as such heads have it; None: it isn't known, or is of pictures that sites don't know."""
    accuracy = measured(model, "test").get("accuracy")
    if accuracy is None or model.data not in SITE_NAMES:
        return None
    data = {"name": model.data, "type": SITE_NAMES[model.data], "split": "test"}
    metrics = [{"type": "accuracy", "value": accuracy}]
    task = {"type": "image-classification"}
    return {"name": name, "results": [{"task": task, "dataset": data, "metrics": metrics}]}


def measured(model: Model | Ensemble, part: str) -> dict[str, float]:
    """Return the numbers that were measured of ``test`` or ``validation``; a stranger's file may hold anything."""
    values = model.metrics.get(part)
    if not isinstance(values, dict):
        return {}
    return {key: v for key, v in values.items() if isinstance(v, (int, float)) and not isinstance(v, bool)}


def what(model: Model | Ensemble) -> str:
    """Return what a model is, in a sentence or two."""
    members, network, shown = _members(model), model.network, model.classes[:MOST_CLASSES]
    kind = f"{len(members)} networks that answer together, each" if members else "A network"
    classes = " ".join(f"`{plain(name) or 'blank'}`" for name in shown) + (
        " ..." if len(model.classes) > len(shown) else ""
    )
    text = (
        f"{kind} of {network.parameters:,} trained parameters. It reads {size(model.preparation)}, and tells "
        f"{len(model.classes)} class{'' if len(model.classes) == 1 else 'es'} apart: {classes}."
    )
    row = next((row for row in ZOO.values() if row.network == network), None)
    if row is None:
        return text
    return f"{text} The network is `{row.network.name}` of the zoo of lenet. Its source: {plain(row.source)}."


def layers(network: Network) -> str:
    """Return a network's layers as a table."""
    note = "`sees`: how many pixels of the input an output sees. Connections are counted as the paper counts them."
    return f"{table(HEADS, cells(network), WORDS)}\n\n{note}"


def training(model: Model | Ensemble) -> str:
    """Return how a model was trained, as far as it is known."""
    data = f"`{plain(model.data)}`" if model.data else "unknown"
    lines = [f"- data: {data}" + (f", SHA-256 `{plain(model.checksum)}`" if model.checksum else "")]
    if model.recipe is None:
        return "\n".join([*lines, "- recipe: unknown"])
    words = {name: text for name, text in describe(model.recipe).items() if name not in ("data", "pixels")}
    lines += [f"- {name}: {plain(text)}" for name, text in words.items()]
    members = _members(model)
    seeds = ", ".join("unknown" if member.seed is None else f"{member.seed}" for member in members)
    lines.append(f"- seeds of the members: {seeds}" if members else f"- seed: {model.recipe.seed}")
    if any(m.recipe is None or replace(m.recipe, seed=0) != replace(model.recipe, seed=0) for m in members):
        lines.append("- this is the recipe of the first member; others differ")
    return "\n".join(lines)


def results(model: Model | Ensemble) -> str:
    """Return what was measured."""
    heads = ("pictures", "error", "read wrong", "of", "mean loss")
    rows = []
    for part in ("test", "validation"):
        values = measured(model, part)
        if "error" in values:
            count, wrong = (f"{values[key]:,}" if key in values else "" for key in ("count", "wrong"))
            loss = f"{values['loss']:.4g}" if "loss" in values else ""
            rows.append((part, f"{values['error']:.2%}", wrong, count, loss))
    lines = [table(heads, rows, heads[:1]) if rows else "Nothing was measured that this file tells of."]
    members = _members(model)
    if members:
        errors = [f"{e:.2%}" for member in members if (e := measured(member, "test").get("error")) is not None]
        if errors:
            lines.append(f"Test error of each member alone: {', '.join(errors)}.")
    return "\n\n".join(lines)


def reading(model: Model | Ensemble) -> str:
    """Return what goes in and what comes out."""
    p, wins = model.preparation, "smallest" if model.network.smallest_wins else "largest"
    border = f", and a border of {p.padding} pixels of {p.low:g} is added on each side" if p.padding else ""
    lines = [
        f"- in: {size(p)}, `uint8`: 0 for paper and 255 for ink, as MNIST has them; ink that is darker than its "
        "paper has to be turned over (255 - p). One character a picture, of a size and place as in the training data.",
        f"- preparation, which is part of the model: a pixel p becomes {p.low:g} + {p.high - p.low:g} p / 255{border}.",
        f"- out: a score for each class, of which the {wins} wins"
        + (" (a distance to the class's code)." if model.network.smallest_wins else "."),
    ]
    if model.recipe is not None and model.recipe.loss.kind is LossKind.DISCRIMINATIVE:
        lines.append(
            "- probabilities: they add up to less than 1; the rest is that the picture shows none of the classes."
        )
    return "\n".join(lines)


def size(preparation: Preparation) -> str:
    """Return what a network's pictures are, in words."""
    channels, rows, columns = preparation.shape
    colours = "one grey value a pixel" if channels == 1 else f"{channels} values a pixel"
    return f"pictures of {rows}x{columns} pixels, {colours}"


def use(file: str, model: Model | Ensemble) -> str:
    """Return how to read with a model in a file."""
    channels, rows, columns = model.preparation.shape
    shape = f"(N, {rows}, {columns})" if channels == 1 else f"(N, {channels}, {rows}, {columns})"
    torch = "lenet.to_torch(model)  # a torch.nn.Module with these weights\n" if not _members(model) else ""
    return f"""\
```python
import lenet  # pip install lenet

model = lenet.load({json.dumps(file)})
model.predict(images)  # uint8 {shape}: the class of each, counted from 0
model.probabilities(images)
{torch}```

```sh
lenet predict picture.png --model {file}
lenet export model.onnx --model {file}
```

The file is a safetensors file: float arrays named after layer and weight, and a description of network, preparation,
classes, recipe and results in the key `lenet` of its metadata. Nothing in it is run on loading."""


def limits(models: Iterable[Model | Ensemble]) -> str:
    """Return what such models can't do."""
    if all(measured(model, "test") for model in models):
        first = "The test pictures are of the same source as the training pictures. Others were not measured."
    else:
        first = "How well it reads pictures that it wasn't trained on isn't known: measure it before use."
    return f"""\
- {first}
- It names one of its classes whatever it is shown. Its probabilities are no promise: they weren't fitted to how often
  it is right. Where a wrong answer does harm, reject the unsure ones.
- It reads one character at a time, and finds none in a page."""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], words: Sequence[str]) -> str:
    """Return a table in Markdown; columns other than ``words`` hold numbers and are aligned right."""
    rule = ["---" if head in words else "---:" for head in heads]
    return "\n".join(_line(cells) for cells in (heads, rule, *rows))


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(plain(cell) for cell in cells)} |"


def plain(text: str) -> str:
    """Return text that Markdown takes for text: on one line, and without what would begin a tag, a cell or code."""
    return " ".join(text.split()).replace("<", "&lt;").replace("|", "\\|").replace("`", "'")


def _members(model: Model | Ensemble) -> Sequence[Model]:
    return getattr(model, "members", ())

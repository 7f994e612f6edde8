"""Models and ensembles in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import html
from ..network.html import about, layers
from ..recipe.words import describe, pixels
from .kernels import picture

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .ensemble import Ensemble
    from .model import Model

SCALE = 6  # pixels of the screen across a weight


def model(model: Model) -> str:
    """Return a model as a document of its own."""
    return html.page(
        html.heading(model.name, "a trained model", *about(model.network)),
        html.facts({**measured(model.metrics), **_origin(model)}),
        kernels(model),
        html.folded("layers", layers(model.network)),
        _recipe(model),
    )


def ensemble(ensemble: Ensemble) -> str:
    """Return an ensemble as a document of its own."""
    sure = "never" if ensemble.sure is None else f"where its two best scores lie {ensemble.sure:g} or more apart"
    precision = {"precision": "weights of 16 bits"} if ensemble.half else {}
    return html.page(
        html.heading(ensemble.name, "an ensemble", *about(ensemble.network)),
        html.facts({**measured(ensemble.metrics), "member 1 alone": sure, **precision, **_origin(ensemble)}),
        html.folded("members", _members(ensemble)),
        html.folded("layers", layers(ensemble.network)),
        _recipe(ensemble),
    )


def measured(metrics: Mapping[str, Any]) -> dict[str, str]:
    """Return in words the errors among metrics, as a model's or a run's: ``test`` and ``validation``."""
    found = ((part, metrics.get(part)) for part in ("test", "validation"))
    return {f"{part} error": error(values) for part, values in found if isinstance(values, dict)}


def error(values: Mapping[str, Any]) -> str:
    """Return an error in words, with the numbers that it is of where they are known."""
    share, wrong, count = (values.get(name) for name in ("error", "wrong", "count"))
    if not isinstance(share, (int, float)):  # a stranger's file may say anything
        return "unknown"
    return f"{share:.2%}" + (f" ({wrong:,} of {count:,})" if isinstance(wrong, int) and isinstance(count, int) else "")


def kernels(model: Model) -> str:
    """Return the kernels of the first convolution as a picture; nothing where there is none."""
    found = picture(model.network, model.weights)
    if found is None:
        return ""
    name, pixels = found
    words = f"kernels of {name}: white is positive, black negative"
    return html.note(words) + html.picture(pixels, words, SCALE)


def _origin(model: Model | Ensemble) -> dict[str, str]:
    """Return what is known of where it comes from, and what it reads."""
    trained = {"trained on": model.data} if model.data else {}
    return {**trained, "classes": " ".join(model.classes), "pixels": pixels(model.preparation)}


def _recipe(model: Model | Ensemble) -> str:
    return "" if model.recipe is None else html.folded("recipe", html.facts(describe(model.recipe)))


def _members(ensemble: Ensemble) -> str:
    rows = [
        (f"{number}", "" if member.seed is None else f"{member.seed}", measured(member.metrics).get("test error", ""))
        for number, member in enumerate(ensemble.members, 1)
    ]
    return html.table(("member", "seed", "test error"), rows)

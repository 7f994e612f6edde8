"""From a classifier's parameters to a network and the recipe that it is trained by."""

from __future__ import annotations

import os
from dataclasses import replace
from math import ceil
from statistics import fmean
from typing import Any

import numpy as np

from ..errors import LenetError, unknown
from ..network import Network
from ..recipe import Adam, Loss, OneCycle, Recipe, Start, Validation
from ..training.settings import row_of
from ..zoo import QUICK, Entry

What = str | os.PathLike[str] | Network

# Fewer rows than MNIST has are gone through more often: patterns that a run sees at least, and the most passes for it.
LEAST, MOST_PASSES = 60_000, 500

# For outputs that are no distances. Start, optimiser and rate were chosen on scikit-learn's small digits and on the
# last 10,000 training digits of MNIST (of the first 20,000), over the networks of the zoo (docs/scikit-learn.md).
QUICK_SCORES = replace(QUICK, start=Start.GLOROT, loss=Loss(), optimiser=Adam(), schedule=OneCycle(0.006))


def settle(what: What, recipe: str | Recipe) -> Entry:
    """Return the network with the recipe to follow; preparation and classes are still its own.

    Args:
        what: a name of the zoo, the path of a TOML file, or a network.
        recipe: ``quick``, a name of one of the network's own, or a recipe, which is followed as it is.

    Raises:
        LenetError: an unknown name, or something that is neither.
    """
    if not isinstance(what, (str, os.PathLike, Network)):
        raise LenetError(f"network must be a name of the zoo, the path of a TOML file or a Network, not {what!r}")
    row = row_of(what)
    if isinstance(recipe, Recipe):
        return replace(row, recipe=recipe)
    recipes = {"quick": QUICK if row.network.smallest_wins else QUICK_SCORES, **row.recipes()}
    if not isinstance(recipe, str):
        raise LenetError(f"recipe must be one of {', '.join(recipes)}, or a Recipe, not {recipe!r}")
    if recipe not in recipes:
        raise unknown(f"recipe for {row.network.name}", recipe, recipes)
    return replace(row, recipe=_of_other_rows(recipes[recipe]))


def _of_other_rows(recipe: Recipe) -> Recipe:
    """Return a recipe without what it says of rows of its own data set by their numbers."""
    validation = recipe.validation
    if validation is not None and validation.rows is not None:
        validation = None if recipe.stopping is None else Validation()
    return replace(recipe, size=None, validation=validation)


def passes_for(recipe: Recipe, rows: int) -> int:
    """Return the passes of a recipe over so many rows: more over few."""
    return max(recipe.passes, min(ceil(LEAST / rows), MOST_PASSES))


def changes_of(classifier: Any) -> dict[str, Any]:
    """Return what a classifier's parameters change in a recipe."""
    share = classifier.validation
    return {
        "passes": classifier.passes,
        "batch": classifier.batch,
        "rate": classifier.rate,
        "seed": seed_of(classifier.random_state),
        "validation": None if share is None else Validation(share=share),
    }


def seed_of(random_state: Any) -> int | None:
    """Return the seed that a ``random_state`` stands for; None: the recipe's.

    Raises:
        LenetError: it is none.
    """
    if random_state is None:
        return None
    if isinstance(random_state, (np.random.RandomState, np.random.Generator)):
        draw = getattr(random_state, "integers", None) or random_state.randint  # type: ignore[union-attr]
        return int(draw(2**31 - 1))
    if isinstance(random_state, (int, np.integer)) and not isinstance(random_state, bool) and random_state >= 0:
        return int(random_state)
    raise LenetError(f"random_state must be None, a whole number of 0 or more, or a RandomState, not {random_state!r}")


def mean_rate(recipe: Recipe) -> float:
    """Return the mean rate of a run of the recipe's passes, each of 1,000 updates."""
    total = 1000 * recipe.passes
    return fmean(recipe.schedule.rate(update, 1000, total) for update in range(0, total, 20))

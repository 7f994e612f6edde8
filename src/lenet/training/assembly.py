"""From trained models to an ensemble that knows when its first member may answer alone, and what it is worth."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data.dataset import Dataset
from ..errors import LenetError
from ..model import Ensemble, Model, choose_sure, engines
from ..recipe import Recipe
from ..zoo import PAPER_DISTORTION
from .candidates import Candidates, choosing
from .observer import Observer
from .selection import Selection
from .settings import Data, dataset_of

SEEDS = 1_000_000  # between two seeds, so that one's distortions are no other's


def assemble(
    models: Sequence[Model], data: Data | None = None, *, half: bool = False, observer: Observer | None = None
) -> Ensemble:
    """Return the ensemble of trained models, with ``sure`` chosen and the errors measured.

    ``sure`` is the smallest gap that costs no accuracy on the rows that every member's recipe holds out, the same
    rows; where they hold out none, or each others, on a distorted copy of each training digit that no member has
    seen. The test set chooses nothing.

    Args:
        models: of one network, each with the recipe that it was trained by; the first is asked first.
        data: what they were trained on: its name or path, or the set itself; None: the first recipe's.
        half: round the weights to float16, for a file of half the size; all is chosen and measured with them.
        observer: is told how the choice goes.

    Returns:
        The ensemble; its ``metrics`` have ``test`` and ``validation`` (rows that all members hold out or watch), as
        ``Model``'s, and ``cost``, of each, the members that are asked on average.

    Raises:
        Interrupted: Ctrl-C came.
        LenetError: the models don't fit each other, or one doesn't say how it was trained, or was trained on other
            data.
    """
    members = list(Ensemble(models, half=half).members)
    recipes = [_recipe_of(member, number) for number, member in enumerate(members, 1)]
    dataset = dataset_of(recipes[0].data if data is None else data)
    for number, member in enumerate(members, 1):
        if member.checksum != dataset.checksum:
            raise LenetError(
                f"member {number} was trained on {member.data or 'unknown data'!r}, and not on {dataset.name!r} as it "
                "is now; give the data that all members were trained on"
            )
    selection = common(dataset, recipes)
    members = [member if member.metrics else _measured(member, dataset, selection) for member in members]
    sure = threshold(members, dataset, selection, observer or Observer())
    ensemble, _ = measure(members, sure, dataset, selection)
    return Ensemble(members, sure=sure, half=half, metrics=ensemble.metrics)


def common(data: Dataset, recipes: Sequence[Recipe]) -> Selection:
    """Return the rows that any member was trained on, and those that all watch: none where each watches others."""
    each = [Selection.of(data, recipe) for recipe in recipes]
    watched = each[0].watched
    if any(not np.array_equal(other.watched, watched) for other in each):
        watched = np.arange(0)
    return Selection(np.unique(np.concatenate([other.rows for other in each])), watched)


def threshold(members: Sequence[Model], data: Dataset, selection: Selection, observer: Observer) -> float | None:
    """Return the smallest gap from which on the first member may answer alone at no cost; None: there is none.

    Args:
        members: with their recipes.
        data: what they were trained on.
        selection: the rows that they were trained on, and those that all watch.
        observer: is told how it goes.

    Raises:
        Interrupted: Ctrl-C came.
    """
    recipes = [_recipe_of(member, number) for number, member in enumerate(members, 1)]
    held_out = all(recipe.validation is not None and recipe.validation.held_out for recipe in recipes)
    if held_out and len(selection.watched):
        images, labels = data.train_images[selection.watched], data.train_labels[selection.watched].astype(np.int64)
        scores = np.stack([np.asarray(member.scores(images)) for member in members])
    else:
        first = members[0]
        engine = engines.build(first.engine, first.network, first.preparation, first.threads)
        with choosing(observer, "choosing where net 1 answers alone") as watch:
            fresh = Candidates(engine, data, selection.rows, _unseen(recipes), watch)
            scores, labels = fresh.scores([member.flat for member in members]), fresh.labels()
    return choose_sure(scores, labels, members[0].network.smallest_wins)


def measure(
    members: Sequence[Model], sure: float | None, data: Dataset, selection: Selection, always: str = "all"
) -> tuple[Ensemble, dict[str, Any]]:
    """Return the ensemble, and metrics of it.

    Args:
        members: with their metrics.
        sure: as ``Ensemble``'s.
        data: the set that is read.
        selection: which of the training rows are watched.
        always: begins the names of the errors where all members are always asked.

    Returns:
        The ensemble with the errors ``test`` and ``validation``, and ``cost``; and these, the errors where all are
        always asked, and ``nets``, each member's.
    """
    committee, whole, metrics = Ensemble(members, sure=sure), Ensemble(members), dict[str, Any]()
    for name, (images, labels) in _parts(data, selection).items():
        metrics[name] = committee.evaluate(images, labels).summary()
        metrics[f"{always}_{name}"] = whole.evaluate(images, labels).summary()
        metrics.setdefault("cost", {})[name] = round(committee.cost(images), 4)
    metrics["nets"] = [member.metrics for member in members]
    kept: dict[str, Any] = {name: metrics[name] for name in ("test", "validation", "cost") if name in metrics}
    return Ensemble(members, sure=sure, metrics=kept), metrics


def _parts(data: Dataset, selection: Selection) -> dict[str, tuple[NDArray[np.uint8], NDArray[Any]]]:
    """Return images and labels of the parts that errors are measured on, those that there are."""
    watched = selection.watched
    parts = {
        "test": (data.test_images, data.test_labels),
        "validation": (data.train_images[watched], data.train_labels[watched]),
    }
    return {name: part for name, part in parts.items() if len(part[1])}


def _measured(member: Model, data: Dataset, selection: Selection) -> Model:
    """Return the member with its errors."""
    known = copy(member)
    known.metrics = {name: member.evaluate(*part).summary() for name, part in _parts(data, selection).items()}
    return known


def _recipe_of(member: Model, number: int) -> Recipe:
    if member.recipe is None:
        raise LenetError(f"member {number} doesn't say by which recipe it was trained; give the model of a run")
    return member.recipe


def _unseen(recipes: Sequence[Recipe]) -> Recipe:
    """Return the recipe of one distorted copy of each digit that none of the members has seen."""
    distortion = replace(recipes[0].distortion or PAPER_DISTORTION, copies=1, share=1.0)
    return replace(recipes[0], seed=max(recipe.seed for recipe in recipes) + SEEDS, distortion=distortion)

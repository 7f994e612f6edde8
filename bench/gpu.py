"""``python -m bench gpu``: how long lenet5 takes to 99.0% and 99.5% on PyTorch's best device, and how fast it reads."""

from __future__ import annotations

import statistics
from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np

import lenet
from lenet.data.dataset import Dataset
from lenet.engine.torch.engine import TorchEngine
from lenet.training.machine import facts

from .digits import digits

RECORD = "the record to beat: 99.04% in 0.76 s on a GTX 1660 Ti"
GOALS = (("default", 0.99), ("best", 0.995))  # a recipe of lenet5, and the share of test digits to read right
READ = 10_000  # digits that are read at once
ROUNDS = 5


def run(device: str | None, seeds: int, data: str | None, *, quick: bool = False) -> dict[str, Any]:
    """Train lenet5 from seeds 0 to ``seeds`` - 1 by each recipe of ``GOALS``, and read; return what was measured.

    Args:
        device: ``cuda``, ``mps`` or ``cpu``; None: the first that is there.
        seeds: how many runs of each recipe.
        data: a data set, by name or path; None: MNIST.
        quick: one run of one pass.
    """
    dataset, entry = lenet.data.load(data or "mnist"), lenet.zoo["lenet5"]
    engine = TorchEngine(entry.network, entry.recipe.preparation, device=device)
    about = {**facts(), "device": engine.accelerator, "torch": engine.torch, "data": dataset.name}
    goals = []
    for name, goal in GOALS:
        recipe = replace(entry.follow(name), test_each_pass=True)
        recipe = replace(recipe, passes=1) if quick else recipe
        runs = [_train(dataset, recipe, seed, engine.device, goal) for seed in range(1 if quick else seeds)]
        goals.append({"recipe": name, "goal": goal, "batch": recipe.batch, "passes": recipe.passes, "runs": runs})
    flat = lenet.training.draw(entry.network, entry.recipe.start, 0)
    images = digits(data).test[: READ // 20 if quick else READ]
    rates = _read(engine, flat, images)
    return {"machine": about, "training": goals, "read at once": len(images), "digits read a second": rates}


def _train(data: Dataset, recipe: lenet.Recipe, seed: int, device: str, goal: float) -> dict[str, Any]:
    """Return when a run first read its goal after a pass, by its seconds of training; what it came to, and its rate."""
    run = lenet.train("lenet5", data, recipe=recipe, seed=seed, folder=False, engine="torch", device=device)
    reached = [row.seconds for row in run.history if row.test_error is not None and 1 - row.test_error >= goal]
    return {
        "seed": seed,
        "seconds to the goal": reached[0] if reached else None,
        "seconds": run.metrics["seconds"]["training"],
        "accuracy": run.metrics["test"]["accuracy"],
        "digits a second": run.history[-1].digits_per_second,
    }


def _read(engine: TorchEngine, flat: np.ndarray[Any, Any], images: np.ndarray[Any, Any]) -> list[float]:
    """Return how many digits a second are read in each round, from bytes in memory to scores in memory."""
    engine.scores(flat, images)
    rates = []
    for _ in range(ROUNDS):
        started = perf_counter()
        engine.scores(flat, images)
        rates.append(len(images) / (perf_counter() - started))
    return rates


def summary(measured: dict[str, Any]) -> str:
    """Return what was measured, in lines."""
    about = measured["machine"]
    lines = [f"{about['device']}, PyTorch {about['torch']}, {about['processor']}; {about['data']}; {RECORD}"]
    for goal in measured["training"]:
        runs = goal["runs"]
        reached = [run["seconds to the goal"] for run in runs if run["seconds to the goal"] is not None]
        lines.append(
            f"lenet5, recipe {goal['recipe']} ({goal['passes']} passes, batches of {goal['batch']}): "
            f"{len(reached)} of {len(runs)} runs read {goal['goal']:.1%} of the test digits"
            f"{f', after {_spread(reached)} s of training' if reached else ''}; "
            f"accuracy {_spread([100 * run['accuracy'] for run in runs])}% "
            f"after {_spread([run['seconds'] for run in runs])} s; "
            f"{_spread([run['digits a second'] for run in runs], 0)} digits a second in the last pass"
        )
    lines.append(
        f"reading: {_spread(measured['digits read a second'], 0)} digits a second, {measured['read at once']:,} at once"
    )
    return "\n".join(lines) + "\n"


def _spread(values: list[float], places: int = 2) -> str:
    """Return mean and standard deviation (n - 1)."""
    spread = statistics.stdev(values) if len(values) > 1 else 0.0
    return f"{statistics.mean(values):,.{places}f} ± {spread:,.{places}f}"

"""What of Optuna chooses, stops and judges trials, set up as a search needs it."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..extras import require
from .space import Pruner

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial

DULL = 10  # draws in vain, one after the other, after which they are at random
FIRST = 5  # trials before the median is asked
LEAST = 10  # trials that tell what mattered


def package() -> Any:
    """Return the module ``optuna``; raise ``LenetError`` where it isn't installed."""
    require("optuna.storages.journal", "tune", "searching networks and recipes")
    return require("optuna", "tune", "searching networks and recipes")


def sampler(seed: int, drawn: int, in_vain: int) -> Any:
    """Return what draws the next trial; a search that was killed and gone on with draws what it would have otherwise.

    Args:
        seed: the search's.
        drawn: how many came before.
        in_vain: how many of the last of them gave nothing to train: where the same comes again and again, chance helps.
    """
    samplers = package().samplers
    own = int.from_bytes(hashlib.sha256(f"{seed} {drawn}".encode()).digest()[:4], "big")
    if in_vain >= DULL:
        return samplers.RandomSampler(seed=own)
    return samplers.TPESampler(
        seed=own,
        multivariate=True,  # so that kernels that don't go together are learned
        group=True,
        constant_liar=True,  # what is being tried elsewhere isn't tried again
    )


def pruner(which: Pruner, passes: int) -> Any:
    """Return what stops trials early, of so many passes."""
    pruners = package().pruners
    if which is Pruner.MEDIAN:
        return pruners.MedianPruner(n_startup_trials=FIRST, n_warmup_steps=passes // 4 + 1)
    return pruners.SuccessiveHalvingPruner() if which is Pruner.HALVING else pruners.NopPruner()


def importances(trials: Sequence[FrozenTrial]) -> dict[str, float]:
    """Return by how much each setting decides whether a trial is among the best, by PED-ANOVA; see ``Ledger``."""
    optuna = package()
    trained = [trial for trial in trials if trial.intermediate_values and trial.params]
    if len(trained) < LEAST:
        return {}
    study = optuna.create_study(storage=optuna.storages.InMemoryStorage())
    for each in trained:
        value = each.value if each.value is not None else each.intermediate_values[max(each.intermediate_values)]
        study.add_trial(optuna.create_trial(value=value, params=each.params, distributions=each.distributions))
    with quiet():
        judge = optuna.importance.PedAnovaImportanceEvaluator()
        found = optuna.importance.get_param_importances(study, evaluator=judge)
    return {name: float(share) for name, share in found.items()} if sum(found.values()) > 0 else {}


@contextmanager
def quiet() -> Iterator[None]:
    """Keep to ourselves that parts of Optuna may change in a later version of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", package().exceptions.ExperimentalWarning)
        yield

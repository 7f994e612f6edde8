"""The trials of a search, kept in Optuna's storage; what comes next is chosen by Optuna from what came before."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.dataset import Dataset
from ..errors import LenetError
from ..extras import require
from ..files import append_to, take, whole_lines
from ..plain import to_plain
from ..zoo import Entry
from .candidate import Candidate, choose, chosen_by_base
from .space import Pruner, Space
from .trial import State, Trial

if TYPE_CHECKING:
    import optuna

FILE, STUDY = "study.log", "lenet"
ABOUT, OUTCOME = (
    "about",
    "outcome",
)  # what is kept of a trial beside what Optuna keeps: when it is drawn, and at its end
DULL = 10  # draws in vain, one after the other, after which they are at random
FIRST = 5  # trials before the median is asked


class Ledger:
    """The trials of a folder, which belongs to this process inside ``with``."""

    def __init__(self, folder: Path, space: Space, data: Dataset) -> None:
        """Take the folder, which is made by ``with``; what is drawn must fit the data."""
        self.folder, self.space, self._data = folder, space, data
        self._asked: dict[int, optuna.Trial] = {}
        self._known: dict[str, int] = {}

    def __enter__(self) -> Ledger:
        """Open the storage; raise ``LenetError`` where it is damaged, or another process works in the folder."""
        self._optuna = _optuna()
        self._verbosity = self._optuna.logging.get_verbosity()
        self._lock = take(self.folder, "lenet tune")
        self._optuna.logging.set_verbosity(self._optuna.logging.ERROR)
        try:
            self._study = self._open()
            self._resume()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Let others work in the folder."""
        self._optuna.logging.set_verbosity(self._verbosity)
        self._lock.close()

    def trials(self) -> list[Trial]:
        """Return all that was drawn, in order, but for what a kill left half drawn."""
        found = self._study.get_trials(deepcopy=False)
        return [_trial(each) for each in found if ABOUT in each.user_attrs]

    def trial(self, number: int) -> Trial:
        """Return one of them."""
        return _trial(self._study.get_trials(deepcopy=False)[number])

    def entry(self, number: int) -> Entry:
        """Return the network and recipe of a trial that fits."""
        entry = choose(self.space, self._study.get_trials(deepcopy=False)[number]).entry
        assert entry is not None
        return entry

    def ask(self) -> tuple[int, Candidate]:
        """Draw a trial, from what came before and the seed alone; one that can't be trained is told of at once."""
        states = self._optuna.trial.TrialState
        with _quiet():
            self._study.sampler = self._sampler()
            trial = self._study.ask()
            candidate = choose(self.space, trial, self._data)
        entry = candidate.entry
        about: dict[str, Any] = {"settings": candidate.settings}
        if entry is not None:
            about |= {"parameters": entry.network.parameters, "multiply_adds": entry.network.multiply_adds}
        trial.set_user_attr(ABOUT, about)
        same = self._known.setdefault(_digest(candidate), trial.number)
        if entry is None:
            self._end(trial, states.PRUNED, candidate.why)
        elif same != trial.number:
            self._end(trial, states.FAIL, f"the same as trial {same}")
        else:
            self._asked[trial.number] = trial
        return trial.number, candidate

    def in_vain(self) -> int:
        """Return how many of the last draws gave nothing to train."""
        vain = (State.UNFIT, State.REPEATED)
        return sum(1 for _ in takewhile(lambda trial: trial.state in vain, reversed(self.trials())))

    def report(self, number: int, errors: tuple[float, ...]) -> bool:
        """Keep the validation errors after each pass so far; return whether to stop the trial."""
        trial, known = self._asked[number], self._study.get_trials(deepcopy=False)[number].intermediate_values
        for pass_, error in enumerate(errors, 1):
            if pass_ not in known:
                trial.report(error, pass_)
        return bool(errors) and trial.should_prune()

    def done(self, number: int, error: float, seconds: float, diverged: str = "") -> None:
        """Keep what a trial gave."""
        self._end(self._asked.pop(number), self._optuna.trial.TrialState.COMPLETE, diverged, seconds, error)

    def stopped(self, number: int, seconds: float) -> None:
        """Keep that a trial was stopped early."""
        self._end(self._asked.pop(number), self._optuna.trial.TrialState.PRUNED, "", seconds)

    def failed(self, number: int, why: str) -> None:
        """Keep that a trial can't be done, and why."""
        self._end(self._asked.pop(number), self._optuna.trial.TrialState.FAIL, why)

    def importances(self) -> dict[str, float]:
        """Return by how much each setting decides whether a trial is among the best; they add up to 1.

        By PED-ANOVA (Watanabe, Bansal and Hutter, 2023). None of fewer than ten trials, or where nothing stands out.
        """
        optuna = self._optuna
        trained = [t for t in self._study.get_trials(deepcopy=False) if t.intermediate_values and t.params]
        if len(trained) < 2 * FIRST:
            return {}
        copy = optuna.create_study(storage=optuna.storages.InMemoryStorage())
        for each in trained:
            value = each.value if each.value is not None else each.intermediate_values[max(each.intermediate_values)]
            copy.add_trial(optuna.create_trial(value=value, params=each.params, distributions=each.distributions))
        with _quiet():
            found = optuna.importance.get_param_importances(
                copy, evaluator=optuna.importance.PedAnovaImportanceEvaluator()
            )
        return {name: float(share) for name, share in found.items()} if sum(found.values()) > 0 else {}

    def _open(self) -> Any:
        optuna, path = self._optuna, self.folder / FILE
        try:
            _ = [json.loads(line) for line in whole_lines(path).splitlines()]
        except ValueError:
            raise LenetError(f"{path} is damaged; begin anew in another folder") from None
        quarter = self.space.base.recipe.passes // 4
        pruners = {
            Pruner.MEDIAN: lambda: optuna.pruners.MedianPruner(n_startup_trials=FIRST, n_warmup_steps=quarter + 1),
            Pruner.HALVING: optuna.pruners.SuccessiveHalvingPruner,
            Pruner.NONE: optuna.pruners.NopPruner,
        }
        storage = optuna.storages.JournalStorage(_log(path))
        study = optuna.create_study(
            study_name=STUDY, storage=storage, load_if_exists=True, pruner=pruners[self.space.search.pruner]()
        )
        base = chosen_by_base(self.space)
        if base is not None and not study.get_trials(deepcopy=False):
            study.enqueue_trial(base)
        return study

    def _resume(self) -> None:
        """Take up what a stopped search left; what a kill left half drawn is given up."""
        states = self._optuna.trial.TrialState
        for each in self._study.get_trials(deepcopy=False):
            if each.state is states.RUNNING and ABOUT not in each.user_attrs:
                self._study.tell(each.number, state=states.FAIL)
            elif ABOUT in each.user_attrs:
                self._known.setdefault(_digest(choose(self.space, each)), each.number)
                if each.state is states.RUNNING:
                    self._asked[each.number] = self._optuna.trial.Trial(self._study, each._trial_id)

    def _end(self, trial: optuna.Trial, state: Any, why: str, seconds: float = 0.0, error: float | None = None) -> None:
        trial.set_user_attr(OUTCOME, {"why": why, "seconds": seconds})
        self._study.tell(trial, error, state=state)

    def _sampler(self) -> Any:
        """Return what draws the next trial, seeded by the search's seed and how many came before.

        So a search that was killed and gone on with draws what one that wasn't would have.
        """
        trials = self.trials()
        digest = hashlib.sha256(f"{self.space.search.seed} {len(trials)}".encode()).digest()
        seed = int.from_bytes(digest[:4], "big")
        if self.in_vain() >= DULL:
            return self._optuna.samplers.RandomSampler(seed=seed)
        return self._optuna.samplers.TPESampler(
            seed=seed,
            multivariate=True,  # so that kernels that don't go together are learned
            group=True,
            constant_liar=True,  # what is being tried elsewhere isn't tried again
        )


def _trial(frozen: Any) -> Trial:
    about, outcome = frozen.user_attrs[ABOUT], frozen.user_attrs.get(OUTCOME, {})
    why, errors = (
        outcome.get("why", ""),
        tuple(frozen.intermediate_values[i] for i in sorted(frozen.intermediate_values)),
    )
    states = {
        "RUNNING": State.RUNNING,
        "COMPLETE": State.DIVERGED if why else State.DONE,
        "PRUNED": State.STOPPED if errors else State.UNFIT,
        "FAIL": State.REPEATED if why.startswith("the same as") else State.FAILED,
    }
    state = states[frozen.state.name]
    return Trial(
        frozen.number,
        state,
        about["settings"],
        errors,
        frozen.value if state is State.DONE else None,
        about.get("parameters"),
        about.get("multiply_adds"),
        outcome.get("seconds", 0.0),
        why,
    )


def _digest(candidate: Candidate) -> str:
    """Return what tells one network and recipe from another; of those that don't fit, what was chosen."""
    entry = candidate.entry
    said = candidate.settings if entry is None else [to_plain(entry.network), to_plain(entry.recipe)]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _optuna() -> Any:
    optuna = require("optuna", "tune", "searching networks and recipes")
    require("optuna.storages.journal", "tune", "searching networks and recipes")
    return optuna


def _log(path: Path) -> Any:
    """Return Optuna's log in a file that is this process's alone: no lock of its own, no wait for the disk.

    What a kill leaves is whole lines and perhaps a half; Optuna waits for the disk ten times a trial.
    """
    from optuna.storages.journal import JournalFileBackend

    class Log(JournalFileBackend):
        def append_logs(self, logs: list[dict[str, Any]]) -> None:
            append_to(path, "".join(json.dumps(log, separators=(",", ":")) + "\n" for log in logs).encode())

    return Log(str(path))


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep to ourselves that parts of Optuna's sampler may change in a later version."""
    import optuna

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        yield

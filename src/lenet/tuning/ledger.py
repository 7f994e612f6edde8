"""The trials of a search, kept in Optuna's storage; what comes next is chosen by Optuna from what came before."""

from __future__ import annotations

import hashlib
import json
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.dataset import Dataset
from ..files import take
from ..plain import to_plain
from ..zoo import Entry
from . import log, sampling
from .candidate import Candidate, choose, chosen_by_base
from .space import Space
from .trial import State, Trial

if TYPE_CHECKING:
    import optuna

FILE, STUDY = "study.log", "lenet"
# What is kept of a trial beside what Optuna keeps: when it is drawn, and at its end.
ABOUT, OUTCOME = "about", "outcome"


class Ledger:
    """The trials of a folder, which belongs to this process inside ``with``."""

    def __init__(self, folder: Path, space: Space, data: Dataset) -> None:
        """Take the folder, which is made by ``with``; what is drawn must fit the data."""
        self.folder, self.space, self._data = folder, space, data
        self._asked: dict[int, optuna.Trial] = {}
        self._known: dict[str, int] = {}

    def __enter__(self) -> Ledger:
        """Open the storage; raise ``LenetError`` where it is damaged, or another process works in the folder."""
        self._optuna = sampling.package()
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
        """Return all that was drawn, in order."""
        return [_trial(each) for each in self._study.get_trials(deepcopy=False) if ABOUT in each.user_attrs]

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
        with sampling.quiet():
            self._study.sampler = sampling.sampler(self.space.search.seed, len(self.trials()), self.in_vain())
            trial = self._study.ask()
            candidate = choose(self.space, trial, self._data)
        entry = candidate.entry
        about: dict[str, Any] = {"settings": candidate.settings}
        if entry is not None:
            about |= {"parameters": entry.network.parameters, "multiply_adds": entry.network.multiply_adds}
        trial.set_user_attr(ABOUT, about)
        self._drawn(trial, candidate)
        return trial.number, candidate

    def _drawn(self, trial: optuna.Trial, candidate: Candidate) -> None:
        """Expect what comes of a trial, or end it where it can't be trained or was before."""
        states = self._optuna.trial.TrialState
        same = self._known.setdefault(_digest(candidate), trial.number)
        if candidate.entry is None:
            self._end(trial, states.PRUNED, candidate.why)
        elif same != trial.number:
            self._end(trial, states.FAIL, f"the same as trial {same}")
        else:
            self._asked[trial.number] = trial

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
        return sampling.importances(self._study.get_trials(deepcopy=False))

    def _open(self) -> Any:
        optuna, path = self._optuna, self.folder / FILE
        log.mend(path, ABOUT)
        study = optuna.create_study(
            study_name=STUDY,
            storage=optuna.storages.JournalStorage(log.log(path)),
            load_if_exists=True,
            pruner=sampling.pruner(self.space.search.pruner, self.space.base.recipe.passes),
        )
        base = chosen_by_base(self.space)
        if base is not None and not study.get_trials(deepcopy=False):
            study.enqueue_trial(base)
        return study

    def _resume(self) -> None:
        """Take up what a stopped search left."""
        running = self._optuna.trial.TrialState.RUNNING
        for each in self._study.get_trials(deepcopy=False):
            if ABOUT not in each.user_attrs:
                continue  # the base, which waits to be drawn
            candidate = choose(self.space, each, self._data)
            if each.state is running:
                self._drawn(self._optuna.trial.Trial(self._study, each._trial_id), candidate)
            else:
                self._known.setdefault(_digest(candidate), each.number)

    def _end(self, trial: optuna.Trial, state: Any, why: str, seconds: float = 0.0, error: float | None = None) -> None:
        trial.set_user_attr(OUTCOME, {"why": why, "seconds": seconds})
        self._study.tell(trial, error, state=state)


def _trial(frozen: Any) -> Trial:
    about, outcome = frozen.user_attrs[ABOUT], frozen.user_attrs.get(OUTCOME, {})
    why, seen = outcome.get("why", ""), frozen.intermediate_values
    errors = tuple(seen[pass_] for pass_ in sorted(seen))
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

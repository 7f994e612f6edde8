"""A search: what it draws, stops and keeps; how it goes on after a stop; what it measures in the end."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from small_job import answer
from small_space import RANGES, SPACE

import lenet
from lenet import tuning
from lenet.errors import LenetError
from lenet.training import history
from lenet.tuning import State, Watch, jobs, search, step

ONE = "\n[space]\nrecipe.schedule.value = { low = 0.01, high = 0.3, log = true }\n"


@pytest.fixture
def tune(digits, tmp_path):
    """Search with one worker, in a folder of the test's."""

    def run(space=None, out="out", **options):
        options = {"workers": 1, "out": None if "resume" in options else tmp_path / out, "data": digits, **options}
        return lenet.tune(space, **options)

    return run


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    path = tmp_path_factory.mktemp("space") / "space.toml"
    path.write_text(SPACE + RANGES)
    return path


@pytest.fixture(scope="module")
def whole(space, digits, tmp_path_factory):
    """A search that has ended, with what was seen of it."""
    seen = Seen()
    out = tmp_path_factory.mktemp("whole") / "out"
    return lenet.tune(space, data=digits, workers=1, out=out, watch=seen), seen


class Seen(Watch):
    def __init__(self, stop_after: int | None = None):
        self.ended, self.started, self.passes, self._stop = [], [], [], stop_after

    def on_begin(self, trials, done):
        self.trials, self.done = trials, done

    def on_start(self, trial, passes):
        self.started.append((trial.number, len(trial.errors)))

    def on_pass(self, trial):
        self.passes.append((trial.number, trial.errors[-1]))

    def on_end(self, trial, best):
        self.ended.append(trial.number)
        if self._stop is not None and len(self.ended) >= self._stop:
            signal.raise_signal(signal.SIGINT)


def test_a_search_ends_in_a_network_that_trains_to_the_same_bits(whole, digits):
    tuned, seen = whole
    assert tuned.best is not None and not tuned.stopped
    assert tuned.count(*search.TRAINED) == 8 == len(seen.ended) and (seen.trials, seen.done) == (8, 0)
    assert tuned.best.error == min(trial.error for trial in tuned.ranked) < 0.1
    again = lenet.train(tuned.folder / "best.toml", data=digits, folder=False)
    assert np.array_equal(again.model.flat, tuned.model.flat)
    assert again.metrics["validation"]["error"] == tuned.best.error
    assert again.metrics["test"] == tuned.test == tuned.model.metrics["test"]
    assert tuned.entry is not None and tuned.entry.network.parameters == tuned.best.parameters
    found = (tuned.folder / "trials.csv").read_text().splitlines()
    assert len(found) == 1 + len(tuned.trials) and found[0].endswith(
        "C1.kernel,C1.maps,*.activation,recipe.schedule.value"
    )


def test_the_test_set_is_not_there_while_it_searches(tune, written, monkeypatch):
    given = []

    def advance(step_, data, stop=None):
        given.append((len(data.test_images), len(data.test_labels)))
        return step.advance(step_, data, stop)

    monkeypatch.setattr("lenet.tuning.tuner.advance", advance)
    tuned = tune(written(ONE), trials=2)
    assert given and set(given) == {(0, 0)}
    assert tuned.test is not None
    others = [trial for trial in tuned.trials if trial is not tuned.best]
    for trial in others:
        assert "test" not in json.loads((tuned.folder / "trials" / trial.folder / "metrics.json").read_text())


def told(tuned):
    """Return what is the same each time."""
    return [replace(trial, seconds=0) for trial in tuned.trials]


def test_another_seed_gives_other_trials(tune, space, whole):
    found = tuning.read(space)
    other = tune(replace(found, search=replace(found.search, seed=1, trials=3)))
    assert [trial.settings for trial in other.trials] != [
        each.settings for each in whole[0].trials[: len(other.trials)]
    ]


def test_combinations_that_do_not_fit_are_no_trials(tune, written):
    tuned = tune(written("\n[space]\nC1.kernel = [3, 9]\nC1.maps = [2, 3, 4, 5]\n"), trials=4)
    assert [trial.settings["C1.kernel"] for trial in tuned.ranked] == [3] * 4
    unfit = [trial for trial in tuned.trials if trial.state is State.UNFIT]
    assert all(trial.why.startswith("layer C1: a kernel of 9 doesn't fit into 8 pixels") for trial in unfit)
    assert unfit and not (tuned.folder / "trials" / unfit[0].folder).exists()


def test_a_space_in_which_nothing_fits_ends(tune, written, monkeypatch):
    monkeypatch.setattr(search, "IN_VAIN", 5)
    tuned = tune(written("\n[space]\nC1.kernel = [9, 10]\n"))
    assert tuned.best is None and "a kernel of" in tuned.exhausted and tuned.count(State.UNFIT) == 5
    assert not (tuned.folder / "best.toml").exists()


def test_nothing_is_trained_twice_and_a_space_of_a_few_ends(tune, written, monkeypatch):
    monkeypatch.setattr(search, "IN_VAIN", 12)
    tuned = tune(written("\n[space]\nC1.maps = [2, 3]\n"))
    assert sorted(trial.settings["C1.maps"] for trial in tuned.ranked) == [2, 3]
    assert tuned.count(State.REPEATED) >= 5 and "the same as trial" in tuned.exhausted


def test_the_first_trial_is_the_base_where_the_space_holds_it(tune, written, digits):
    space = written(ONE)
    tuned = tune(space, trials=2)
    base = lenet.train(tuning.read(space).base, data=digits, folder=False)
    assert tuned.trials[0].settings == {"recipe.schedule.value": 0.05}
    assert tuned.trials[0].errors == tuple(row.validation_error for row in base.history)


@pytest.mark.parametrize("pruner", ["median", "halving"])
def test_bad_trials_are_stopped_early(tune, written, pruner):
    ranges = "\n[space]\nrecipe.schedule.value = { low = 1e-7, high = 0.2, log = true }\n"
    text = written(ranges).read_text().replace("trials = 8", f'trials = 9\npruner = "{pruner}"')
    tuned = tune(written("", text))
    stopped = [trial for trial in tuned.trials if trial.state is State.STOPPED]
    assert stopped and min(trial.errors[-1] for trial in stopped) > tuned.ranked[0].errors[-1]
    assert all(1 <= len(trial.errors) < 4 and trial.error is None for trial in stopped)


def test_without_a_pruner_every_trial_comes_to_its_end(tune, written):
    text = written(ONE).read_text().replace("trials = 8", 'trials = 2\npruner = "none"')
    assert [len(trial.errors) for trial in tune(written("", text)).trials] == [4, 4]


def test_a_trial_that_diverges_is_a_bad_one_and_no_end(tune, written):
    tuned = tune(written("\n[space]\nrecipe.schedule.value = [1e30, 0.1]\n'*'.activation = ['relu']\n"), trials=2)
    states = {trial.settings["recipe.schedule.value"]: trial for trial in tuned.trials}
    assert states[1e30].state is State.DIVERGED and states[1e30].why.startswith("training diverged in pass 1")
    assert tuned.best is not None and tuned.best.settings["recipe.schedule.value"] == 0.1


@pytest.mark.parametrize("after", [1, 6])
def test_ctrl_c_ends_cleanly_and_the_search_goes_on_to_the_same(tune, space, whole, after):
    stopped = tune(space, watch=Seen(stop_after=after))
    assert stopped.stopped and stopped.test is None and stopped.count(State.RUNNING) == 1
    assert stopped.count(*search.TRAINED) == after + 1
    seen = Seen()
    resumed = tune(resume=stopped.folder, watch=seen)
    assert (seen.trials, seen.done) == (8, after)
    assert told(resumed) == told(whole[0])
    assert resumed.test == whole[0].test and np.array_equal(resumed.model.flat, whole[0].model.flat)


def test_a_search_that_ended_goes_on_to_more_trials(tune, written):
    first = tune(written(ONE), trials=2)
    more = tune(resume=first.folder, trials=3)
    assert more.count(*search.TRAINED) == 3 and more.trials[:2] == first.trials
    assert tuning.read(first.folder / "space.toml").search.trials == 3


def test_time_begins_no_further_trial(tune, written):
    assert tune(written(), minutes=0).trials == ()


def test_the_runs_of_the_best_are_kept_and_of_others_their_history(whole):
    kept = {trial.folder for trial in whole[0].ranked[: search.KEPT]}
    for folder in (whole[0].folder / "trials").iterdir():
        assert history.read(folder)
        assert (folder / "checkpoint.safetensors").exists() == (folder.name in kept)


def test_other_seeds_choose_by_their_mean(tune, written):
    tuned = tune(written(ONE), trials=4, seeds=2)
    assert set(tuned.again) == {trial.number for trial in tuned.ranked[:3]} and tuned.best is not None
    means = {number: sum(errors) / 2 for number, errors in tuned.again.items()}
    assert means[tuned.best.number] == min(means.values())
    number = tuned.ranked[1].number
    entry = lenet.written.read(tuned.folder / "again" / f"{number:04d}-2" / "settings.toml")
    assert entry.recipe.seed == 2
    assert tune(resume=tuned.folder).again == tuned.again


def test_trials_side_by_side_are_the_same_networks(tune, written):
    tuned = tune(written(ONE), workers=2, trials=3)
    assert tuned.count(State.DONE, State.STOPPED) == 3 and tuned.test is not None
    assert len({trial.number for trial in tuned.trials}) == len(tuned.trials)


@pytest.mark.parametrize("workers", [1, 2])
def test_jobs_are_drawn_as_others_end(workers):
    drawn, got = [], []

    def arguments():
        for number in range(4):
            drawn.append((number, len(got)))
            yield number
        while len(got) < 4:
            yield jobs.LATER
        yield "wrong"

    for _, result in jobs.run_here(answer, arguments(), common=(10,), workers=workers):
        got.append(result)
    assert sorted(got[:4]) == [0, 10, 20, 30] and str(got[4]) == "it is wrong" and len(got) == 5
    assert all(number - ended <= workers for number, ended in drawn)


def test_a_process_that_dies_is_begun_again_and_then_its_job_has_failed():
    got = dict(jobs.run_here(answer, iter(["die", 1, 2]), common=(10,), workers=2))
    assert isinstance(got[0], jobs.Lost) and "ended with code 3, 2 times" in str(got[0])
    assert (got[1], got[2]) == (10, 20)


def test_trials_that_fail_are_told_of_and_three_in_a_row_end_the_search(tune, written, monkeypatch, tmp_path):
    def fail(step_, data, stop=None):
        raise LenetError("no room for it")

    monkeypatch.setattr("lenet.tuning.tuner.advance", fail)
    with pytest.raises(LenetError, match="no room for it"):
        tune(written(ONE))
    monkeypatch.undo()
    tuned = tune(resume=tmp_path / "out")
    failed = [trial for trial in tuned.trials if trial.state is State.FAILED]
    assert [trial.why for trial in failed] == ["no room for it"] * 2
    assert tuned.count(*search.TRAINED) == 8


MISUSED = {
    "give a space to search, or the folder of a search": {},
    "leave out either out or resume": {"resume": "x", "out": "y"},
    "x isn't the folder of a search: it has no space.toml": {"resume": "x"},
}


@pytest.mark.parametrize("words", MISUSED)
def test_what_does_not_go_together(words):
    with pytest.raises(LenetError, match=words):
        lenet.tune(**MISUSED[words])


def test_a_folder_holds_one_search(tune, written):
    tune(written(ONE), trials=1)
    with pytest.raises(LenetError, match="holds a search already; go on with it by --resume"):
        tune(written(ONE), trials=1)


def test_two_do_not_work_in_a_folder(tune, written, digits, tmp_path):
    space = tuning.read(written(ONE))
    with tuning.ledger.Ledger(tmp_path / "out", space, digits), pytest.raises(LenetError, match="another lenet tune"):
        tune(space)


def test_data_that_do_not_fit_are_refused_before_a_folder_is_made(tune, space, digits, tmp_path):
    larger = replace(digits, train_images=np.zeros((180, 9, 9), np.uint8), test_images=np.zeros((40, 9, 9), np.uint8))
    with pytest.raises(LenetError, match=r"pictures of small glyphs are \(1, 9, 9\)"):
        tune(space, data=larger)
    assert not (tmp_path / "out").exists()


def test_a_damaged_log_is_told_of_and_half_a_line_is_cut_off(tune, written):
    tuned = tune(written(ONE), trials=2)
    log = tuned.folder / "study.log"
    whole = log.read_bytes()
    log.write_bytes(whole + b'{"op_code": 4, "wor')
    assert tune(resume=tuned.folder).trials == tuned.trials
    log.write_bytes(b"nonsense\n" + whole)
    with pytest.raises(LenetError, match=r"study.log is damaged"):
        tune(resume=tuned.folder)


@pytest.mark.parametrize(("package", "extra", "options"), [("optuna", "tune", {}), ("ray", "ray", {"ray": True})])
def test_what_is_missing_is_named_with_the_command_that_installs_it(
    space, monkeypatch, tmp_path, package, extra, options
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(LenetError, match=rf'needs {package}, which isn\'t installed: pip install "lenet\[{extra}\]"'):
        lenet.tune(space, **options)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_a_search_that_is_killed_goes_on_and_counts_nothing_twice(tune, written, digits_file, tmp_path, workers):
    path = written()
    path.write_text(path.read_text().replace("trials = 8", "trials = 25"))
    out, debug = tmp_path / "killed", {**os.environ, "LENET_DEBUG": "1"}
    arguments = ["tune", path, "--data", digits_file, "--out", out, "--workers", workers]
    for done in ("4/25", "9/25", "15/25"):
        running = subprocess.Popen(
            [sys.executable, "-m", "lenet", *map(str, arguments)], stderr=subprocess.PIPE, env=debug
        )
        with running, running.stderr as lines:
            said = ""
            while done not in said.rpartition("\n")[2]:
                line = lines.readline().decode()
                assert line, said  # it has ended by itself
                said += f"\n{line.rstrip()}"
            running.kill()
        arguments = ["tune", "--resume", out, "--workers", workers]
    resumed = tune(resume=out, data=digits_file, workers=workers)
    assert resumed.count(*search.TRAINED) == 25 and resumed.count(State.RUNNING) == 0
    if workers == 1:
        at_once = tune(path, data=digits_file)
        assert told(at_once) == told(resumed)
        assert np.array_equal(at_once.model.flat, resumed.model.flat)


@pytest.mark.slow
def test_a_search_on_a_cluster(tune, written):
    pytest.importorskip("ray")
    tuned = tune(written(), workers=2, ray=True, trials=5, seeds=1)
    assert tuned.count(*search.TRAINED) == 5 and tuned.test is not None and len(tuned.again) == 3
    assert tuned.model.metrics["test"] == tuned.test


def cut(whole, at: int, into) -> None:
    """Leave of a search what a kill after so many bytes of its log leaves; what isn't ended there hasn't begun."""
    shutil.copytree(whole.folder, into)
    log = (whole.folder / "study.log").read_bytes()[:at]
    (into / "study.log").write_bytes(log)
    for trial in whole.trials:
        if not re.search(rf'"trial_id":{trial.number},"state":[123]', log.decode()):
            shutil.rmtree(into / "trials" / f"{trial.number:04}", ignore_errors=True)


@pytest.mark.parametrize("every", [pytest.param(3, marks=pytest.mark.slow), 40])
def test_a_search_goes_on_wherever_its_log_ends(whole, digits, tmp_path, every):
    """Between two lines of whatever it says, or within one, also where a draw doesn't fit: the same trials come."""
    ended, _ = whole
    lines = (ended.folder / "study.log").read_bytes().splitlines(keepends=True)
    unfit = next(trial.number for trial in ended.trials if trial.state is State.UNFIT)
    drawn = [place for place, line in enumerate(lines) if b'"about"' in line][unfit]
    for place in {drawn + 1, *range(1, len(lines), every)}:
        folder = tmp_path / str(place)
        cut(ended, sum(map(len, lines[:place])) + place % 2 * 5, folder)
        assert told(lenet.tune(resume=folder, data=digits, workers=1)) == told(ended)

"""The loop follows a recipe: which rows come when, at which rates, and when it ends."""

from dataclasses import replace

import numpy as np
import pytest

from lenet.data import split
from lenet.errors import LenetError
from lenet.recipe import Constant, Cosine, Distortion, Patience, Shuffle, Table, Validation
from lenet.training import Observer, train
from lenet.training.order import order


def trained(network, digits, recipe, **more):
    return train(network, digits, recipe=recipe, folder=False, **more)


@pytest.mark.parametrize("shuffle", list(Shuffle))
def test_each_pass_shows_every_row_once(tape, network, digits, recipe, shuffle):
    recipe = replace(recipe, validation=None, shuffle=shuffle, batch=7)  # 90 = 12 x 7 + 6
    trained(network, digits, recipe)
    for pass_ in range(3):
        shown = np.concatenate([rows for p, rows, _ in tape.calls if p == pass_])
        assert (shown == order(np.arange(90), shuffle, recipe.seed, pass_)).all()
    assert sum(len(rates) for _, _, rates in tape.calls) == 3 * 13


@pytest.mark.parametrize("shuffle", list(Shuffle))
def test_passes_over_copies_are_as_long(tape, network, digits, recipe, shuffle):
    """Three passes make a sweep of 50 rows and their two copies; a copy's number counts all 90 pictures."""
    recipe = replace(recipe, validation=None, shuffle=shuffle, batch=7, size=50, distortion=Distortion(copies=2))
    run = trained(network, digits, recipe)
    shown = [np.concatenate([patterns for p, patterns, _ in tape.calls if p == pass_]) for pass_ in range(3)]
    assert [len(patterns) for patterns in shown] == [50, 50, 50]
    assert sorted(np.concatenate(shown)) == sorted(row + copy * 90 for row in range(50) for copy in range(3))
    assert [(row.pass_, row.updates) for row in run.history] == [(1, 8), (2, 16), (3, 24)]


@pytest.mark.parametrize("schedule", [Constant(0.1), Table(((1, 0.5), (1, 0.25))), Cosine(1.0, 0.1)])
def test_rates_are_the_schedules(tape, often, network, digits, recipe, schedule):
    recipe = replace(recipe, validation=None, schedule=schedule, batch=20)  # 5 updates a pass
    trained(network, digits, recipe)
    rates = np.concatenate([rates for _, _, rates in tape.calls])
    assert len(tape.calls) == 15
    assert rates == pytest.approx([schedule.rate(update, 5, 15) for update in range(15)])


def test_chunks_change_nothing(network, digits, recipe, monkeypatch):
    whole = trained(network, digits, recipe, engine="reference")
    monkeypatch.setattr("lenet.training.loop.GRAIN", 1.0)
    chunked = trained(network, digits, recipe, engine="reference")
    assert (whole.model.flat == chunked.model.flat).all()


def test_a_limit_of_updates_ends_within_a_pass(tape, network, digits, recipe):
    run = trained(network, digits, replace(recipe, validation=None, updates=13, batch=10))  # 9 a pass
    assert [(row.pass_, row.updates, row.complete) for row in run.history] == [(1, 9, True), (2, 13, True)]
    assert run.metrics["updates"] == 13
    assert sum(len(rows) for _, rows, _ in tape.calls) == 130


def test_passes_instead_of_the_recipes_drop_its_limit_of_updates(tape, network, digits, recipe):
    run = trained(network, digits, replace(recipe, validation=None, updates=13), passes=2)
    assert run.metrics["updates"] == 18


def test_a_size_is_the_first_digits_validation_included(tape, network, digits, recipe):
    plans = []

    class Told(Observer):
        def on_start(self, plan):
            plans.append(plan)

    run = trained(network, digits, replace(recipe, size=50), observer=Told())
    kept, watched = split(digits.train_labels[:50], recipe.validation, recipe.seed)
    assert sorted(np.unique(np.concatenate([rows for _, rows, _ in tape.calls]))) == kept.tolist()
    assert (len(kept), len(watched)) == (40, 10)
    assert plans[0].digits == 40 and plans[0].per_pass == 4
    assert run.metrics["updates"] == 12


def test_a_size_the_data_lack(network, digits, recipe):
    trained(network, digits, replace(recipe, size=90, passes=1), engine="reference")
    words = "size asks for 91 training digits, but small glyphs has 90; give a smaller size, or leave it out"
    with pytest.raises(LenetError, match=words):
        trained(network, digits, replace(recipe, size=91), engine="reference")


def test_held_out_rows_are_never_trained_on(tape, network, digits, recipe):
    run = trained(network, digits, recipe)
    kept, watched = split(digits.train_labels, recipe.validation, recipe.seed)
    shown = np.unique(np.concatenate([rows for _, rows, _ in tape.calls]))
    assert (shown == kept).all() and not np.isin(shown, watched).any()
    right = (digits.train_labels[watched] == 0).mean()
    assert [row.validation_error for row in run.history] == pytest.approx([1 - right] * 3)


def test_watched_rows_that_are_not_held_out_are_trained_on(tape, network, digits, recipe):
    trained(network, digits, replace(recipe, validation=Validation(rows=(0, 20), held_out=False)))
    shown = np.unique(np.concatenate([rows for _, rows, _ in tape.calls]))
    assert (shown == np.arange(90)).all()


def test_rows_within_a_pass(tape, network, digits, recipe):
    run = trained(network, digits, replace(recipe, validation=None, passes=2, report_every=4))  # 9 updates a pass
    shown = [(row.pass_, row.updates, row.complete) for row in run.history]
    assert shown == [(1, 4, False), (1, 8, False), (1, 9, True), (2, 13, False), (2, 17, False), (2, 18, True)]
    assert all(row.loss == 1 and row.training_error == 0.5 for row in run.history)


def test_the_test_set_is_read_once_unless_asked_for(tape, network, digits, recipe):
    trained(network, digits, replace(recipe, validation=None))
    assert tape.scored == 1
    run = trained(network, digits, replace(recipe, validation=None, test_each_pass=True))
    assert tape.scored == 1 + 4
    assert run.history[0].test_error == pytest.approx((digits.test_labels != 0).mean())


def test_the_training_error_is_measured_where_asked_for(network, digits, recipe):
    every = replace(recipe, validation=None, training_each_pass=True)
    run, plain = trained(network, digits, every), trained(network, digits, replace(every, training_each_pass=False))
    error = run.model.evaluate(digits.train_images, digits.train_labels).error
    assert run.history[-1].training_error_after == pytest.approx(error)
    assert {row.training_error_after for row in plain.history} == {None}
    assert (run.model.flat == plain.model.flat).all()


def test_the_test_set_chooses_nothing(network, digits, recipe):
    recipe = replace(recipe, test_each_pass=True, stopping=Patience(5))
    first = trained(network, digits, recipe, engine="reference")
    wrong = replace(digits, test_labels=(digits.test_labels + 1) % 3)
    second = trained(network, wrong, recipe, engine="reference")
    assert (first.model.flat == second.model.flat).all()
    assert first.metrics["test"]["error"] < second.metrics["test"]["error"]


def test_patience_keeps_the_best_weights_and_ends(tape, network, digits, recipe, monkeypatch):
    """Validation errors 0.5, 0.4, then worse: by hand, 8 updates a pass, patience 20."""
    errors = iter([0.5, 0.4, 0.6, 0.6, 0.6, 0.6])
    from lenet.model.metrics import Metrics
    from lenet.training.loop import Loop

    def measure(self, flat, rows=None):
        error = 0.0 if rows is None else next(errors)
        return Metrics(1.0, np.diag([1000 - round(1000 * error), 0, 0]) + np.diag([round(1000 * error), 0], 1))

    monkeypatch.setattr(Loop, "measure", measure)
    recipe = replace(recipe, validation=Validation(share=1 / 9), stopping=Patience(20), passes=50)
    run = trained(network, digits, recipe)
    # After pass 1 (update 8): patience max(20, 7 x 2) = 20; after pass 2: 15 x 2 = 30; the run makes 31 updates.
    assert run.metrics["updates"] == 31
    assert [row.updates for row in run.history] == [8, 16, 24, 31]
    assert run.model.weights["output.bias"][0] == 16  # from 0, and the tape adds 1 an update: the weights after pass 2


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
def test_a_run_that_diverges_says_so(tape, network, digits, recipe, loss, tmp_path):
    tape.losses = lambda updates: loss if updates > 9 else 1.0
    with pytest.raises(LenetError, match=r"diverged in pass 2.*rate 0.05.*smaller rate"):
        train(network, digits, recipe=recipe, folder=tmp_path / "run")
    assert not (tmp_path / "run" / "model.safetensors").exists()
    assert not list((tmp_path / "run").glob(".*"))


def test_an_observer_is_told(often, network, digits, recipe):
    calls = []

    class Watch(Observer):
        def on_start(self, plan):
            calls.append(("start", plan.digits, plan.per_pass, plan.total, plan.done, plan.folder))

        def on_chunk(self, progress):
            calls.append(("chunk", progress.updates))
            assert 0 <= progress.error <= 1 and progress.seconds_left >= 0 and progress.digits_per_second > 0

        def on_pass(self, row):
            calls.append(("pass", row.pass_))

        def on_end(self, run):
            calls.append(("end", run.model.name))

    trained(network, digits, recipe, engine="reference", observer=Watch())
    assert calls[0] == ("start", 72, 8, 24, 0, None)
    assert calls[1:9] == [*(("chunk", update) for update in range(1, 8)), ("pass", 1)]
    assert calls[-1] == ("end", "small")

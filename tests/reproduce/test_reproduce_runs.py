"""Units of work and their results: complete, the same however many run at once, and resumed where they were."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest
from small_claims import entry, plain

from lenet import zoo
from lenet.errors import LenetError
from lenet.recipe import Recipe
from lenet.reproduce import CLAIMS, Results, Unit, Watch, find, perform, runner, units, work
from lenet.reproduce.claims import Baseline, Claim
from lenet.training import history
from lenet.zoo import Entry


def everything(claims, folder, load, seeds=2, threads=2, watch=None):
    with Results(folder) as results:
        return perform(units(claims.values(), seeds), results, data=load, threads=threads, watch=watch)


# The plan.


def test_a_seed_at_a_time_and_the_cheapest_first(claims):
    assert [unit.name for unit in units(claims.values(), 2)] == [
        "single-0",
        "batches-0",
        "line-0",
        "single-1",
        "batches-1",
    ]
    assert len(units([*claims.values(), *claims.values()], 1)) == 3


def test_the_digest_says_network_recipe_seed_and_data(claims):
    unit = Unit(claims["single"], 0)
    others = [
        Unit(claims["single"], 1),
        Unit(Claim("single", entry(batch=1, training_each_pass=True, passes=4), "more passes"), 0),
        Unit(Claim("line", Baseline("linear"), ""), 0),
        Unit(Claim("line", Baseline("linear", {"a": 1}), ""), 0),
    ]
    digests = {unit.digest("x"), unit.digest("y"), *(other.digest("x") for other in others)}
    assert len(digests) == 6
    same = Unit(Claim("renamed", replace(claims["single"].work, source="another"), "other words", minutes=9), 0)
    assert same.digest("x") == unit.digest("x")


def test_a_field_at_its_default_changes_no_digest(claims):
    """A recipe that gets a new field must not throw away hours of runs."""
    from lenet.reproduce.plan import _said

    told = _said(Recipe(batch=3))
    assert told == {"type": "Recipe", "batch": 3}


# The runs.


def test_all_is_run_and_written(claims, load, tmp_path):
    outcome = everything(claims, tmp_path, load)
    assert [unit.name for unit in outcome.failed] == [] and not outcome.stopped and len(outcome.results) == 5
    lines = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text().splitlines()]
    assert {(line["claim"], line["seed"]) for line in lines} == {
        ("single", 0), ("single", 1), ("batches", 0), ("batches", 1), ("line", 0),
    }  # fmt: skip
    for line in lines:
        assert 0 <= line["measures"]["test error"] <= 1 and 0 <= line["measures"]["rejected"] <= 1
    folder = tmp_path / "runs" / "single-1"
    assert sorted(path.name for path in folder.iterdir()) == [
        "README.md", "history.csv", "history.jsonl", "metrics.json", "model.safetensors", "settings.toml",
    ]  # fmt: skip
    row = history.read(folder)[-1]
    single = next(r for unit, r in outcome.results.items() if unit.name == "single-1")
    assert single.measures["training error"] == row.training_error_after
    assert single.measures["test error"] == row.test_error


def test_how_many_run_at_once_changes_nothing(claims, load, tmp_path):
    one = everything(claims, tmp_path / "one", load, threads=1)
    many = everything(claims, tmp_path / "many", load, threads=7)
    assert plain(one.results[u] for u in sorted(one.results, key=lambda u: u.name)) == plain(
        many.results[u] for u in sorted(many.results, key=lambda u: u.name)
    )


class Count(Watch):
    def __init__(self):
        self.started, self.most, self.now, self.done = [], 0, 0, None

    def on_begin(self, units, done):
        self.done = done

    def on_start(self, unit):
        self.started.append(unit.name)
        self.now += 1
        self.most = max(self.most, self.now)

    def on_end(self, unit, result):
        self.now -= 1


def test_what_is_there_is_not_run_again(claims, load, tmp_path):
    everything(claims, tmp_path, load, seeds=1)
    watch = Count()
    again = everything(claims, tmp_path, load, seeds=2, watch=watch)
    assert (watch.started, watch.done, len(again.results)) == (["single-1", "batches-1"], 3, 5)
    changed = {"batches": replace(claims["batches"], work=entry(passes=1))}
    watch = Count()
    everything(changed, tmp_path, load, seeds=1, watch=watch)
    assert watch.started == ["batches-0"]
    assert len(history.read(tmp_path / "runs" / "batches-0")) == 1
    watch = Count()
    everything(claims, tmp_path, load, seeds=2, watch=watch)  # the results of the recipe that was changed are kept
    assert watch.started == []


def test_as_many_at_once_as_there_are_threads(claims, load, tmp_path):
    for threads in (1, 3):
        watch = Count()
        everything(claims, tmp_path / str(threads), load, threads=threads, watch=watch)
        assert watch.most == threads


def test_what_fails_is_told_and_the_rest_goes_on(claims, load, tmp_path):
    def some(name):
        if name == "nowhere":
            raise LenetError("no such data")
        return load(name)

    claims["lost"] = Claim("lost", entry(data="nowhere"), "data that can't be had")
    claims["wild"] = Claim("wild", entry(schedule=replace(entry().recipe.schedule, value=1e30)), "diverges")
    outcome = everything(claims, tmp_path, some, seeds=1)
    assert {unit.name: str(error)[:12] for unit, error in outcome.failed.items()} == {
        "lost-0": "no such data",
        "wild-0": "training div",
    }
    assert len(outcome.results) == 3


def test_a_bug_in_a_run_is_raised(claims, load, tmp_path, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(work, "do", broken)
    with pytest.raises(ZeroDivisionError):
        everything(claims, tmp_path, load)


# Stopped, and gone on with.


@pytest.mark.parametrize("threads", [1, 2])
def test_a_stopped_one_goes_on_where_it_was(claims, load, tmp_path, monkeypatch, often, threads):
    whole = everything(claims, tmp_path / "whole", load)
    made = []

    class Heard(runner.Interrupts):
        def __enter__(self):
            made.append(self)
            return super().__enter__()

    monkeypatch.setattr(runner, "Interrupts", Heard)
    monkeypatch.setattr(runner, "LISTEN", 0.001)
    slow = threading.Event()

    class Stop(Watch):
        def on_share(self, unit, share):
            if unit.name == "single-0" and share >= 0.3:
                made[-1].asked = True
                slow.wait(0.02)  # lets the main thread hear it

    folder = tmp_path / "stopped"
    first = everything(claims, folder, load, threads=threads, watch=Stop())
    assert first.stopped and not any(unit.name == "single-0" for unit in first.results)
    checkpoint = folder / "runs" / "single-0" / "checkpoint.safetensors"
    assert checkpoint.exists()
    rows = len(history.read(checkpoint.parent))
    monkeypatch.undo()

    shares = []

    class Shares(Watch):
        def on_share(self, unit, share):
            if unit.name == "single-0":
                shares.append(share)

    second = everything(claims, folder, load, watch=Shares())
    assert shares[0] > 0.2 and rows < 3  # gone on with, not begun again
    assert not checkpoint.exists()
    key = sorted(whole.results, key=lambda u: u.name)
    assert plain(whole.results[u] for u in key) == plain(second.results[u] for u in key)
    lines = [json.loads(line) for line in (folder / "results.jsonl").read_text().splitlines()]
    assert len(lines) == len({(line["claim"], line["seed"]) for line in lines}) == 5


def test_a_run_that_ended_but_was_not_written_is_written(claims, load, tmp_path):
    """A kill between the run's end and its line: the folder still has the checkpoint, and is measured again."""
    claim = {"single": claims["single"]}
    unit = units(claim.values(), 1)[0]
    data = load("small")
    work.do(unit, data, tmp_path / "runs" / "single-0", 1, runner.Observer())
    outcome = everything(claim, tmp_path, load, seeds=1)
    assert len(outcome.results) == 1 and not (tmp_path / "runs" / "single-0" / "checkpoint.safetensors").exists()


# The file of results.


def test_a_torn_last_line_is_dropped(claims, load, tmp_path):
    everything(claims, tmp_path, load, seeds=1)
    path = tmp_path / "results.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:2]) + lines[2][:50])
    watch = Count()
    outcome = everything(claims, tmp_path, load, seeds=1, watch=watch)
    assert len(watch.started) == 1 and len(outcome.results) == 3
    assert len([json.loads(line) for line in path.read_text().splitlines()]) == 3


def test_a_damaged_line_is_named(tmp_path):
    (tmp_path / "results.jsonl").write_text('{"claim": 1}\n')
    with pytest.raises(LenetError, match=r"line 1 of .*results.jsonl is damaged"), Results(tmp_path):
        pass


def test_two_don_t_work_in_one_folder(tmp_path):
    with Results(tmp_path), pytest.raises(LenetError, match="another lenet reproduce works in"), Results(tmp_path):
        pass
    with Results(tmp_path):
        pass


def test_a_folder_that_can_t_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LenetError, match="can't be used"), Results(tmp_path / "file" / "out"):
        pass


# The table of claims.


def test_an_unknown_claim_lists_those_there_are():
    with pytest.raises(LenetError, match=r"no claim 'lenet6'.*did you mean lenet5.*claims: lenet5, "):
        find("lenet6")


def test_every_network_of_the_zoo_has_a_claim():
    networks = {claim.work.network.name for claim in CLAIMS.values() if isinstance(claim.work, Entry)}
    assert networks == set(zoo.ZOO)


@pytest.mark.parametrize("name", zoo.ZOO)
def test_claims_follow_the_published_recipe(name):
    claim, row = CLAIMS[name], zoo.ZOO[name]
    published = row.published or row.recipe
    assert replace(claim.work.recipe, training_each_pass=published.training_each_pass) == published
    assert bool(claim.claimed) == bool(row.claim)
    for share in claim.claimed.values():
        text = f"{100 * share:.2f}".rstrip("0").rstrip(".")
        right = f"{100 - 100 * share:.2f}".rstrip("0").rstrip(".")
        assert (
            text in row.claim
            or right in row.claim
            or f"{share:.4f}" in row.claim
            or name in ("lenet5", "lenet4", "lenet1")
        )

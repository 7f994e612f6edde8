"""Boosting as a unit of work."""

from __future__ import annotations

from dataclasses import replace

import pytest
from small_claims import entry, plain

from lenet.errors import LenetError
from lenet.recipe import Distortion
from lenet.reproduce import Results, Watch, perform, runner, units
from lenet.reproduce.claims import Claim
from lenet.reproduce.plan import Unit


@pytest.fixture
def claim():
    work = entry(passes=2, distortion=Distortion(shift=2.0, rotation=20.0))
    return Claim("three", work, "three networks", {"test error": 0.1, "cost": 1.75}, boosted=True)


def run(claim, folder, load, watch=None):
    with Results(folder) as results:
        return perform(units([claim], 1), results, data=load, threads=2, watch=watch)


def test_three_networks_and_the_cost(claim, load, tmp_path):
    outcome = run(claim, tmp_path, load)
    (result,) = outcome.results.values()
    network = claim.work.network
    assert result.parameters == 3 * network.parameters
    assert 1 <= result.measures["cost"] <= 3 and "training error" not in result.measures
    assert result.multiply_adds == round(result.measures["cost"] * network.multiply_adds)
    assert not list((tmp_path / "runs").rglob("checkpoint.safetensors"))


def test_it_is_another_unit_than_the_network_alone(claim):
    alone = replace(claim, boosted=False)
    assert Unit(claim, 0).digest("") != Unit(alone, 0).digest("")


def test_stopped_and_gone_on_with(claim, load, tmp_path, often, monkeypatch):
    whole = run(claim, tmp_path / "whole", load)
    monkeypatch.setattr(runner, "LISTEN", 0.001)
    made, shares = [], []

    class Heard(runner.Interrupts):
        def __enter__(self):
            made.append(self)
            return super().__enter__()

    class Stop(Watch):
        def on_share(self, unit, share):
            if share > 0.5:  # within the second net
                made[-1].asked = True
                runner.threading.Event().wait(0.02)

    class Shares(Watch):
        def on_share(self, unit, share):
            shares.append(share)

    monkeypatch.setattr(runner, "Interrupts", Heard)
    first = run(claim, tmp_path / "stopped", load, Stop())
    assert first.stopped and not first.results
    monkeypatch.undo()
    second = run(claim, tmp_path / "stopped", load, Shares())
    assert plain(whole.results.values()) == plain(second.results.values())
    assert shares[0] == pytest.approx(1 / 3) and 1 / 3 < shares[1] < 2 / 3 <= shares[-1] <= 1  # nets 1, 2 and 3


def test_what_can_t_be_boosted_is_told(claim, load, tmp_path):
    sure = replace(
        claim, work=entry(passes=1, distortion=Distortion(), schedule=replace(entry().recipe.schedule, value=1e30))
    )
    outcome = run(sure, tmp_path, load)
    assert [isinstance(error, LenetError) for error in outcome.failed.values()] == [True]

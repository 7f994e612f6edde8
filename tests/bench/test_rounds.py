import gc

import pytest

from bench.rounds import Spread, alternate, enough, ratio


def test_spread():
    assert Spread.of([3.0, 1.0, 10.0]) == Spread(3.0, 1.0, 10.0)
    assert Spread.of([4.0, 2.0]) == Spread(3.0, 2.0, 4.0)


def test_turns_alternate_without_collecting():
    calls = []

    def run(name, times):
        def one():
            assert not gc.isenabled()
            calls.append(name)
            return times.pop(0)

        return one

    taken = alternate({"a": run("a", [1.0, 3.0]), "b": run("b", [2.0, 4.0])}, rounds=2)
    assert calls == ["a", "b", "a", "b"]
    assert taken == {"a": [1.0, 3.0], "b": [2.0, 4.0]}
    assert gc.isenabled()


def test_ratio_is_taken_within_a_round():
    # Round by round 2, 4 and 3: the machine was ten times slower in the second round, which changes nothing.
    assert ratio([2.0, 40.0, 3.0], [1.0, 10.0, 1.0]) == 3.0


@pytest.fixture
def clock(monkeypatch):
    """A clock that a run of so many digits moves by a millisecond each."""
    now = [0.0]
    monkeypatch.setattr("bench.rounds.time.perf_counter", lambda: now[0])

    def run(digits):
        now[0] += digits / 1000

    return run


@pytest.mark.parametrize(
    ("target", "step", "most", "digits"),
    [
        (0.5, 64, 60_000, 512),  # 500 digits, in whole batches
        (0.5, 1000, 60_000, 1000),  # at least one step
        (100.0, 64, 1000, 960),  # no more than there are, in whole batches
        (7.0, 1, 10**6, 7000),
    ],
)
def test_enough(clock, target, step, most, digits):
    assert enough(clock, target, step, most) == digits

"""The published and the best recipes on MNIST, whole: what comes out stays within known bounds (docs/results.md)."""

import pytest

from lenet import data, train, zoo

pytest.importorskip("lenet._native")


@pytest.fixture(scope="module")
def mnist():
    return data.load("mnist")


# Bounds in test error: what five seeds gave, and about three of their deviations to either side.
@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("name", "recipe", "low", "high"),
    [
        ("lenet5", "default", 0.0060, 0.0095),
        ("lenet5", "published", 0.0080, 0.0180),
        ("lenet5", "distorted", 0.0060, 0.0140),
        ("lenet4", "published", 0.0090, 0.0220),
        ("lenet1", "published", 0.0130, 0.0280),
        ("relu-3x3", "published", 0.0100, 0.0200),
        ("tanh-same", "published", 0.0110, 0.0200),
        ("sigmoid-max", "published", 0.0070, 0.0160),
    ],
)
def test_a_whole_run(mnist, name, recipe, low, high):
    run = train(name, mnist, recipe=recipe, folder=False)
    assert low < run.metrics["test"]["error"] < high


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_best_recipe(mnist):
    run = train("lenet5", mnist, recipe="best", folder=False)
    assert zoo["lenet5"].network.parameters == 60_000
    assert 0.0030 < run.metrics["test"]["error"] < 0.0055

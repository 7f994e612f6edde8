"""The native engine against the NumPy reference: every kind of layer, option, loss, batch and instruction set."""

from itertools import pairwise

import numpy as np
import pytest
from small_networks import CASES, ISAS, LOGITS, STOCHASTIC, Pair, agree_on, agree_on_gradients, losses

from lenet.network import Conv, DeformablePool, MaxPool

COUNTS = (1, 2, 15, 16, 17, 33)


@pytest.mark.parametrize("name", CASES)
def test_it_agrees_with_the_reference(name):
    pair = Pair(*CASES[name])
    assert [native.isa for native in pair.natives] == ISAS
    for count in (1, 17):
        agree_on(pair, count)


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("name", ["tables", "MaxPool, 3 by 2", "distances", "130 classes", "contrast norm, 5"])
def test_any_number_of_images(name, count):
    agree_on(Pair(*CASES[name], threads=2), count, np.uint8)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", CASES)
def test_everything_with_everything(name, seed):
    pair = Pair(*CASES[name], threads=2, seed=seed + 1)
    for count in (*COUNTS, 7, 100, 257):
        agree_on(pair, count, (np.float32, np.uint8)[count % 2])


@pytest.mark.parametrize("count", [1, 17, 40])
@pytest.mark.parametrize("name", STOCHASTIC)
def test_stochastic_pools_draw_the_same(name, count):
    pair = Pair(*STOCHASTIC[name])
    images, labels = pair.data(count)
    agree_on(pair, count)
    gradients = []
    for random in [(3, 1, 0), (3, 2, 0), (4, 1, 0), (2**63 + 5, 2**33, 0)]:
        agree_on_gradients(pair, images, labels, losses(pair.network)[0], random)
        gradients.append(pair.natives[0].gradient(pair.flat, images, labels, losses(pair.network)[0], random=random)[2])
    for one, other in pairwise(gradients):
        assert (one != other).any()


@pytest.mark.parametrize(
    "pool", [MaxPool(), MaxPool(size=3, stride=2), DeformablePool(), DeformablePool(size=3, stride=2)]
)
def test_the_first_of_equal_pixels_takes_the_gradient(pool):
    pair = Pair((1, 8, 8), 0, (Conv(2, kernel=1), pool, *LOGITS))
    if isinstance(pool, DeformablePool):
        pair.flat[pair.reference.layout.slices["S2.penalty"]] = 0
    for count in (1, 20):
        _, labels = pair.data(count)
        images = np.zeros((count, 1, 8, 8), np.uint8)
        images[:, :, ::3] = 255  # of each window, two pixels or more are equal
        agree_on_gradients(pair, images, labels, losses(pair.network)[0])

"""Patterns on both engines: copies of the pictures, their labels, and salt and pepper."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_networks import CASES, STOCHASTIC, Pair, agree, losses

from lenet.engine.reference.distortion import distort, noisy
from lenet.engine.reference.randomness import draw, key
from lenet.engine.state import State
from lenet.errors import LenetError
from lenet.recipe import SGD, Distortion, Recipe

COPIES = Distortion(shift=2, scale=0.1, squeeze=0.1, shear=0.2, copies=3)
EVERYTHING = Distortion(shift=2, scale=0.1, squeeze=0.1, shear=0.2, rotation=9, elastic=1, smoothness=2, noise=0.1)


def pair(name="channels", **settings):
    return Pair(*{**CASES, **STOCHASTIC}[name], **settings)


def engines(pair):
    return [*pair.natives, pair.reference]


# The pictures of patterns.


def test_a_pattern_is_a_row_and_a_copy():
    both, recipe = pair(), Recipe(distortion=COPIES, seed=7)
    images, _ = both.data(5)
    patterns = np.array([3, 13, 0, 18, 13])  # row 3, its copy 2, row 0, row 3's copy 3
    made = [distort(images[[3]], key(7, copy, 3), COPIES)[0] for copy in (2, 3)]
    for engine in engines(both):
        shown = engine.distorted(images, patterns, recipe)
        assert shown.dtype == np.float32 and shown.shape == (5, *both.shape)
        np.testing.assert_array_equal(shown[[0, 2]], images[[3, 0]])  # copy 0 is the picture itself
        np.testing.assert_allclose(shown[[1, 3, 4]], [made[0], made[1], made[0]], atol=1e-5)


@settings(max_examples=30, deadline=None, derandomize=True, database=None)
@given(st.data(), st.sampled_from([np.uint8, np.float32]), st.integers(0, 4), st.integers(0, 2**70))
def test_both_engines_show_the_same(data, dtype, copies, seed):
    both, recipe = pair(threads=2), Recipe(distortion=replace(EVERYTHING, copies=copies), seed=seed)
    images, _ = both.data(6, dtype)
    patterns = np.array(data.draw(st.lists(st.integers(0, 6 * (copies + 1) - 1), max_size=80)), np.int64)
    right = both.reference.distorted(images, patterns, recipe)
    assert right.min(initial=0) >= 0 and right.max(initial=0) <= 1
    for native in both.natives:
        shown = native.distorted(images, patterns, recipe)
        np.testing.assert_allclose(shown, right, atol=2e-4)
        assert shown.min(initial=0) >= 0 and shown.max(initial=0) <= 1


def test_without_copies_it_is_pass_0():
    both, recipe = pair(), Recipe(distortion=EVERYTHING, seed=3)
    images, _ = both.data(4)
    right = distort(images, key(3, 0, np.arange(4)), EVERYTHING)
    for engine in engines(both):
        np.testing.assert_allclose(engine.distorted(images, np.arange(4), recipe), right, atol=2e-4)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_without_distortion_it_is_the_picture(dtype):
    both = pair()
    images, _ = both.data(4, dtype)
    pixels = images.astype(np.float64) / (255 if dtype == np.uint8 else 1)
    for engine in engines(both):
        shown = engine.distorted(images, np.array([2, 0]), Recipe())
        np.testing.assert_allclose(shown, pixels[[2, 0]], atol=1e-7)


@pytest.mark.parametrize("bad", [[-1], [20], [0, 2**62], [0.5], [[1]]])
def test_patterns_that_are_not_there(bad):
    both = pair()
    images, labels = both.data(5)
    recipe = Recipe(distortion=COPIES, batch=9)
    for engine in engines(both):
        with pytest.raises(LenetError, match=r"from 0 to 19|whole numbers"):
            engine.distorted(images, np.array(bad), recipe)
        with pytest.raises(LenetError, match=r"from 0 to 19|whole numbers"):
            state = State.fresh(both.flat, SGD())
            engine.train(state, images, labels, np.array(bad), recipe, pass_=0, rates=np.float32([0.1]))


# Training on them.


def trained(engine, both, data, order, recipe, pass_=0):
    """Return the weights, the losses and the errors after a stretch of ``order``."""
    state = State.fresh(both.flat, recipe.optimiser)
    rates = np.full(-(-len(order) // recipe.batch), 0.002, np.float32)
    return state.flat, *engine.train(state, *data, order, recipe, pass_=pass_, rates=rates)


@pytest.mark.parametrize("name", ["channels", "distances"])
@pytest.mark.parametrize("batch", [1, 4, 40])
def test_both_engines_train_the_same(name, batch):
    both = pair(name, threads=2)
    recipe = Recipe(optimiser=SGD(0.5), loss=losses(both.network)[0], batch=batch, distortion=COPIES, seed=5)
    for dtype in (np.uint8, np.float32):
        data = both.data(30, dtype)
        order = both.rng.permutation(120)[:64]
        flat, loss, wrong = trained(both.reference, both, data, order, recipe, pass_=2)
        for native in both.natives:
            ours, our_loss, our_wrong = trained(native, both, data, order, recipe, pass_=2)
            agree(ours, flat, 1e-4, what=native.isa)
            assert our_loss == pytest.approx(loss, rel=1e-4) and our_wrong == wrong


def test_training_sees_the_pictures_that_are_shown():
    """Copies are the same in every pass; so training on them is training on their pictures, with the rows' labels."""
    both, recipe = pair(), Recipe(optimiser=SGD(), batch=5, distortion=COPIES, seed=5)
    images, labels = both.data(7)
    order = np.array([3, 11, 0, 27, 22, 12, 6, 20, 13, 14])
    for engine in engines(both):
        shown = engine.distorted(images, order, recipe), labels[order % 7]
        plain = replace(recipe, distortion=None)
        right, *told = trained(engine, both, shown, np.arange(10), plain)
        for pass_ in (0, 5):
            ours, *our_told = trained(engine, both, (images, labels), order, recipe, pass_)
            np.testing.assert_allclose(ours, right, atol=1e-6)
            assert our_told == pytest.approx(told)


def test_stochastic_pools_draw_by_pattern():
    """Two patterns of one row see other places of a pool, and one pattern in two passes too."""
    both = pair("stochastic, 2 by None")
    still = Recipe(optimiser=SGD(), batch=1, distortion=Distortion(copies=2))
    data = both.data(4)
    flats = {}
    for pattern, pass_ in [(1, 0), (5, 0), (1, 1)]:
        right, *_ = trained(both.reference, both, data, np.array([pattern]), still, pass_)
        for native in both.natives:
            flats[pattern, pass_], *_ = trained(native, both, data, np.array([pattern]), still, pass_)
            agree(flats[pattern, pass_], right, 1e-4, what=native.isa)
    assert (flats[1, 0] != flats[5, 0]).any() and (flats[1, 0] != flats[1, 1]).any()


@pytest.mark.parametrize("batch", [1, 3, 50])
def test_threads_change_no_bit(batch):
    recipe = Recipe(optimiser=SGD(0.9), batch=batch, distortion=replace(EVERYTHING, copies=9), seed=1)
    one, data = pair(), None
    for threads in (1, 2, 5):
        both = pair(threads=threads)
        data = data or both.data(40)
        order = np.random.default_rng(0).permutation(400)[:90]
        for native, alone in zip(both.natives, one.natives, strict=True):
            assert native.distorted(data[0], order, recipe).tobytes() == (
                alone.distorted(data[0], order, recipe).tobytes()
            )
            ours, right = (trained(engine, both, data, order, recipe) for engine in (native, alone))
            assert ours[0].tobytes() == right[0].tobytes() and ours[1:] == right[1:]


# Salt and pepper.


def test_a_pixel_that_is_turned_over():
    """Two pixels of six, by their own random numbers, in both channels."""
    picture = np.arange(12).reshape(2, 2, 3) / 11
    k = key(2, 0, 4)
    chance = np.sort(draw(k, 16 + 12 + np.arange(6)))[2]  # the third smallest: two are below
    turned = draw(k, 16 + 12 + np.arange(6)).reshape(2, 3) < chance
    noise = noisy(picture, k, chance)
    assert turned.sum() == 2
    np.testing.assert_array_equal(noise[:, turned], 1 - picture[:, turned])
    np.testing.assert_array_equal(noise[:, ~turned], picture[:, ~turned])


@pytest.mark.parametrize("noise", [0.1, 0.7, 1.0])
def test_noise_turns_over_its_share_of_the_same_pixels(noise):
    both = Pair((1, 28, 28), 2, CASES["kernel 5"][2])
    images = np.zeros((40, 1, 28, 28), np.uint8)
    recipe = Recipe(distortion=Distortion(shift=2, noise=noise, copies=4))
    patterns = np.arange(40, 200)
    right = both.reference.distorted(images, patterns, recipe)
    assert set(np.unique(right)) <= {0, 1}
    assert right.mean() == pytest.approx(noise, abs=5e-3)  # 125,440 pixels: 4 deviations
    assert noise == 1 or right.std(axis=0).min() > 0  # no pixel is left out
    for native in both.natives:
        np.testing.assert_array_equal(native.distorted(images, patterns, recipe), right)


def test_noise_comes_where_the_picture_is_distorted():
    both = Pair((1, 28, 28), 2, CASES["kernel 5"][2])
    images = np.full((200, 1, 28, 28), 255, np.uint8)
    recipe = Recipe(distortion=Distortion(noise=0.2, share=0.3), seed=4)
    for engine in engines(both):
        noisy = (engine.distorted(images, np.arange(200), recipe) < 1).any((1, 2, 3))
        np.testing.assert_array_equal(noisy, draw(key(4, 0, np.arange(200)), 0) < 0.3)


def test_noise_is_there_in_training():
    both = pair()
    recipe = Recipe(optimiser=SGD(), batch=8, distortion=replace(EVERYTHING, noise=0.3, share=0.6), seed=2)
    data = both.data(33)
    flat, loss, _ = trained(both.reference, both, data, np.arange(33), recipe, pass_=3)
    other, *_ = trained(both.reference, both, data, np.arange(33), replace(recipe, distortion=None))
    assert (flat != other).any()
    for native in both.natives:
        ours, our_loss, _ = trained(native, both, data, np.arange(33), recipe, pass_=3)
        agree(ours, flat, 1e-3, what=native.isa)
        assert our_loss == pytest.approx(loss, rel=1e-3)

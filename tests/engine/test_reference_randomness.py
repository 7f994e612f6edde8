"""The random numbers against published ones, and against their definition in whole numbers."""

import numpy as np

from lenet.engine.reference.randomness import STEP, draw, key, mix

WORD = 2**64
GOLDEN = 0x9E3779B97F4A7C15


def plain_mix(z):
    z ^= z >> 30
    z = z * 0xBF58476D1CE4E5B9 % WORD
    z ^= z >> 27
    z = z * 0x94D049BB133111EB % WORD
    return z ^ z >> 31


def plain_key(seed, pass_, index):
    z = plain_mix((seed + GOLDEN) % WORD)
    z = plain_mix((z + pass_ + GOLDEN) % WORD)
    return plain_mix((z + index + GOLDEN) % WORD)


def plain_draw(key, n):
    return (plain_mix((key + (n + 1) * GOLDEN) % WORD) >> 40) / 2**24


def test_it_is_splitmix64():
    state = np.array([1234567], np.uint64) + np.arange(1, 6).astype(np.uint64) * STEP
    assert mix(state).tolist() == [  # the first five numbers of SplitMix64 seeded with 1234567, as published
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


def test_keys_and_draws_are_as_defined():
    for seed, pass_, index in [(0, 0, 0), (7, 3, 59_999), (2**63 - 1, 2**20, 12)]:
        assert key(seed, pass_, index).tolist() == [plain_key(seed, pass_, index)]
    keys = key(5, 1, [0, 1, 2])
    places = np.array([[0], [16], [(3 << 32) + 9]])
    expected = [[plain_draw(int(k), int(n)) for k in keys] for n in places[:, 0]]
    np.testing.assert_array_equal(draw(keys, places), expected)


def test_draws_are_uniform_and_the_same_in_float32():
    uniform = draw(key(1, 2, np.arange(200)), np.arange(100)[:, None])
    assert uniform.min() >= 0
    assert uniform.max() < 1
    assert abs(uniform.mean() - 0.5) < 0.01
    assert abs(uniform.var() - 1 / 12) < 0.002
    np.testing.assert_array_equal(draw(key(1, 2, np.arange(200)), np.arange(100)[:, None], np.float32), uniform)

"""Training on the native engine: against the reference, and the same bits from any threads and chunks."""

from dataclasses import replace

import numpy as np
import pytest
from small_networks import CASES, ISAS, STOCHASTIC, Pair, losses, on

from lenet.engine.state import State
from lenet.recipe import SGD, Adam, DiagonalLM, Distortion, Recipe

OPTIMISERS = {
    "sgd": SGD(),
    "decay and bias factor": SGD(decay=0.02, bias_factor=2.0),
    "momentum": SGD(momentum=0.9, decay=0.01),
    "nesterov": SGD(momentum=0.8, nesterov=True, bias_factor=0.5),
    "adam": Adam(epsilon=1e-3),  # so large that no rounding in a gradient near 0 becomes a whole step
    "adam, decay": Adam(beta1=0.8, beta2=0.99, epsilon=1e-3, decay=0.1, bias_factor=3.0),
    "diagonal": DiagonalLM(mu=0.5),
}
DISTORTIONS = {
    "affine": Distortion(shift=1.5, scale=0.2, squeeze=0.1, shear=0.3, rotation=20),
    "elastic": Distortion(elastic=2.0, smoothness=1.5),
    "smoother than the picture": Distortion(shift=1, elastic=3.0, smoothness=100.0),
    "some": Distortion(shift=3, rotation=90, share=0.5),
}
SMOOTH = "tables"  # a network without kinks, at which float32 and float64 could part


def trained(engine, flat, data, recipe, order, *, pass_=2, chunk=None):
    """Return the state, and the sum of losses and errors, after ``order`` in chunks of so many updates."""
    state, totals = State.fresh(flat, recipe.optimiser), np.zeros(2)
    if isinstance(recipe.optimiser, DiagonalLM):
        state.slots[0][:] = np.random.default_rng(0).random(flat.size)
    step = recipe.batch * (chunk or max(1, len(order)))
    rates = np.linspace(0.05, 0.01, -(-len(order) // recipe.batch)).astype(np.float32)
    for start in range(0, len(order), step):
        part = rates[start // recipe.batch :][: -(-len(order[start : start + step]) // recipe.batch)]
        totals += engine.train(state, *data, order[start : start + step], recipe, pass_=pass_, rates=part)
    assert state.updates == len(rates)
    return state, totals


def agrees(pair, data, recipe, order):
    """Train on both engines and hold every instruction set's end against the reference's."""
    right, totals = trained(pair.reference, pair.flat.astype(np.float64), data, recipe, order)
    moved = np.abs(right.flat - pair.flat).max()
    for native in pair.natives:
        state, ours = trained(native, pair.flat, data, recipe, order)
        assert ours == pytest.approx(totals, rel=1e-4)
        np.testing.assert_allclose(state.flat, right.flat, rtol=0, atol=2e-3 * moved, err_msg=native.isa)
        for slot, right_slot in zip(state.slots, right.slots, strict=True):
            np.testing.assert_allclose(slot, right_slot, rtol=0, atol=2e-3 * np.abs(right_slot).max())
        assert not state.flat[~native.layout.connected].any()


@pytest.mark.parametrize("batch", [1, 5, 16, 40])
@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_it_trains_as_the_reference_does(optimiser, batch):
    pair = Pair(*CASES[SMOOTH])
    order = pair.rng.permutation(50)[:43]
    agrees(pair, pair.data(50, np.uint8), Recipe(optimiser=OPTIMISERS[optimiser], batch=batch), order)


@pytest.mark.parametrize("batch", [1, 20])
@pytest.mark.parametrize("distortion", DISTORTIONS)
@pytest.mark.parametrize("name", [SMOOTH, "channels"])
def test_it_distorts_as_the_reference_does(name, distortion, batch):
    pair = Pair(*CASES[name])
    recipe = Recipe(batch=batch, seed=9, distortion=DISTORTIONS[distortion])
    agrees(pair, pair.data(30), recipe, pair.rng.permutation(30)[:25])
    plain, _ = trained(pair.natives[0], pair.flat, pair.data(30), replace(recipe, distortion=None), np.arange(25))
    moved, _ = trained(pair.natives[0], pair.flat, pair.data(30), recipe, np.arange(25))
    assert (plain.flat != moved.flat).any()


@pytest.mark.parametrize("batch", [1, 20])
def test_stochastic_pools_and_distortions_draw_apart(batch):
    pair = Pair(*STOCHASTIC["stochastic, 2 by None"])
    recipe = Recipe(batch=batch, seed=2**63 + 1, distortion=Distortion(elastic=1.0), loss=losses(pair.network)[0])
    agrees(pair, pair.data(20), recipe, np.arange(20))


@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("isa", ISAS)
def test_the_same_bits_from_any_threads_and_chunks(isa, optimiser):
    pair = Pair(*STOCHASTIC["stochastic, 3 by 2"])
    images, labels = pair.data(700, np.uint8)
    order = pair.rng.permutation(700)
    for batch in (100, 333):
        recipe = Recipe(optimiser=OPTIMISERS[optimiser], batch=batch, distortion=DISTORTIONS["affine"])
        ends = set()
        for threads, chunk in [(1, None), (2, None), (3, 1), (8, None), (2, 2)]:
            engine = on(isa, pair.network, pair.reference.preparation, threads=threads)
            state, _ = trained(engine, pair.flat, (images, labels), recipe, order, chunk=chunk)
            ends.add(b"".join(a.tobytes() for a in (state.flat, *state.slots)))
        assert len(ends) == 1


@pytest.mark.parametrize("isa", ISAS)
def test_the_same_scores_and_gradients_from_any_threads(isa):
    pair = Pair(*CASES["MaxPool, 2 by None"])
    images, labels = pair.data(500, np.uint8)
    answers = set()
    for threads in (1, 2, 3, 8, 64):
        engine = on(isa, pair.network, pair.reference.preparation, threads=threads)
        mean, wrong, gradient = engine.gradient(pair.flat, images, labels, losses(pair.network)[0])
        answers.add((engine.scores(pair.flat, images).tobytes(), gradient.tobytes(), mean, wrong))
    assert len(answers) == 1


@pytest.mark.parametrize("beside", [0.0, np.nan, np.inf, 1e38])
@pytest.mark.parametrize("name", ["distances", "tables", "kernel 7", "no bias", "dense, 33", "130 classes"])
def test_neither_where_weights_lie_nor_what_lies_beside_them_matters(name, beside):
    pair = Pair(*CASES[name])
    data, recipe = pair.data(40), Recipe(optimiser=SGD(momentum=0.9), loss=losses(pair.network)[-1])
    for native in pair.natives:
        for batch in (1, 20):
            ends = set()
            for shift in (None, *range(0, 1100, 61)):
                room = np.full(pair.flat.size + 3072, beside, np.float32)
                start = (-room.ctypes.data // 4) % 1024 + (shift or 0)  # from the beginning of a page
                flat = room[start : start + pair.flat.size] if shift is not None else np.empty_like(pair.flat)
                flat[:] = pair.flat
                state = State(flat, (np.zeros_like(flat),))
                rates = np.full(40 // batch, 0.01, np.float32)
                native.train(state, *data, np.arange(40), replace(recipe, batch=batch), pass_=0, rates=rates)
                ends.add(state.flat.tobytes() + native.scores(state.flat, data[0][:3]).tobytes())
                rest = np.concatenate([room[:start], room[start + pair.flat.size :]])
                assert shift is None or np.array_equal(rest, np.full_like(rest, beside), equal_nan=True)
            assert len(ends) == 1, f"{native.isa}, batches of {batch}"


def test_a_batch_larger_than_any_order():
    pair = Pair(*CASES[SMOOTH])
    data, order = pair.data(20), np.arange(20)
    ends = [trained(pair.natives[0], pair.flat, data, Recipe(batch=b), order)[0].flat for b in (20, 2**40, 2**70)]
    for end in ends[1:]:
        np.testing.assert_array_equal(end, ends[0])


def test_no_rows_change_nothing():
    pair = Pair(*CASES[SMOOTH])
    state, totals = trained(pair.natives[0], pair.flat, pair.data(3), Recipe(), np.arange(0))
    np.testing.assert_array_equal(state.flat, pair.flat)
    assert totals.tolist() == [0, 0]

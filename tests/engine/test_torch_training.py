"""Training on PyTorch's engine: against the native one, and several runs at once against each alone."""

import functools
from dataclasses import replace

import numpy as np
import pytest
from small_networks import CASES, STOCHASTIC, Pair, agree, losses
from test_native_training import DISTORTIONS, OPTIMISERS, SMOOTH, trained
from test_native_zoo import digits, drawn

from lenet import zoo
from lenet.engine.native import NativeEngine
from lenet.engine.state import State
from lenet.errors import LenetError
from lenet.network import Network
from lenet.preparation import Preparation
from lenet.recipe import SGD, Adam, DiagonalLM, Distortion, Recipe

torch = pytest.importorskip("torch")

from lenet.engine.torch.engine import Stretch, TorchEngine  # noqa: E402

ALL = {**CASES, **STOCHASTIC}
FEW = ["tables", "DeformablePool, 2 by 1", "contrast norm, 5", "learned codes", "codes alone", "stochastic, 3 by 2"]
COPIES = Distortion(shift=1.0, rotation=10.0, copies=2)


def on_torch(pair: Pair) -> TorchEngine:
    return TorchEngine(pair.network, pair.reference.preparation, device="cpu")


def close(state: State, right: State, start: np.ndarray) -> None:
    """Hold an end against the right one, by how far the weights moved."""
    moved = np.abs(right.flat - start).max(initial=1e-6)
    np.testing.assert_allclose(state.flat, right.flat, rtol=0, atol=1e-3 * moved)
    for slot, right_slot in zip(state.slots, right.slots, strict=True):
        agree(slot, right_slot, 1e-3)
    assert state.updates == right.updates


@pytest.mark.parametrize("batch", [20, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_it_moves_weights_as_the_native_engine_does(optimiser, batch):
    pair = Pair(*CASES[SMOOTH])
    data, order = pair.data(50, np.uint8), pair.rng.permutation(50)[:43]
    recipe = Recipe(optimiser=OPTIMISERS[optimiser], batch=batch, distortion=DISTORTIONS["some"], seed=2**63 + 5)
    right, totals = trained(pair.natives[0], pair.flat, data, recipe, order)
    state, ours = trained(on_torch(pair), pair.flat, data, recipe, order)
    close(state, right, pair.flat)
    assert ours == pytest.approx(totals, rel=1e-5)
    assert not state.flat[~pair.reference.layout.connected].any()


def small_networks():
    return [pytest.param(name, marks=() if name in FEW else pytest.mark.slow) for name in ALL]


@pytest.mark.parametrize("name", small_networks())
def test_every_layer_trains_alone_and_beside_others(name):
    pair = Pair(*ALL[name])
    engine, data, rates = on_torch(pair), pair.data(30, np.uint8), np.float32([1, 2, 3, 2, 1]) / 1000
    for loss in losses(pair.network):
        recipe = Recipe(optimiser=SGD(0.5), batch=6, loss=loss, distortion=COPIES)
        orders = [np.random.default_rng(seed).permutation(90)[:27] for seed in range(3)]
        stretches = []
        for seed, order in enumerate(orders):
            state, right = (State.fresh(pair.flat, recipe.optimiser) for _ in range(2))
            seeded = {"recipe": replace(recipe, seed=seed), "pass_": seed, "rates": rates * (1 + seed)}
            told = engine.train(state, *data, order, **seeded)
            right_told = pair.natives[0].train(right, *data, order, **seeded)
            assert told == pytest.approx(right_told, rel=1e-4)
            close(state, right, pair.flat)
            stretches.append((Stretch(State.fresh(pair.flat, recipe.optimiser), order, **seeded), state, told))
        beside = engine.train_together(*data, [stretch for stretch, _, _ in stretches])
        for told, (stretch, alone, right_told) in zip(beside, stretches, strict=True):
            close(stretch.state, alone, pair.flat)
            assert told == pytest.approx(right_told, rel=1e-4)


def steady(optimiser):
    """Return an optimiser by which no rounding in a gradient near 0 becomes a whole step."""
    return replace(optimiser, epsilon=1e-3) if isinstance(optimiser, Adam) else optimiser


@pytest.mark.parametrize("name", [pytest.param(n, marks=() if n == "lenet1" else pytest.mark.slow) for n in zoo.ZOO])
def test_every_recipe_of_the_zoo(name):
    """A few updates by each of a network's recipes, with what it distorts, loses and moves by."""
    row = zoo.entry(name)
    for published in {repr(recipe): recipe for recipe in row.recipes().values()}.values():
        preparation = published.preparation
        native = NativeEngine(row.network, preparation)
        engine = TorchEngine(row.network, preparation, device="cpu")
        images, labels = digits(60, preparation.shape[1])
        recipe = replace(published, batch=min(published.batch, 16), optimiser=steady(published.optimiser))
        order, start = np.arange(60)[::-1], drawn(native.layout)
        rates = np.full(-(-60 // recipe.batch), 1e-4, np.float32)
        ends = [State.fresh(start, recipe.optimiser) for _ in range(2)]
        if isinstance(recipe.optimiser, DiagonalLM):
            for state in ends:
                state.slots[0][:] = engine.curvature(start, images, labels, order[:20], recipe, pass_=0)
        told = [
            e.train(state, images, labels, order, recipe, pass_=1, rates=rates)
            for e, state in zip((engine, native), ends, strict=True)
        ]
        assert told[0] == pytest.approx(told[1], rel=1e-4)
        close(*ends, start)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@pytest.mark.parametrize("copies", [0, 2])
@pytest.mark.parametrize("distortion", DISTORTIONS)
def test_it_shows_the_pictures_that_the_native_engine_shows(distortion, copies, dtype):
    pair = Pair((2, 12, 11), 2, CASES["kernel 3, stride 2, padding 0"][2])
    settings = {"copies": copies, "noise": 0.1, "share": 1.0 if copies else 0.6}
    recipe = Recipe(distortion=replace(DISTORTIONS[distortion], **settings), seed=11)
    images, _ = pair.data(20, dtype)
    patterns = np.random.default_rng(0).permutation(20 * (copies + 1))
    right = pair.natives[0].distorted(images, patterns, recipe)
    shown = on_torch(pair).distorted(images, patterns, recipe)
    np.testing.assert_allclose(shown, right, atol=1e-4)
    assert shown.dtype == np.float32 and shown.min() >= 0 and shown.max() <= 1


def test_without_distortion_it_shows_the_picture():
    pair = Pair(*CASES["channels"])
    images, _ = pair.data(5, np.uint8)
    shown = on_torch(pair).distorted(images, np.array([3, 0]), Recipe())
    np.testing.assert_allclose(shown, images[[3, 0]] / np.float32(255))


@pytest.mark.parametrize("chunk", [None, 1, 3])
def test_the_same_bits_in_any_chunks(chunk):
    pair = Pair(*STOCHASTIC["stochastic, 3 by 2"])
    data, order = pair.data(70, np.uint8), pair.rng.permutation(70)
    recipe = Recipe(optimiser=Adam(), batch=8, distortion=DISTORTIONS["affine"])
    right, _ = trained(on_torch(pair), pair.flat, data, recipe, order)
    state, _ = trained(on_torch(pair), pair.flat, data, recipe, order, chunk=chunk)
    for ours, theirs in zip((state.flat, *state.slots), (right.flat, *right.slots), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_more_updates_than_the_device_takes_at_once(monkeypatch):
    from lenet.engine.torch import updates

    pair = Pair(*CASES[SMOOTH])
    data, recipe = pair.data(50, np.uint8), Recipe(batch=2, optimiser=SGD(0.9))
    right, totals = trained(on_torch(pair), pair.flat, data, recipe, np.arange(49))
    monkeypatch.setattr(updates, "MOST", 4)
    state, ours = trained(on_torch(pair), pair.flat, data, recipe, np.arange(49))
    np.testing.assert_array_equal(state.flat, right.flat)
    assert ours.tolist() == pytest.approx(totals.tolist())


def test_no_rows_change_nothing():
    pair = Pair(*CASES[SMOOTH])
    state, totals = trained(on_torch(pair), pair.flat, pair.data(3), Recipe(), np.arange(0))
    np.testing.assert_array_equal(state.flat, pair.flat)
    assert totals.tolist() == [0, 0]


def test_data_recipes_and_weights_that_change_between_calls():
    """What lies on the device is never that of another call."""
    pair = Pair(*CASES[SMOOTH])
    engine, data, other = on_torch(pair), pair.data(20, np.uint8), pair.data(20, np.uint8)
    for recipe in (Recipe(batch=5), Recipe(batch=4), Recipe(batch=4, optimiser=SGD(0.9)), Recipe(batch=4, seed=3)):
        for images in (data, other, data):
            right, _ = trained(pair.natives[0], pair.flat, images, recipe, np.arange(20))
            state, _ = trained(engine, pair.flat, images, recipe, np.arange(20))
            close(state, right, pair.flat)
    moved = right.flat.copy()
    for flat in (pair.flat, right.flat, pair.flat):
        flat.flags.writeable = False  # of which the engine keeps what it has
        agree(engine.scores(flat, data[0]), pair.reference.scores(flat, data[0]))
    right.flat.flags.writeable = True
    right.flat[:] = 2 * moved
    agree(engine.scores(right.flat, data[0]), pair.reference.scores(right.flat, data[0]))


def test_features_are_named_and_shaped_as_the_others():
    pair = Pair(*CASES["distances"])
    images, _ = pair.data(7)
    ours, right = on_torch(pair).features(pair.flat, images), pair.reference.features(pair.flat, images)
    assert list(ours) == list(right)
    for name, made in right.items():
        agree(ours[name], made, what=name)


BAD = [
    ({"order": np.array([0, 50])}, "rows of the images, from 0 to 49"),
    ({"order": np.array([0.5])}, "order must be a row of whole numbers"),
    ({"rates": np.float32([1, 2])}, "need 1 rates"),
    ({"labels": np.zeros(3, int)}, "a label for each of the 50 images"),
    ({"labels": np.full(50, 9)}, "labels are classes, from 0 to 3"),
    ({"images": np.zeros((50, 3, 3))}, "images must be"),
    ({"state": State(np.zeros(3, np.float32), ())}, "contiguous and float32"),
    ({"recipe": Recipe(optimiser=SGD(0.9))}, "SGD needs 1 slots"),
]


@pytest.mark.parametrize(("change", "text"), BAD)
def test_what_does_not_fit_is_refused(change, text):
    pair = Pair(*CASES[SMOOTH])
    images, labels = pair.data(50, np.uint8)
    right = {
        "state": State.fresh(pair.flat, SGD()),
        "images": images,
        "labels": labels,
        "order": np.arange(9),
        "recipe": Recipe(),
        "pass_": 0,
        "rates": np.float32([0.1]),
    }
    with pytest.raises(LenetError, match=text):
        on_torch(pair).train(**{**right, **change})


def test_a_preparation_that_does_not_fit_is_refused():
    network = Network("small", (1, 3, 3), CASES["one class"][2])
    with pytest.raises(LenetError, match="its preparation gives"):
        TorchEngine(network, Preparation((1, 4, 4)), device="cpu")


def pretend_cuda(monkeypatch):
    """Let what is compiled on CUDA be compiled here."""
    from lenet.engine.torch import gradients, updates
    from lenet.engine.torch.compiling import compiled

    for module in (gradients, updates):
        monkeypatch.setattr(module, "compiled", lambda function, _: compiled(function, torch.device("cuda")))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the compiler's own
@pytest.mark.parametrize("name", ["distances", "stochastic, 2 by None"])
def test_compiled_it_is_the_same(name, monkeypatch):
    pair = Pair(*ALL[name])
    data, recipe = pair.data(30, np.uint8), Recipe(batch=8, optimiser=SGD(0.9), distortion=DISTORTIONS["elastic"])
    recipe = replace(recipe, loss=losses(pair.network)[-1])
    right, totals = trained(on_torch(pair), pair.flat, data, recipe, np.arange(30))
    pretend_cuda(monkeypatch)
    traced = functools.partial(torch.compile, backend="aot_eager")  # all but the making of kernels, which takes minutes
    monkeypatch.setattr(torch, "compile", traced)
    state, ours = trained(on_torch(pair), pair.flat, data, recipe, np.arange(30))
    close(state, right, pair.flat)
    assert ours == pytest.approx(totals, rel=1e-4)


def test_without_a_compiler_it_runs_as_it_is(monkeypatch):
    def refused(*_, **__):
        def run(*_):
            raise RuntimeError("no C compiler\nand more")

        return run

    pair = Pair(*CASES[SMOOTH])
    data, recipe = pair.data(30, np.uint8), Recipe(batch=8)
    right, _ = trained(on_torch(pair), pair.flat, data, recipe, np.arange(30))
    pretend_cuda(monkeypatch)
    monkeypatch.setattr(torch, "compile", refused)
    with pytest.warns(UserWarning, match=r"doesn't work here, so that training is slower \(no C compiler\)"):
        state, _ = trained(on_torch(pair), pair.flat, data, recipe, np.arange(30))
    np.testing.assert_array_equal(state.flat, right.flat)


@pytest.mark.parametrize("fails", [False, True])
def test_an_update_that_is_recorded_is_made_once(fails, monkeypatch):
    """Warming up moves nothing for good; what can't be recorded is launched each time."""
    from types import SimpleNamespace

    from lenet.engine.torch import replaying

    count = torch.zeros(1)

    def recorded(update):
        for _ in range(3):
            update()
        if fails:
            raise RuntimeError("operation not permitted when stream is capturing")
        return SimpleNamespace(replay=update)

    monkeypatch.setattr(replaying, "_recorded", recorded)
    monkeypatch.setattr(replaying, "on_cuda", lambda _: True)

    def update():
        count.add_(1)

    if fails:
        with pytest.warns(UserWarning, match="can't be recorded"):
            replay = replaying.replayed(update, [count], True)
    else:
        replay = replaying.replayed(update, [count], True)
    assert count.item() == 0
    replay()
    assert count.item() == 1

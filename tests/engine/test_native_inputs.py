"""What the native engine is given: any array either gives the right answer or a ``LenetError``, and never a crash."""

from dataclasses import replace

import numpy as np
import pytest
from small_networks import CASES, CODES, Pair, agree

from lenet.engine.native import NativeEngine
from lenet.engine.state import State
from lenet.errors import LenetError
from lenet.network import RBF, Conv, Dense, Flatten, LocalResponseNorm, MaxPool, Network
from lenet.preparation import Preparation
from lenet.recipe import SGD, Adam, Loss, LossKind, Recipe


@pytest.fixture(scope="module")
def pair():
    return Pair(*CASES["channels"])  # pictures of (3, 8, 8)


BYTES = np.random.default_rng(0).integers(0, 256, (40, 3, 8, 8), dtype=np.uint8)
FLOATS = BYTES.astype(np.float32) / np.float32(255)


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


def unaligned(array):
    room = np.empty(array.nbytes + 1, np.uint8)[1:]
    moved = room.view(array.dtype).reshape(array.shape)
    moved[:] = array
    return moved


SAME = {
    "every second image": np.repeat(BYTES, 2, axis=0)[::2],
    "backwards": np.ascontiguousarray(BYTES[::-1])[::-1],
    "columns first": np.asfortranarray(BYTES),
    "channels last": np.ascontiguousarray(BYTES.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2),
    "cut out": np.pad(FLOATS, ((0, 0), (0, 0), (2, 3), (1, 1)))[:, :, 2:-3, 1:-1],
    "read-only": read_only(BYTES),
    "floats": FLOATS,
    "floats, columns first": np.asfortranarray(FLOATS),
    "floats, unaligned": unaligned(FLOATS),
    "a list": BYTES.tolist() and [*BYTES],
}


@pytest.mark.parametrize("name", SAME)
def test_however_images_lie_in_memory(pair, name):
    native, labels = pair.natives[0], np.arange(40) % 4
    for ours, right in [
        (native.scores(pair.flat, SAME[name]), native.scores(pair.flat, BYTES)),
        (native.features(pair.flat, SAME[name])["C1"], native.features(pair.flat, BYTES)["C1"]),
        (
            native.gradient(pair.flat, SAME[name], labels, Loss())[2],
            native.gradient(pair.flat, BYTES, labels, Loss())[2],
        ),
    ]:
        agree(ours, right, 1e-6)


NO_IMAGES = {
    "another size": (BYTES[:, :, :7], r"images must be \(N, 3, 8, 8\), but are \(40, 3, 7, 8\)"),
    "no channels": (BYTES[:, 0], r"images must be \(N, 3, 8, 8\), but are \(40, 8, 8\)"),
    "one image": (BYTES[0], r"but are \(3, 8, 8\)"),
    "a number": (np.uint8(3), r"but are \(\)"),
    "five sides": (BYTES[None], r"but are \(1, 40, 3, 8, 8\)"),
    "int64": (BYTES.astype(np.int64), "uint8 .* or float32 .*, but are int64"),
    "bool": (BYTES > 9, "but are bool"),
    "float64": (FLOATS.astype(np.float64), "but are float64"),
    "float16": (FLOATS.astype(np.float16), "but are float16"),
    "complex": (FLOATS.astype(np.complex64), "but are complex64"),
    "big-endian": (FLOATS.astype(">f4"), "but are >f4"),
    "objects": (BYTES.astype(object), "but are object"),
    "0 to 255": (BYTES.astype(np.float32), "lie between 0 and 1, but run from 0.0 to 255.0; divide bytes by 255"),
    "-1 to 1": (2 * FLOATS - 1, "lie between 0 and 1, but run from -1.0"),
    "NaN": (np.where(FLOATS > 0.5, np.float32(np.nan), FLOATS), "images must be numbers, but some are NaN"),
    "infinity": (np.where(FLOATS > 0.5, np.float32(np.inf), FLOATS), "run from 0.0 to inf"),
}


@pytest.mark.parametrize("name", NO_IMAGES)
def test_what_is_no_images(pair, name):
    images, message = NO_IMAGES[name]
    native, labels = pair.natives[0], np.arange(40) % 4
    state = State.fresh(pair.flat, SGD())
    for call in (
        lambda: native.scores(pair.flat, images),
        lambda: native.features(pair.flat, images),
        lambda: native.gradient(pair.flat, images, labels, Loss()),
        lambda: native.train(state, images, labels, np.arange(4), Recipe(), pass_=0, rates=np.ones(1, np.float32)),
    ):
        with pytest.raises(LenetError, match=message):
            call()


def test_no_images_at_all(pair):
    for images in (BYTES[:0], FLOATS[:0]):
        assert pair.natives[0].scores(pair.flat, images).shape == (0, 4)
        features = pair.natives[0].features(pair.flat, images)
        assert features["C1"].shape == (0, 4, 8, 8)
        with pytest.raises(LenetError, match="a gradient needs one or more images"):
            pair.natives[0].gradient(pair.flat, images, np.arange(0), Loss())


LABELS = {
    "too large": ([0, 4] * 20, "labels are classes, from 0 to 3, but go from 0 to 4"),
    "below 0": ([0, -1] * 20, "but go from -1 to 0"),
    "beyond 64 bits": (np.array([2**63] * 40, np.uint64), "but go from 9223372036854775808"),
    "floats": ([0.0, 1.0] * 20, r"labels must be a row of whole numbers, but are \(40,\) of float64"),
    "NaN": ([np.nan] * 40, "must be a row of whole numbers"),
    "too few": ([0] * 39, r"a label for each of the 40 images, but labels are \(39,\)"),
    "two rows": ([[0]] * 40, r"but labels are \(40, 1\)"),
    "text": (["0"] * 40, "must be a row of whole numbers"),
}


@pytest.mark.parametrize("name", LABELS)
def test_labels_are_checked(pair, name):
    labels, message = LABELS[name]
    state = State.fresh(pair.flat, SGD())
    with pytest.raises(LenetError, match=message):
        pair.natives[0].gradient(pair.flat, BYTES, labels, Loss())
    with pytest.raises(LenetError, match=message):
        pair.natives[0].train(state, BYTES, labels, np.arange(4), Recipe(), pass_=0, rates=np.ones(1, np.float32))


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int16, np.uint64, ">i4", list])
def test_labels_of_any_whole_kind(pair, dtype):
    right = pair.natives[0].gradient(pair.flat, BYTES, np.arange(40) % 4, Loss())
    labels = (np.arange(40) % 4).tolist() if dtype is list else (np.arange(40) % 4).astype(dtype)
    ours = pair.natives[0].gradient(pair.flat, BYTES, labels, Loss())
    assert ours[:2] == right[:2]


ORDERS = {
    "beyond the images": ([0, 40], "order are rows of the images, from 0 to 39, but go from 0 to 40"),
    "below 0": ([-1, 3], "but go from -1 to 3"),
    "floats": ([0.0, 1.0], "order must be a row of whole numbers"),
    "two rows": ([[0, 1]], "order must be a row of whole numbers"),
    "beyond 64 bits": (np.array([0, 2**64 - 1], np.uint64), "but go from 0 to 18446744073709551615"),
}


@pytest.mark.parametrize("name", ORDERS)
def test_orders_are_checked(pair, name):
    order, message = ORDERS[name]
    state = State.fresh(pair.flat, SGD())
    with pytest.raises(LenetError, match=message):
        pair.natives[0].train(state, BYTES, np.zeros(40, int), order, Recipe(), pass_=0, rates=np.ones(1, np.float32))
    np.testing.assert_array_equal(state.flat, pair.flat)
    assert state.updates == 0


@pytest.mark.parametrize("rates", [np.ones(2, np.float32), np.ones((1, 1), np.float32), np.float32(1), np.ones(0)])
def test_there_is_a_rate_for_each_update(pair, rates):
    state = State.fresh(pair.flat, SGD())
    with pytest.raises(LenetError, match="4 rows in batches of 64 need 1 rates, but rates are"):
        pair.natives[0].train(state, BYTES, np.zeros(40, int), np.arange(4), Recipe(), pass_=0, rates=rates)


def test_weights_of_other_kinds(pair):
    native, right = pair.natives[0], pair.natives[0].scores(pair.flat, BYTES)
    for flat in (
        pair.flat.astype(np.float64),
        np.repeat(pair.flat, 2)[::2],
        read_only(pair.flat),
        unaligned(pair.flat),
    ):
        np.testing.assert_array_equal(native.scores(flat, BYTES), right)
        assert native.gradient(flat, BYTES, np.zeros(40, int), Loss())[0] > 0
    np.testing.assert_array_equal(native.scores(pair.flat.astype(">f4"), BYTES), right)
    size = pair.flat.size
    for flat in (pair.flat[:-1], np.append(pair.flat, 0), pair.flat[None], np.float32(1), pair.flat.astype(int)):
        message = rf"network 'small' has weights \({size},\) of floating-point numbers, not"
        with pytest.raises(LenetError, match=message):
            native.scores(flat, BYTES)
        with pytest.raises(LenetError, match=message):
            native.features(flat, BYTES)
        with pytest.raises(LenetError, match=message):
            native.gradient(flat, BYTES, np.zeros(40, int), Loss())


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 3e38])
@pytest.mark.parametrize("name", ["channels", "distances", "MaxPool, 3 by 2", "contrast norm, 5", "response norm, 5"])
def test_weights_that_have_run_away_do_no_harm(name, value):
    pair = Pair(*CASES[name])
    for count in (1, 20):
        images, labels = pair.data(count)
        for native in pair.natives:
            state = State.fresh(np.full_like(pair.flat, value), Adam())
            native.scores(state.flat, images)
            native.gradient(state.flat, images, labels, Loss())
            recipe = Recipe(optimiser=Adam(), batch=8)
            rates = np.full(-(-count // 8), np.nan, np.float32)
            native.train(state, images, labels, np.arange(count), recipe, pass_=0, rates=rates)


def test_a_state_is_changed_in_place_or_refused(pair):
    native, labels, rates = pair.natives[0], np.zeros(40, int), np.ones(1, np.float32)
    fresh = State.fresh(pair.flat, SGD(momentum=0.9))
    for flat in (fresh.flat.astype(np.float64), read_only(fresh.flat), np.repeat(fresh.flat, 2)[::2], fresh.flat[:-1]):
        for state in (replace(fresh, flat=flat), replace(fresh, slots=(flat,))):
            with pytest.raises(LenetError, match="must be writable, contiguous and float32"):
                native.train(state, BYTES, labels, np.arange(4), Recipe(optimiser=SGD(0.9)), pass_=0, rates=rates)
    for optimiser, wanted in [(SGD(), 0), (Adam(), 2)]:
        message = f"{type(optimiser).__name__} needs {wanted} slots, but the state has 1"
        with pytest.raises(LenetError, match=message):
            native.train(fresh, BYTES, labels, np.arange(4), Recipe(optimiser=optimiser), pass_=0, rates=rates)


def test_a_loss_must_fit_the_last_layer():
    logits, distances = Pair(*CASES["kernel 3"]), Pair(*CASES["distances"])
    for pair, kind, message in [
        (logits, LossKind.DISTANCE, "the distance loss is made of distances"),
        (logits, LossKind.DISCRIMINATIVE, "the discriminative loss is made of distances"),
        (distances, LossKind.SQUARED, "the squared loss wants a large score for the right class"),
    ]:
        images, labels = pair.data(4)
        recipe, state = Recipe(loss=Loss(kind)), State.fresh(pair.flat, SGD())
        for engine in (pair.reference, *pair.natives):
            with pytest.raises(LenetError, match=message):
                engine.gradient(pair.flat, images, labels, Loss(kind))
            with pytest.raises(LenetError, match=message):
                engine.train(state, images, labels, np.arange(4), recipe, pass_=0, rates=np.ones(1, np.float32))


def test_the_preparation_must_fit(pair):
    with pytest.raises(LenetError, match=r"reads \(3, 10, 10\), but its preparation gives \(3, 8, 8\)"):
        NativeEngine(pair.network, Preparation((3, 8, 8)))


HUGE = {
    "a picture": (Flatten(), Dense(2)),
    "padding": (Conv(1, kernel=1, padding=40_000), MaxPool(size=80_028), Flatten(), Dense(2)),
    "maps": (Conv(2**29, kernel=1), MaxPool(size=28), Flatten()),
    "a stride beyond 32 bits": (MaxPool(size=2, stride=2**40), Flatten()),
    "a window beyond 32 bits": (LocalResponseNorm(size=2**40), MaxPool(size=28), Flatten()),
    "a kernel": (Conv(1, kernel=9_000, padding=4_500), MaxPool(size=28), Flatten()),
}


@pytest.mark.parametrize("name", HUGE)
def test_a_network_beyond_all_bounds_is_refused(name):
    shape = (1, 2**15, 2**14) if name == "a picture" else (1, 28, 28)
    with pytest.raises(LenetError, match="too large for the native engine"):
        NativeEngine(Network("huge", shape, HUGE[name]), Preparation(shape))


def test_the_classes_of_codes_are_those_of_labels():
    shape = (3, 1, 1)
    engine = NativeEngine(Network("codes", shape, (RBF(codes=CODES),)), Preparation(shape))
    images, none = np.zeros((2, *shape), np.uint8), np.zeros(0, np.float32)
    loss, wrong, gradient = engine.gradient(none, images, [3, 3], Loss(LossKind.DISTANCE))
    assert (loss, wrong, gradient.size) == (0.25, 0, 0)
    with pytest.raises(LenetError, match="from 0 to 3, but go from 3 to 4"):
        engine.gradient(none, images, [3, 4], Loss(LossKind.DISTANCE))


WRONG = {
    "flat": np.zeros(3, np.float32),
    "images": BYTES[:, :2],
    "labels": np.full(40, 4),
    "rows": np.array([0, 40]),
    "loss": 9,
    "out": np.zeros(3, np.float32),
}
OTHER = {
    "flat": np.zeros(3),
    "images": BYTES.astype(">i2"),
    "labels": np.zeros((40, 1), int),
    "rows": np.array([[0]]),
    "loss": "squared",
    "out": read_only(np.zeros(3, np.float32)),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_lies_below_checks_too(pair, name):
    """The compiled module by itself, without what Python checks before."""
    right = {
        "flat": pair.flat,
        "images": BYTES,
        "labels": np.zeros(40, int),
        "rows": np.arange(40),
        "loss": 0,
        "j": 1.0,
        "seed": 0,
        "pass": 0,
        "distortion": None,
        "out": np.empty_like(pair.flat),
        "threads": 1,
    }
    gradient = pair.natives[0]._engine.gradient
    gradient(*right.values())
    with pytest.raises(ValueError, match=r"^[a-z ]+: |number|unknown"):
        gradient(*{**right, name: WRONG[name]}.values())
    with pytest.raises((TypeError, ValueError)):
        gradient(*{**right, name: OTHER[name]}.values())

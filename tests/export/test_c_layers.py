"""Every layer and option in C: float32 held against the reference, whole numbers against their emulation."""

from __future__ import annotations

import pytest
from compiling import SANE, answers, driver, in_float32, in_int8
from onnx_runs import SMALL, pictures, random, small, zoo
from small_networks import agree

from lenet.network import Conv, Dense, Flatten, LocalContrastNorm, MaxPool, Network, Subsample
from lenet.preparation import Preparation
from lenet.zoo import ZOO

COUNT = 12
FEW = (
    "kernel 3, stride 2, padding 1",
    "tables",
    "no bias",
    "padded picture",
    "channels",
    "MeanPool, 3 by 2",
    "MaxPool, 2 by 3",
    "L2Pool, 2 by 1",
    "DeformablePool, 3 by 2",
    "2 copies, 3 by 2",
    "Subsample of sigmoid",
    "response norm, 2",
    "contrast norm, 5",
    "flatten, then a function",
    "flatten alone",
    "flatten in between",
    "one class",
    "distances",
    "learned codes alone",
    "a function on the last layer",
    "stochastic, 3 by 2",
)


def extreme(model, count=COUNT):
    """Return random pictures, and among them blank, full and black and white ones."""
    images = pictures(model, count)
    images[1] = 255
    images[2:5] = 255 * (images[2:5] > 127)
    return images


def hold(folder, models, *flags, cc="gcc"):
    """Hold models in C, as many as fit in one file, against the reference and the emulation."""
    headers, images = [], []
    for number, model in enumerate(models):
        some = extreme(model)
        headers.append(in_float32(folder, f"float_{number}", model))
        images.append(some)
        if not any(isinstance(layer, LocalContrastNorm) for layer in model.network.layers):
            headers.append(in_int8(folder, f"whole_{number}", model, some[5:]))
            images.append(some)
    found = answers(driver(headers, *flags, cc=cc), headers, images)
    for each, some, (answer, scores) in zip(headers, images, found, strict=True):
        model, what = each.model, f"{each.prefix}: {each.model.network}"
        sign = -1 if model.network.smallest_wins else 1
        assert (answer == (sign * scores).argmax(1)).all(), what
        if each.emulation is not None:
            assert (scores == each.emulation.whole_scores(some)).all(), what
            assert (answer == each.emulation.predict(some)).all(), what
            continue
        # Of a blank picture a contrast normalisation makes noise of rounding.
        even = 5 if any(isinstance(layer, LocalContrastNorm) for layer in model.network.layers) else 0
        agree(scores[even:], model.scores(some)[even:], 1e-5, what=what)


def test_layers_and_options(tmp_path):
    hold(tmp_path, [small(name, engine="reference") for name in FEW], *SANE)


def odd():
    """Return models in which layers stand where they rarely do, and with names that C keeps for itself."""
    maps = Conv(5, kernel=3, padding=1, activation="tanh"), Subsample(1, copies=2), MaxPool(1)
    network = Network("odd", (1, 4, 4), (Flatten(), Dense(6), *maps, Dense(3)))
    names = (
        Conv(3, kernel=2, name="int"),
        Conv(2, kernel=1, name="Int"),
        Flatten(name="unix"),
        Dense(3, name="Int_weight"),
        Dense(3, name="scaled"),
    )
    return [
        random(network, Preparation((1, 4, 4)), engine="reference"),
        random(Network("names", (1, 4, 4), names), Preparation((1, 4, 4)), engine="reference"),
        random(Network("half", (1, 4, 4), (Flatten(), Dense(3))), Preparation((1, 4, 4), low=0.5), engine="reference"),
    ]


def test_layers_in_odd_places(tmp_path):
    hold(tmp_path, odd())


@pytest.mark.slow
@pytest.mark.parametrize(("cc", "flags"), [("gcc", ("-O2",)), ("clang", SANE)])
def test_all_layers_and_options(tmp_path, cc, flags):
    hold(tmp_path, [small(name, engine="reference") for name in SMALL], *flags, cc=cc)


@pytest.mark.slow
def test_every_network_of_the_zoo(tmp_path):
    hold(tmp_path, [zoo(name) for name in ZOO], "-O2")


def test_the_gate_can_fail(tmp_path):
    model = small("tables", engine="reference")
    header = in_int8(tmp_path, "wrong", model, pictures(model))
    text = header.path.read_text()
    header.path.write_text(
        text.replace("_bias[3] = {", "_bias[3] = {1 + ", 1).replace("_bias[5] = {", "_bias[5] = {999 + ")
    )
    [(_, scores)] = answers(driver([header]), [header], [images := pictures(model)])
    assert (scores != header.emulation.whole_scores(images)).any()

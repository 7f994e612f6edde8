"""MNIST's test digits in C and in whole numbers."""

from __future__ import annotations

import numpy as np
import pytest
from compiling import Header, answers, driver

import lenet
from lenet.export.c import float32, vectors, whole
from lenet.export.c.header import header
from lenet.export.int8 import emulate
from lenet.weights import describe, names

pytestmark = pytest.mark.slow
WEIGHTS = [name for name in names() if describe(name)["kind"] == "model" and describe(name)["data"]["name"] == "mnist"]


@pytest.fixture(scope="module")
def mnist():
    return lenet.data.load("mnist")


@pytest.mark.parametrize("name", WEIGHTS)
def test_all_test_digits(tmp_path, mnist, name):
    """float32: the native engine's labels, scores within 1e-5. int8: the emulation's bits, 0.1 points lost at most."""
    model, images, labels = lenet.load(name), mnist.test_images, mnist.test_labels
    emulation, shown = emulate(model, mnist), vectors.pictures(model.preparation.shape)
    programs = {
        "plain": float32.program(model, "plain", shown),
        "whole": whole.program(emulation.network, "whole", shown),
    }
    headers = []
    for prefix, program in programs.items():
        headers.append(Header(tmp_path / f"{prefix}.h", model, program.scores))
        headers[-1].path.write_text(header(program, name))
    program = driver(headers, "-O2")
    (plain, scores), (answer, bits) = answers(program, headers, [np.ascontiguousarray(images)] * 2)

    right = model.scores(images)
    assert (plain == model.predict(images)).all()
    assert np.abs(scores - right).max() <= 1e-5 * np.abs(right).max()
    assert (bits == emulation.whole_scores(images)).all()
    assert (answer == emulation.predict(images)).all()
    lost = (answer != labels).sum() - (plain != labels).sum()
    assert lost <= 10


def test_lenet5_on_noise_and_extremes(tmp_path, mnist):
    """4,000 pictures that no digit looks like: noise, sparse noise, black and white, digits turned around."""
    model, rng = lenet.load("lenet5"), np.random.default_rng(0)
    emulation = emulate(model, mnist)
    noise = rng.integers(0, 256, (1000, 28, 28), dtype=np.uint8)
    images = np.concatenate(
        [
            noise,
            noise * (rng.random(noise.shape) < 0.1),
            255 * (noise > 127).astype(np.uint8),
            255 - mnist.test_images[:1000],
        ]
    ).astype(np.uint8)
    shown = vectors.pictures(model.preparation.shape)
    path = tmp_path / "whole.h"
    path.write_text(header(whole.program(emulation.network, "whole", shown), "lenet5"))
    one = Header(path, model, "int32_t")
    [(answer, bits)] = answers(
        driver([one], "-O1", "-fsanitize=undefined", "-fno-sanitize-recover=all"), [one], [images]
    )
    assert (bits == emulation.whole_scores(images)).all() and (answer == emulation.predict(images)).all()

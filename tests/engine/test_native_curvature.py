"""The second derivatives on the native engine, against the reference's, and the same bits from any threads."""

from dataclasses import replace

import numpy as np
import pytest
from small_networks import CASES, ISAS, STOCHASTIC, Pair, agree, losses, on
from test_native_zoo import digits, drawn

from lenet import zoo
from lenet.engine.reference import ReferenceEngine
from lenet.engine.reference.curvature import check
from lenet.errors import LenetError
from lenet.recipe import Distortion, Recipe


def agrees(native, reference, flat, data, order, recipe):
    right = reference.curvature(flat, *data, order, recipe, pass_=3)
    ours = native.curvature(flat, *data, order, recipe, pass_=3)
    assert ours.dtype == np.float32
    assert (ours >= 0).all()
    assert not ours[~native.layout.connected].any()
    for name, place in native.layout.slices.items():
        agree(ours[place], right[place], 1e-4, what=f"{name}, {recipe.loss.kind.value}, {native.isa}")


def defined(layers):
    """Return whether there are second derivatives through these layers."""
    try:
        check(Pair(*layers).network)
    except LenetError:
        return False
    return True


ALL = {**CASES, **STOCHASTIC}


@pytest.mark.parametrize("name", [name for name, layers in ALL.items() if defined(layers)])
def test_every_layer(name):
    pair = Pair(*ALL[name])
    data = pair.data(25)
    for loss in losses(pair.network):
        for native in pair.natives:
            for order in (np.arange(1), pair.rng.permutation(25)[:21]):
                agrees(native, pair.reference, pair.flat, data, order, Recipe(loss=loss, seed=7))


@pytest.mark.parametrize("name", zoo.ZOO)
def test_a_network_of_the_zoo(name):
    row = zoo.entry(name)
    reference = ReferenceEngine(row.network, row.recipe.preparation)
    flat, data = drawn(reference.layout), digits(20, row.recipe.preparation.shape[1])
    recipe = replace(row.recipe, distortion=Distortion(shift=1.0, rotation=10.0))
    for isa in ISAS:
        native = on(isa, row.network, row.recipe.preparation, threads=2)
        agrees(native, reference, flat, data, np.arange(20)[::-1], recipe)


@pytest.mark.parametrize("isa", ISAS)
def test_the_same_bits_from_any_threads(isa):
    pair = Pair(*STOCHASTIC["stochastic, 3 by 2"])
    data, order = pair.data(500, np.uint8), pair.rng.permutation(500)
    recipe, ends = Recipe(distortion=Distortion(shift=1.0)), set()
    for threads in (1, 2, 3, 8):
        engine = on(isa, pair.network, pair.reference.preparation, threads=threads)
        ends.add(engine.curvature(pair.flat, *data, order, recipe, pass_=1).tobytes())
    assert len(ends) == 1


def test_what_is_refused():
    pair = Pair(*CASES["contrast norm, 5"])
    for engine in (pair.reference, pair.natives[0]):
        with pytest.raises(LenetError, match=r"layer N1 of network 'small', LocalContrastNorm, has no second deriv"):
            engine.curvature(pair.flat, *pair.data(3), np.arange(3), Recipe(), pass_=0)
    pair = Pair(*CASES["tables"])
    for engine in (pair.reference, pair.natives[0]):
        with pytest.raises(LenetError, match="one or more patterns, not on none"):
            engine.curvature(pair.flat, *pair.data(3), np.arange(0), Recipe(), pass_=0)

"""How LeNet-5's best recipe came about: each idea on top of those before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..recipe import Adam, Distortion, OneCycle, Recipe
from ..zoo import BEST, ZOO

PASSES = 60  # enough to tell one idea from another


def ideas() -> Iterator[tuple[str, Recipe]]:
    """Yield each idea in words, with the recipe that has it and those before it; the last is the best recipe."""
    recipe = ZOO["lenet5"].recipe
    yield "the quick recipe", recipe
    recipe = replace(recipe, passes=PASSES)
    yield f"{PASSES} passes", recipe
    wider = Distortion(shift=1.5, scale=0.12, squeeze=0.1, shear=0.1, rotation=12.0)
    recipe = replace(recipe, distortion=wider)
    yield "wider affine distortions, squeeze and shear too", recipe
    recipe = replace(recipe, optimiser=Adam(), schedule=OneCycle(0.008, rise=0.15), batch=256)
    yield "Adam, batches of 256", recipe
    recipe = replace(recipe, distortion=replace(wider, elastic=0.6, smoothness=4.0))
    yield "elastic displacement, 0.6 px over 4 px", recipe
    recipe = replace(recipe, distortion=replace(wider, elastic=0.5, smoothness=3.0))
    yield "finer: 0.5 px over 3 px", recipe
    yield f"{BEST.passes} passes", BEST

"""Models of random weights, and what ONNX Runtime answers for files."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import onnx
from small_networks import CASES, STOCHASTIC

from lenet.engine.layout import Layout
from lenet.export.onnx import checking
from lenet.model import Model
from lenet.network import Network
from lenet.preparation import Preparation
from lenet.recipe import Loss, LossKind, Recipe
from lenet.zoo import ZOO

SMALL = {**CASES, **STOCHASTIC}


def small(name: str, seed: int = 0, **more) -> Model:
    """Return a model of one of the small networks that the engines are held against each other with."""
    shape, padding, layers = SMALL[name]
    preparation = Preparation(shape, low=-0.3, high=1.1, padding=padding)
    return random(Network("small", preparation.input, layers), preparation, seed, **more)


def zoo(name: str, seed: int = 0) -> Model:
    """Return a network of the zoo with random weights."""
    entry = ZOO[name]
    return random(entry.network, entry.recipe.preparation, seed, recipe=entry.recipe)


def random(network: Network, preparation: Preparation, seed: int = 0, **more) -> Model:
    rng = np.random.default_rng(seed)
    layout = Layout(network)
    flat = np.zeros(layout.size, np.float32)
    for name, size in network.parameter_shapes.items():
        scale = 0.3 if len(size) == 1 else np.sqrt(1.5 / np.prod(size[1:]))
        flat[layout.slices[name]] = rng.normal(0, scale, int(np.prod(size)))
    flat[~layout.connected] = 0
    return Model(network, preparation, flat, **more)


def rubbish(model: Model, j: float = 2.0) -> Model:
    """Return a model that was trained by the loss with a rubbish class."""
    recipe = replace(model.recipe or Recipe(preparation=model.preparation), loss=Loss(LossKind.DISCRIMINATIVE, j=j))
    return Model(model.network, model.preparation, model.flat, recipe=recipe)


def pictures(model, count: int = 5, seed: int = 0) -> np.ndarray:
    """Return uint8 pictures (count, C, H, W), the first of them blank."""
    images = np.random.default_rng(seed).integers(0, 256, (count, *model.preparation.shape), dtype=np.uint8)
    images[0] = 0
    return images


def run(data: bytes, model, images, with_preparation: bool = False) -> dict[str, np.ndarray]:
    """Return each output of a file, by name."""
    session = checking.session(data)
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, checking.feed(model, images, with_preparation)), strict=True))


def with_layers(data: bytes, model) -> bytes:
    """Return a file that gives what each layer gives, and the prepared picture, beside its own outputs."""
    file = onnx.shape_inference.infer_shapes(onnx.load_from_string(data))
    names = {"input", *(step.name for step in model.network.steps)}
    file.graph.output.extend(info for info in file.graph.value_info if info.name in names)
    return file.SerializeToString()

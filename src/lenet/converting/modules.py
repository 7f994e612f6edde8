"""A module of PyTorch from a network or a model, and a model from a module."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..engine.layout import Layout
from ..errors import LenetError
from ..extras import require
from ..model import Ensemble, Model
from ..preparation import Preparation
from ..training.start import draw
from ..weights import load
from ..weights import names as weights
from ..zoo import ZOO
from .naming import Described, described

if TYPE_CHECKING:
    from torch import nn

    from ..engine.torch.module import LeNet


def to_torch(what: Described, *, seed: int | None = None, preparation: Preparation | None = None) -> LeNet:
    """Return a network as a module of PyTorch, a ``LeNet`` of ``lenet.engine.torch.module``.

    Its children are the layers in lower case (c1, s2, ...); it gives the same answers as the model.

    Args:
        what: with its weights: a model; the name of weights in the package; the path of a model's file or of a run's
            folder. Or without, to be trained: a ``Network``, a row of the zoo, the path of a TOML file.
        seed: draws the weights that training starts from, as the network's recipe says. None: 0 where there are no
            weights. With the name of a network of the zoo: fresh weights instead of those in the package.
        preparation: how pictures become the input, instead of the model's or the recipe's.

    Raises:
        LenetError: PyTorch isn't installed; there is no such network or model, or it is an ensemble; there are no
            weights of that name; or the preparation doesn't fit.
    """
    require("torch", "torch", "a module of PyTorch")
    from ..engine.torch.module import LeNet

    named = isinstance(what, (str, os.PathLike)) and not str(what).lower().endswith(".toml")
    model = _trained(what) if named and seed is None else what
    if isinstance(model, Model):
        if seed is not None:
            raise LenetError("a seed draws fresh weights, but the model brings its own; give model.network for those")
        return LeNet(model.network, preparation or model.preparation, model.weights, model.classes)
    if isinstance(model, Ensemble):
        raise LenetError(
            f"an ensemble of {len(model.members)} networks is no single module; take its members one by one: "
            "[lenet.to_torch(member) for member in ensemble.members]"
        )
    row = described(model)
    start = Layout(row.network).views(draw(row.network, row.recipe.start, seed or 0))
    return LeNet(row.network, preparation or row.recipe.preparation, start)


def _trained(what: Any) -> Model | Ensemble:
    """Return the model of that name or path."""
    name = os.fspath(what)
    if name in ZOO and name not in weights():
        raise LenetError(
            f"the package has no weights of {name!r}; lenet.to_torch({name!r}, seed=0) gives it as training starts, "
            f"and lenet train {name} makes weights"
        )
    return load(name)


def from_torch(module: nn.Module | Mapping[str, Any], *, as_: Described | None = None) -> Model:
    """Return the model of a module's weights.

    Args:
        module: what ``to_torch`` made, perhaps trained since, compiled or wrapped by ``DataParallel``. Or any other
            module, or its state dict, of a network that ``as_`` names: its arrays are matched by shape and order.
        as_: the network: a name of the zoo, the path of a TOML file, a network, a row of the zoo; or a model whose
            preparation, classes and recipe are taken over. None: what ``to_torch`` made says it by itself, and other
            arrays fit one network of the zoo only.

    Returns:
        The model, in float32; without metrics, and without a recipe unless ``as_`` is a model: the module doesn't
        know how it was trained.

    Raises:
        LenetError: PyTorch isn't installed; the arrays don't fit, or aren't finite; or a layer was exchanged.
    """
    require("torch", "torch", "a model from a module of PyTorch")
    from torch import nn

    from ..engine.torch.module import LeNet

    module = _unwrapped(module)
    if not isinstance(module, LeNet):
        from .conversion import model_of

        state = module.state_dict() if isinstance(module, nn.Module) else module
        return model_of(state, "the state dict", as_).model
    _check_whole(module)
    network, recipe = module.network, None
    if as_ is not None:
        row = described(as_)
        if row.network.layers != network.layers or row.network.input != network.input:
            raise LenetError(
                f"the module is a {network.name!r}, and not the {row.network.name!r} that it's asked to be"
            )
        recipe = as_.recipe if isinstance(as_, Model) else None
    return Model(network, module.preparation, module.arrays(), classes=module.classes, recipe=recipe)


def _unwrapped(module: Any) -> Any:
    """Return what ``torch.compile``, ``DataParallel`` and ``DistributedDataParallel`` were given."""
    from torch import nn

    from ..engine.torch.module import LeNet

    for name in ("_orig_mod", "module"):
        inner = getattr(module, name, None)
        if not isinstance(module, LeNet) and isinstance(inner, nn.Module):
            return _unwrapped(inner)
    return module


def _check_whole(module: LeNet) -> None:
    """Raise a ``LenetError`` unless the module's layers and arrays are those that it was made with."""
    changed = [name for name, layer in module.layers.items() if getattr(layer, "step", None) != module.network[name]]
    strange = sorted(set(module.state_dict()) ^ set(module.names.values()))
    if changed or strange:
        what = f"its layer {changed[0]} was exchanged" if changed else f"it doesn't have {strange[0]} as it was made"
        raise LenetError(
            f"the module is no longer {module.network.name!r}: {what}; describe what it is now as a lenet.Network "
            "and give its state dict: lenet.from_torch(module.state_dict(), as_=network)"
        )

"""A model of weights that somebody else's program saved."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import LenetError
from ..extras import require
from ..model import Model
from ..network import Activation, Flatten, Network
from ..zoo import ZOO, Entry
from .matching import Pair, fits, match, table
from .naming import Described, described

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor


@dataclass(frozen=True)
class Conversion:
    """What became of a file.

    Attributes:
        model: the model.
        pairs: which array of the file is which of the network, with their shapes.
        entry: the network's row, whose recipe says for which data it is meant.
    """

    model: Model
    pairs: tuple[Pair, ...]
    entry: Entry


def convert(
    path: str | os.PathLike[str],
    *,
    as_: Described | None = None,
    low: float | None = None,
    high: float | None = None,
    classes: Sequence[str] | None = None,
) -> Model:
    """Return the model of a state dict in a file of ``torch.save``, or in a safetensors file.

    The file may be a checkpoint that holds the state dict under a name such as ``model_state_dict``. It is read by
    PyTorch's safe loader, which runs nothing. Arrays are matched by shape, then by name and order; they may be of any
    floating-point type, and become float32.

    Args:
        path: the file.
        as_: the network: a name of the zoo, the path of a TOML file, a network, a row of the zoo; or a model whose
            preparation, classes and recipe are taken over. None: the one of the zoo that has such arrays, if there is
            only one.
        low: what the network was given for a pixel of 0, where the network's recipe has it otherwise. For
            ``Normalize((mean,), (std,))`` after ``ToTensor()`` it is -mean / std.
        high: what it was given for a pixel of 255: (1 - mean) / std.
        classes: the name of each class; None: 0, 1, 2, ...

    Raises:
        LenetError: PyTorch isn't installed; the file is missing, damaged, or holds something else; its arrays don't fit
            the network, which a table shows, or several networks; or they aren't finite.
    """
    return converted(path, as_=as_, low=low, high=high, classes=classes).model


def converted(
    path: str | os.PathLike[str],
    *,
    as_: Described | None = None,
    low: float | None = None,
    high: float | None = None,
    classes: Sequence[str] | None = None,
) -> Conversion:
    """Return what ``convert`` does, and how it came about; arguments and errors are the same."""
    require("torch", "torch", "reading PyTorch's files")
    from . import checkpoint

    made = model_of(checkpoint.read(Path(path)), str(path), as_)
    model = made.model
    if (low, high, classes) == (None, None, None):
        return made
    p = model.preparation
    p = replace(p, low=p.low if low is None else float(low), high=p.high if high is None else float(high))
    names = model.classes if classes is None else tuple(classes)
    return replace(made, model=Model(model.network, p, model.flat, classes=names, recipe=model.recipe))


def model_of(state: Mapping[str, Any], where: str, as_: Described | None) -> Conversion:
    """Return the model of a state dict, or of a checkpoint that holds one.

    Args:
        state: tensors by name.
        where: where it is from, for errors.
        as_: as for ``convert``.

    Raises:
        LenetError: as ``convert``.
    """
    from .checkpoint import tensors

    found = tensors(state, where)
    shapes = {name: tuple(tensor.shape) for name, tensor in found.items()}
    entry = _only_one(shapes, where) if as_ is None else described(as_)
    pairs = match(shapes, entry.network)
    if not fits(pairs):
        raise LenetError(
            f"{where} doesn't fit {entry.network.name!r} (a dash: nothing fits there):\n\n{table(pairs)}\n\n"
            + _others(shapes)
        )
    arrays = {
        pair.wanted: _numbers(found[pair.found], f"{pair.found} in {where}").reshape(pair.wanted_shape)
        for pair in pairs
        if pair.found is not None and pair.wanted is not None and pair.wanted_shape is not None
    }
    _check_tables(entry.network, arrays, where)
    known = as_ if isinstance(as_, Model) else None
    model = Model(
        entry.network,
        entry.recipe.preparation,
        arrays,
        classes=None if known is None else known.classes,
        recipe=None if known is None else known.recipe,
    )
    return Conversion(model, pairs, entry)


def _only_one(shapes: Mapping[str, tuple[int, ...]], where: str) -> Entry:
    """Return the row of the zoo that has arrays of these shapes."""
    fitting = _fitting(shapes)
    if len(fitting) == 1:
        return ZOO[fitting[0]]
    if fitting:
        rows = "\n".join(f"  {name} ({_functions(ZOO[name].network)}): {ZOO[name].source}" for name in fitting)
        raise LenetError(
            f"{where} fits {len(fitting)} networks of the zoo, which differ in what isn't trained; say which it is, as "
            f"--as {fitting[0]} on the command line and as_={fitting[0]!r} in Python:\n\n{rows}"
        )
    nearest = max(ZOO, key=lambda name: sum(pair.whole for pair in match(shapes, ZOO[name].network)))
    raise LenetError(
        f"{where} fits no network of the zoo; the nearest is {nearest!r} (a dash: nothing fits there):\n\n"
        f"{table(match(shapes, ZOO[nearest].network))}\n\n"
        "describe the network in a TOML file, and give that: --as my-network.toml (docs/networks.md)"
    )


def _functions(network: Network) -> str:
    """Return the kinds of layers without weights, and the functions that end layers."""
    kinds = [type(s.layer).__name__ for s in network.steps if not s.parameter_shapes and type(s.layer) is not Flatten]
    functions = [layer.activation.value for layer in network.layers if layer.activation is not Activation.NONE]
    return ", ".join(dict.fromkeys((*kinds, *functions)))


def _fitting(shapes: Mapping[str, tuple[int, ...]]) -> list[str]:
    return [name for name, row in ZOO.items() if fits(match(shapes, row.network))]


def _others(shapes: Mapping[str, tuple[int, ...]]) -> str:
    fitting = _fitting(shapes)
    if fitting:
        return f"of the zoo it fits {' and '.join(fitting)}"
    return "it fits no network of the zoo; describe it in a TOML file, and give that (docs/networks.md)"


def _numbers(tensor: Tensor, name: str) -> NDArray[np.float32]:
    """Return a tensor as float32; refuse what isn't plain finite numbers."""
    import torch

    if not tensor.is_floating_point() or tensor.layout != torch.strided or tensor.is_quantized or tensor.is_meta:
        raise LenetError(f"{name} must be plain floating-point numbers, but is {tensor.dtype}, {tensor.layout}")
    plain = tensor.detach().to("cpu", torch.float32)
    if not plain.isfinite().all():
        raise LenetError(f"{name} holds NaN or infinity, and nothing can be computed with that; take other weights")
    array: NDArray[np.float32] = plain.numpy()
    return array


def _check_tables(network: Network, arrays: Mapping[str, NDArray[np.float32]], where: str) -> None:
    """Refuse weights of pairs of maps that the network doesn't connect."""
    from ..engine.layout import Layout

    layout = Layout(network)
    for name, place in layout.slices.items():
        left_out = ~layout.connected[place].reshape(arrays[name].shape)
        if arrays[name][left_out].any():
            raise LenetError(
                f"{where}: {name} connects all maps, but {network.name!r} leaves out some, and of those "
                f"{(arrays[name][left_out] != 0).sum():,} weights aren't 0; describe the network without its table in "
                "a TOML file, and give that (docs/networks.md)"
            )

"""A network as a module: scores for prepared tensors and for pictures, with gradients."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ...errors import LenetError
from ...network import Network
from ...preparation import Preparation
from ..layout import Weights
from . import preparing
from .layers import module_of
from .rbf import RBF


class LeNet(nn.Module):
    """A network of ``lenet`` as a module, its children named as the layers in lower case: c1, s2, ..., output.

    Children and parameters bear the description's names: ``module.c3.weight`` is ``C3.weight``. Where a table leaves
    out pairs of maps, their weights are 0, count as 0, and get a gradient of 0. While training (``module.train()``)
    stochastic pools draw; nothing else is different then.

    Attributes:
        network: what the network is.
        preparation: how pictures become its input.
        classes: the name of each class.
    """

    network: Network
    preparation: Preparation
    classes: tuple[str, ...]

    def __init__(
        self,
        network: Network,
        preparation: Preparation,
        weights: Mapping[str, NDArray[Any]] | None = None,
        classes: tuple[str, ...] | None = None,
    ) -> None:
        """Make the layers.

        Args:
            network: what to make.
            preparation: how pictures become its input; must give what the network reads.
            weights: arrays by full name, such as ``C3.weight``, of ``network.parameter_shapes``; None: all 0.
            classes: the name of each class; None: 0, 1, 2, ...

        Raises:
            LenetError: the preparation doesn't give what the network reads.
        """
        super().__init__()
        if preparation.input != network.input:
            raise LenetError(f"the preparation gives {preparation.input}, but {network.name!r} reads {network.input}")
        self.network, self.preparation = network, preparation
        self.classes = tuple(map(str, range(network.classes))) if classes is None else tuple(classes)
        self._reads, self._children = network.input, dict[str, str]()
        for step in network.steps:
            child = self._free(step.name)
            self.add_module(child, module_of(step))
            self._children[step.name] = child
        if weights is not None:
            with torch.no_grad():
                for name, parameter in self.weights.items():
                    parameter.copy_(torch.from_numpy(weights[name].copy()))

    def _free(self, layer: str) -> str:
        """Return a name for the child of a layer: in lower case, an identifier, and not taken."""
        child = layer.lower().replace("-", "_")
        while keyword.iskeyword(child) or child in dir(self):
            child += "_"
        return child

    @property
    def layers(self) -> dict[str, nn.Module]:
        """The children by their layers' names in the network, in order."""
        return {name: getattr(self, child) for name, child in self._children.items()}

    @property
    def names(self) -> dict[str, str]:
        """The name of each parameter in this module, such as ``c3.weight``, by its full name, such as ``C3.weight``."""
        shapes = self.network.parameter_shapes
        parts = {name: name.rpartition(".") for name in shapes}
        return {name: f"{self._children[layer]}.{short}" for name, (layer, _, short) in parts.items()}

    @property
    def weights(self) -> dict[str, nn.Parameter]:
        """The parameters by full name, such as ``C3.weight``, in the order of ``network.parameter_shapes``."""
        return {name: self.get_parameter(own) for name, own in self.names.items()}

    def arrays(self) -> Weights:
        """Return the weights as float32 arrays by full name: those that a table leaves out 0, as they count."""
        arrays = {}
        for name, parameter in self.weights.items():
            layer, _, short = name.rpartition(".")
            connected = getattr(self.layers[layer], "connected", None) if short == "weight" else None
            kept = parameter if connected is None else parameter * connected
            arrays[name] = kept.detach().to("cpu", torch.float32).numpy().copy()
        return arrays

    def forward(self, x: Tensor, draws: Mapping[str, Tensor] | None = None) -> Tensor:
        """Return the scores (N, classes): the highest is the answer; an RBF output's penalties are negated.

        Args:
            x: floating-point: the network's input as it is, (N, C, rows, columns), which ``prepare`` makes of
                pictures. uint8: pictures, (N, H, W) or (N, C, H, W), which are prepared on the way.
            draws: for stochastic pools by their names in the network, (N, maps, rows, columns) each, in [0, 1), what
                they draw with while training; None: PyTorch's own numbers.

        Raises:
            LenetError: ``x`` is neither; nothing is guessed.
        """
        y = self._run(x, draws or {})
        return -y if self._penalises() else y

    def penalties(self, x: Tensor) -> Tensor:
        """Return the RBF output's own answers (N, classes), distances: the smallest wins.

        Args:
            x: as ``forward`` takes it.

        Raises:
            LenetError: the network has no RBF output.
        """
        if not self._penalises():
            raise LenetError(
                f"{self.network.name!r} has no penalties, as it doesn't end in an RBF layer; call the module for scores"
            )
        return self._run(x, {})

    def features(self, x: Tensor) -> dict[str, Tensor]:
        """Return what each layer gives, by its name in the network; first ``input``, as prepared.

        Each is (N, maps, rows, columns), as ``Model.features`` has it; an RBF output's are penalties.

        Args:
            x: as ``forward`` takes it.
        """
        x = self._input(x)
        made = {"input": x}
        for step in self.network.steps:
            x = getattr(self, self._children[step.name])(x)
            made[step.name] = x[:, :, None, None] if x.dim() == 2 else x
        return made

    def prepare(self, pictures: Tensor | NDArray[Any]) -> Tensor:
        """Return pictures as the network's input, (N, C, rows, columns), on the module's device and of its dtype.

        Args:
            pictures: (N, H, W) or (N, C, H, W): uint8 (0 paper, 255 ink) or floating-point in [0, 1].

        Raises:
            LenetError: another shape, kind of number or range; nothing is guessed.
        """
        device, dtype = self._place()
        if isinstance(pictures, np.ndarray) and not pictures.flags.writeable:
            pictures = pictures.copy()  # PyTorch warns of arrays that can't be written to
        return preparing.prepare(torch.as_tensor(pictures, device=device), self.preparation, dtype)

    def extra_repr(self) -> str:
        """Return what the module is, on one line."""
        p = self.preparation
        return (
            f"{self.network.name}: {' x '.join(map(str, p.shape))} pictures, prepared to {p.low:g} ... {p.high:g}"
            f"{f' with a border of {p.padding}' * (p.padding > 0)}; {self.network.classes} classes; "
            f"{self.network.parameters:,} parameters"
        )

    def _run(self, x: Tensor, draws: Mapping[str, Tensor]) -> Tensor:
        x = self._input(x)
        for name, child in self._children.items():
            layer = getattr(self, child)
            x = layer(x, draws[name]) if name in draws else layer(x)
        return x.flatten(1)

    def _input(self, x: Tensor) -> Tensor:
        if x.dtype == torch.uint8:
            return preparing.prepare(x, self.preparation, self._place()[1])
        if not x.is_floating_point():
            raise LenetError(f"a network reads floating-point input, or pictures of uint8 (0 to 255), not {x.dtype}")
        if x.dim() != 4 or tuple(x.shape[1:]) != self._reads:
            raise LenetError(
                f"{self.network.name!r} reads (N, {', '.join(map(str, self._reads))}), but {tuple(x.shape)} came; "
                "pictures go through module.prepare(pictures), or come as uint8"
            )
        return x

    def _penalises(self) -> bool:
        return isinstance(getattr(self, next(reversed(self._children.values()))), RBF)

    def _place(self) -> tuple[torch.device, torch.dtype]:
        for tensor in (*self.parameters(), *self.buffers()):
            return tensor.device, tensor.dtype
        return torch.device("cpu"), torch.get_default_dtype()

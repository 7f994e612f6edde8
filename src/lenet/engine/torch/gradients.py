"""The gradients of the losses, of one or several networks at once."""

from __future__ import annotations

from math import prod

import torch
from torch import Tensor
from torch.func import functional_call, vmap

from ...recipe import Loss
from ..layout import Layout
from . import losses
from .compiling import compiled
from .module import LeNet

Draws = dict[str, Tensor]


class Gradients:
    """The gradients of a loss by the weights of a network.

    Several networks that differ in their weights alone are computed as one: PyTorch's ``vmap`` makes grouped
    convolutions of their convolutions, and of their dense layers products of batches of matrices.

    Attributes:
        layout: where each array lies in the flat row of weights.
    """

    def __init__(self, module: LeNet, loss: Loss, device: torch.device) -> None:
        """Take a module that draws in its stochastic pools (``module.train()``), the loss, and the module's device."""
        self.layout, self._module, self._loss = Layout(module.network), module, loss
        self._shapes = [(module.names[name], shape) for name, shape in module.network.parameter_shapes.items()]
        self._distances = module.network.smallest_wins
        self._read = compiled(self._read_plainly, device)

    def sums(self, flat: Tensor, x: Tensor, labels: Tensor, draws: Draws) -> Tensor:
        """Return (runs, size + 2): the sum of the gradients, that of the losses, and how many are read wrong.

        Args:
            flat: weights of each run (runs, size).
            x: input (runs, n, maps, rows, columns).
            labels: (runs, n).
            draws: what stochastic pools draw with, (runs, n, maps, rows, columns), by the layers' names.
        """
        with torch.enable_grad():
            w = flat.detach().requires_grad_()
            each, wrong = self._read(w, x, labels, draws)
            (gradient,) = torch.autograd.grad(each.sum(), w) if self._shapes else (w,)
        return torch.cat([gradient.detach(), each.detach().sum(1, keepdim=True), wrong.sum(1, keepdim=True)], 1)

    def _read_plainly(self, flat: Tensor, x: Tensor, labels: Tensor, draws: Draws) -> tuple[Tensor, Tensor]:
        """Return the loss of each pattern of each run, and 1 where it is read wrong, (runs, n) each."""
        scores = self._scores(flat, x, draws)
        each = losses.each(self._loss, scores.flatten(0, 1), labels.flatten(), self._distances)
        with torch.no_grad():
            answers = scores.argmin(2) if self._distances else scores.argmax(2)
        return each.view(labels.shape), (answers != labels).to(each.dtype)

    def _scores(self, flat: Tensor, x: Tensor, draws: Draws) -> Tensor:
        """Return the last layer's outputs (runs, n, classes)."""
        parts = flat.split([prod(shape) for _, shape in self._shapes], dim=1)
        weights = {n: part.view(-1, *shape) for (n, shape), part in zip(self._shapes, parts, strict=True)}
        if len(flat) == 1:
            first = [{name: a[0] for name, a in arrays.items()} for arrays in (weights, draws)]
            scores = self._one(first[0], x[0], first[1])[None]
        else:
            scores = vmap(self._one)(weights, x, draws)
        return -scores if self._distances else scores

    def _one(self, weights: dict[str, Tensor], x: Tensor, draws: Draws) -> Tensor:
        scores: Tensor = functional_call(self._module, weights, (x, draws))
        return scores

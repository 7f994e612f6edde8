"""PyTorch: eager, with channels last, and compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - as everyone calls it

from lenet.errors import LenetError
from lenet.network import AMPLITUDE, RBF, SLOPE, Activation, Conv, Dense, Flatten, MaxPool, MeanPool, Step, Subsample
from lenet.recipe import Loss, LossKind

from ..problem import Bytes, Floats, Labels, Problem, connected
from .base import System, strange


class ScaledTanh(nn.Module):
    """A tanh(S a)."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the activation of each number."""
        return AMPLITUDE * torch.tanh(SLOPE * x)


class Sums(nn.Module):
    """The paper's subsampling: a coefficient times the sum of each window, plus a bias."""

    def __init__(self, maps: int, size: int, step: int) -> None:
        super().__init__()
        self.size, self.step = size, step
        self.coefficient = nn.Parameter(torch.empty(maps))
        self.bias = nn.Parameter(torch.empty(maps))

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, maps, rows, columns)."""
        sums = F.avg_pool2d(x, self.size, self.step, divisor_override=1)
        return sums * self.coefficient[:, None, None] + self.bias[:, None, None]


class Distances(nn.Module):
    """Euclidean distances to the codes, as x.x - 2 x.w + w.w."""

    def __init__(self, codes: Floats) -> None:
        super().__init__()
        self.codes: Tensor
        self.squares: Tensor
        self.register_buffer("codes", torch.from_numpy(codes))
        self.register_buffer("squares", torch.from_numpy((codes**2).sum(1)))

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, classes)."""
        return torch.addmm(x.square().sum(1, keepdim=True) + self.squares, x, self.codes.T, alpha=-2)


ACTIVATIONS: dict[Activation, Callable[[], nn.Module]] = {
    Activation.SCALED_TANH: ScaledTanh,
    Activation.TANH: nn.Tanh,
    Activation.SIGMOID: nn.Sigmoid,
    Activation.RELU: nn.ReLU,
}


class PyTorch(System):
    """Plain PyTorch, as its tutorials have it, with the fused optimiser."""

    name = "PyTorch, eager"
    packages = ("torch",)
    note = "float32 digits prepared and shuffled beforehand; fused optimiser; `torch.inference_mode` to read"
    layout = torch.contiguous_format

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        torch.set_num_threads(problem.threads)
        self.module: nn.Sequential = self._module()
        self.module.to(memory_format=self.layout)  # type: ignore[call-overload]
        self.inputs = torch.from_numpy(problem.inputs).contiguous(memory_format=self.layout)
        self.answers = torch.from_numpy(problem.answers)
        self.kind = problem.recipe.loss
        self.restart()

    def _module(self) -> nn.Sequential:
        module, flat = nn.Sequential(), False
        for step in self.problem.network.steps:
            if isinstance(step.layer, (Dense, RBF)) and not flat:
                module.add_module(f"flatten-{step.name}", nn.Flatten())
            flat = flat or isinstance(step.layer, (Flatten, Dense, RBF))
            module.add_module(step.name, self._layer(step))
            if step.layer.activation is not Activation.NONE:
                module.add_module(f"{step.name}-activation", ACTIVATIONS[step.layer.activation]())
        return module

    def _layer(self, step: Step) -> nn.Module:
        maps = step.input[0]
        module: nn.Module
        match step.layer:
            case Conv() as conv:
                module = nn.Conv2d(maps, conv.maps, conv.kernel, conv.stride, conv.padding, bias=conv.bias)
                if conv.table is not None:
                    mask = torch.from_numpy(connected(conv.table, maps))
                    module.weight.register_hook(lambda gradient: gradient * mask)
            case Dense(units=units, bias=bias):
                module = nn.Linear(maps, units, bias=bias)
            case Flatten():
                module = nn.Flatten()
            case MeanPool(size=size, step=stride):
                module = nn.AvgPool2d(size, stride)
            case MaxPool(size=size, step=stride):
                module = nn.MaxPool2d(size, stride)
            case Subsample(size=size, step=stride, copies=1):
                module = Sums(maps, size, stride)
            case RBF() as rbf:
                module = Distances(np.array(rbf.targets(), np.float32))
            case layer:
                raise strange(self, layer)
        return module

    def hold(self, images: Bytes) -> Tensor:
        """Return the images prepared, as a tensor."""
        return torch.from_numpy(super().hold(images)).contiguous(memory_format=self.layout)

    def forward(self, x: Tensor) -> Tensor:
        """Return the scores."""
        scores: Tensor = self.module(x)
        return scores

    def loss(self, x: Tensor, labels: Tensor) -> Tensor:
        """Return the mean loss."""
        return mean_loss(self.module(x), labels, self.kind, self.problem.network.smallest_wins)

    @torch.inference_mode()
    def scores(self, held: Tensor) -> Floats:
        """Return the last layer's outputs."""
        scores: Floats = self.forward(held).numpy()
        return scores

    @torch.inference_mode()
    def read(self, held: Tensor) -> Labels:
        """Return the answers."""
        scores = self.forward(held)
        best = scores.argmin(1) if self.problem.network.smallest_wins else scores.argmax(1)
        answers: Labels = best.numpy()
        return answers

    def restart(self) -> None:
        """Go back to the problem's weights, without momentum."""
        start = {name: torch.from_numpy(array) for name, array in self.problem.weights.items()}
        with torch.no_grad():
            for name, parameter in self.module.named_parameters():
                parameter.copy_(start[name])
        sgd = self.problem.optimiser
        self.optimiser = torch.optim.SGD(self.module.parameters(), self.problem.rate, momentum=sgd.momentum, fused=True)

    def train(self, batch: int, digits: int) -> None:
        """Train on the first ``digits``, which lie in order already: a batch is a view."""
        pairs = zip(self.inputs[:digits].split(batch), self.answers[:digits].split(batch), strict=True)
        for inputs, labels in pairs:
            self.optimiser.zero_grad()
            self.loss(inputs, labels).backward()
            self.optimiser.step()

    def weights(self) -> dict[str, Floats]:
        """Return the weights as they are now."""
        return {name: p.detach().numpy().copy() for name, p in self.module.named_parameters()}


def mean_loss(scores: Tensor, labels: Tensor, loss: Loss, distances: bool) -> Tensor:
    """Return the mean loss of ``scores`` (N, classes), as ``lenet.recipe.LossKind`` defines it."""
    if loss.kind is LossKind.CROSS_ENTROPY:
        return F.cross_entropy(-scores if distances else scores, labels)
    right = scores.gather(1, labels[:, None])[:, 0]
    if loss.kind is LossKind.DISTANCE:
        return right.mean()
    if loss.kind is LossKind.DISCRIMINATIVE:
        rubbish = scores.new_full((len(scores), 1), -loss.j)
        return (right + torch.cat([rubbish, -scores], 1).logsumexp(1)).mean()
    targets = 2 * F.one_hot(labels, scores.shape[1]) - 1
    return (scores - targets).square().sum(1).mean() / 2


class ChannelsLast(PyTorch):
    """The same with the channels of a pixel beside each other."""

    name = "PyTorch, channels last"
    note = "as eager, in `torch.channels_last`"
    layout = torch.channels_last


class Compiled(PyTorch):
    """The same through ``torch.compile``: the forward pass with the loss and its gradient, and reading."""

    name = "PyTorch, compiled"
    note = "as eager, through `torch.compile`, anew for each batch; compiling is not part of the time"

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self._forward: Callable[..., Any] = torch.compile(super().forward, dynamic=False)
        self._loss: Callable[..., Any] = torch.compile(super().loss, dynamic=False)
        try:
            self.scores(self.inputs[:1])
        except RuntimeError as error:
            reason = str(error).strip().splitlines()[0]
            raise LenetError(f"torch.compile doesn't work here ({reason}); it needs a C++ compiler") from None

    def forward(self, x: Tensor) -> Tensor:
        """Return the scores."""
        scores: Tensor = self._forward(x)
        return scores

    def loss(self, x: Tensor, labels: Tensor) -> Tensor:
        """Return the mean loss."""
        loss: Tensor = self._loss(x, labels)
        return loss

"""JAX, through ``jax.jit``; channels last, which it runs faster."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from lenet.network import AMPLITUDE, RBF, SLOPE, Activation, Conv, Dense, Flatten, MaxPool, MeanPool, Step, Subsample
from lenet.network.pooling import Pool
from lenet.recipe import Loss, LossKind

from ..problem import Bytes, Floats, Labels, Problem, connected
from .base import System, strange

ACTIVATIONS = {
    Activation.NONE: lambda x: x,
    Activation.SCALED_TANH: lambda x: AMPLITUDE * jnp.tanh(SLOPE * x),
    Activation.TANH: jnp.tanh,
    Activation.SIGMOID: jax.nn.sigmoid,
    Activation.RELU: jax.nn.relu,
}
Parameters = dict[str, Array]


class Jax(System):
    """One jitted function an update, its arguments given away, and one to read."""

    name = "JAX, jit"
    packages = ("jax", "jaxlib")
    note = "float32 digits prepared, shuffled and cut into batches beforehand; arguments donated"

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        for step in problem.network.steps:
            if not isinstance(step.layer, (Conv, Dense, Flatten, MeanPool, MaxPool, Subsample, RBF)):
                raise strange(self, step.layer)
            if isinstance(step.layer, Subsample) and step.layer.copies != 1:
                raise strange(self, step.layer)
        self.cut: dict[int, list[tuple[Array, Array]]] = {}
        self.masks = {
            f"{step.name}.weight": jnp.asarray(connected(step.layer.table, step.input[0]))
            for step in problem.network.steps
            if isinstance(step.layer, Conv) and step.layer.table is not None
        }
        self._scores = jax.jit(self._forward)
        self._read = jax.jit(lambda p, x: self._best(self._forward(p, x)))
        self._step = jax.jit(self._update, donate_argnums=(0, 1))
        self.restart()

    def _best(self, scores: Array) -> Array:
        return scores.argmin(1) if self.problem.network.smallest_wins else scores.argmax(1)

    def _forward(self, parameters: Parameters, x: Array) -> Array:
        for step in self.problem.network.steps:
            x = ACTIVATIONS[step.layer.activation](_layer(step, parameters, x))
        return x.reshape(len(x), -1)

    def _update(self, parameters: Parameters, speed: Parameters, x: Array, labels: Array) -> Any:
        distances, loss = self.problem.network.smallest_wins, self.problem.recipe.loss
        gradient = jax.grad(lambda p: _mean_loss(self._forward(p, x), labels, loss, distances))(parameters)
        gradient = {name: g * self.masks[name] if name in self.masks else g for name, g in gradient.items()}
        speed = {name: self.problem.optimiser.momentum * speed[name] + g for name, g in gradient.items()}
        return {name: p - self.problem.rate * speed[name] for name, p in parameters.items()}, speed

    def hold(self, images: Bytes) -> Array:
        """Return the images prepared, as an array of JAX's, (N, rows, columns, 1)."""
        return jnp.asarray(super().hold(images).transpose(0, 2, 3, 1))

    def scores(self, held: Array) -> Floats:
        """Return the last layer's outputs."""
        return np.asarray(self._scores(self.parameters, held))

    def read(self, held: Array) -> Labels:
        """Return the answers."""
        return np.asarray(self._read(self.parameters, held))

    def restart(self) -> None:
        """Go back to the problem's weights, without momentum."""
        self.parameters = {name: jnp.array(array) for name, array in self.problem.weights.items()}
        self.speed = {name: jnp.zeros_like(array) for name, array in self.parameters.items()}

    def train(self, batch: int, digits: int) -> None:
        """Train on the first ``digits``."""
        if batch not in self.cut:
            inputs = self.problem.inputs.transpose(0, 2, 3, 1)
            ends = range(0, len(inputs), batch)
            self.cut[batch] = [
                (jnp.asarray(inputs[i : i + batch]), jnp.asarray(self.problem.answers[i : i + batch])) for i in ends
            ]
        for x, labels in self.cut[batch][: -(-digits // batch)]:
            self.parameters, self.speed = self._step(self.parameters, self.speed, x, labels)
        jax.block_until_ready(self.parameters)

    def weights(self) -> dict[str, Floats]:
        """Return the weights as they are now."""
        return {name: np.asarray(array) for name, array in self.parameters.items()}


def _layer(step: Step, parameters: Parameters, x: Array) -> Array:
    """Return a layer's sums, (N, rows, columns, maps) or (N, units)."""
    own = {key: parameters[f"{step.name}.{key}"] for key in step.layer.parameter_shapes(step.input)}
    match step.layer:
        case Conv(stride=stride, padding=edge):
            kernel, edges = own["weight"].transpose(2, 3, 1, 0), ((edge, edge), (edge, edge))
            kinds = ("NHWC", "HWIO", "NHWC")
            x = lax.conv_general_dilated(x, kernel, (stride, stride), edges, dimension_numbers=kinds) + own.get(
                "bias", 0
            )
        case Flatten():
            x = x.transpose(0, 3, 1, 2).reshape(len(x), -1)
        case MaxPool() as pool:
            x = _windows(pool, x).max((2, 4))
        case MeanPool() as pool:
            x = _windows(pool, x).mean((2, 4))
        case Subsample() as pool:
            x = _windows(pool, x).sum((2, 4)) * own["coefficient"] + own["bias"]
        case Dense():
            x = x.reshape(len(x), -1) @ own["weight"].T + own.get("bias", 0)
        case RBF() as rbf:
            x, codes = x.reshape(len(x), -1), jnp.array(rbf.targets(), jnp.float32)
            x = (x**2).sum(1, keepdims=True) - 2 * x @ codes.T + (codes**2).sum(1)
    return x


def _windows(layer: Pool, x: Array) -> Array:
    """Return (N, rows, size, columns, size, maps): windows that don't overlap, as every zoo network's."""
    (images, rows, columns, maps), size = x.shape, layer.size
    assert layer.step == size
    rows, columns = rows // size, columns // size
    return x[:, : rows * size, : columns * size].reshape(images, rows, size, columns, size, maps)


def _mean_loss(scores: Array, labels: Array, loss: Loss, distances: bool) -> Array:
    """Return the mean loss of ``scores`` (N, classes), as ``lenet.recipe.LossKind`` defines it."""
    right = jnp.take_along_axis(scores, labels[:, None], 1)[:, 0]
    if loss.kind is LossKind.CROSS_ENTROPY:
        sign = -1 if distances else 1
        return (jax.nn.logsumexp(sign * scores, 1) - sign * right).mean()
    if loss.kind is LossKind.DISTANCE:
        return right.mean()
    if loss.kind is LossKind.DISCRIMINATIVE:
        rubbish = jnp.full((len(scores), 1), -loss.j)
        return (right + jax.nn.logsumexp(jnp.concatenate([rubbish, -scores], 1), 1)).mean()
    targets = 2 * jax.nn.one_hot(labels, scores.shape[1]) - 1
    return ((scores - targets) ** 2).sum(1).mean() / 2

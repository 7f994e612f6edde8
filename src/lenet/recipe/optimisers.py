"""How the weights move."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from ..network.layer import require, whole
from .checks import between


@dataclass(frozen=True)
class SGD:
    """Gradient descent: v = momentum v + g, w = w - rate v; Nesterov: w = w - rate (g + momentum v).

    g is the mean gradient of the batch plus ``decay`` times w.

    Attributes:
        momentum: 0: none.
        nesterov: whether to look ahead.
        decay: weight decay, of weights and biases.
        bias_factor: the rate of biases, as a multiple of the rate.
    """

    momentum: float = 0.0
    nesterov: bool = False
    decay: float = 0.0
    bias_factor: float = 1.0

    def __post_init__(self) -> None:
        """Check the numbers."""
        between(self, 0, 1, "momentum")
        between(self, 0, inf, "decay", "bias_factor")


@dataclass(frozen=True)
class Adam:
    """Adam (Kingma and Ba, 2015, algorithm 1), with decoupled weight decay (w = w - rate decay w) where asked for.

    Attributes:
        beta1: of the running mean.
        beta2: of the running square.
        epsilon: added to the root.
        decay: weight decay.
        bias_factor: the rate of biases, as a multiple of the rate.
    """

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    decay: float = 0.0
    bias_factor: float = 1.0

    def __post_init__(self) -> None:
        """Check the numbers."""
        between(self, 0, 1, "beta1", "beta2")
        between(self, 0, inf, "decay", "bias_factor")
        require(self.epsilon > 0, f"Adam's epsilon must be above 0, but is {self.epsilon!r}")


@dataclass(frozen=True)
class DiagonalLM:
    """Stochastic diagonal Levenberg-Marquardt (the paper's appendix C): w_k = w_k - rate g_k / (mu + h_k).

    h_k is the Gauss-Newton estimate of the second derivative of the loss by w_k (eq. 25 to 27), a mean over
    ``samples`` training patterns. It is estimated before each pass and held during it.

    Attributes:
        mu: keeps the rate finite where h is small.
        samples: patterns that h is estimated on.
    """

    mu: float = 0.02
    samples: int = 500

    def __post_init__(self) -> None:
        """Check the numbers."""
        require(0 < self.mu < inf, f"DiagonalLM's mu must be above 0, but is {self.mu!r}")
        whole("DiagonalLM's samples", self.samples, 1)


Optimiser = SGD | Adam | DiagonalLM

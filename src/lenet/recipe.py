"""How a network is trained, as frozen dataclasses: data, preparation, start, loss, optimiser, schedule, seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from math import cos, inf, pi
from typing import TypeVar

from .errors import LenetError, unknown
from .network.layer import require, whole
from .preparation import Preparation

Name = TypeVar("Name", bound=Enum)


def _named(names: type[Name], value: object, what: str) -> Name:
    """Return the member of that value, or raise a ``LenetError`` that lists them."""
    try:
        return names(value)
    except ValueError:
        raise unknown(what, value, [member.value for member in names]) from None


def _between(settings: object, low: float, high: float, *names: str) -> None:
    """Raise a ``LenetError`` unless each of these numbers lies within ``low`` and ``high``, ``high`` left out."""
    for name in names:
        value = getattr(settings, name)
        text = f"{low:g} or more" + (f" and below {high:g}" if high < inf else "")
        require(low <= value < high, f"{type(settings).__name__}'s {name} must be {text}, but is {value!r}")


class Start(str, Enum):
    """What the weights are drawn from; F is a unit's fan-in, G its fan-out, biases left out of both.

    Where a subsampling's coefficient isn't drawn as the paper draws it, it starts at 1 / pixels (a mean).
    """

    PAPER = "paper"  # uniform in +-2.4/F, biases and coefficients too
    GLOROT = "glorot"  # uniform in +-sqrt(6/(F + G)), biases 0
    GLOROT_POOLED = "glorot-pooled"  # the same with G divided by the pixels of the pool that follows; last layer 0
    FRAMEWORK = "framework"  # uniform in +-1/sqrt(F), biases too
    FAN_IN = "fan-in"  # uniform in +-sqrt(3/F), biases 0


class LossKind(str, Enum):
    """What is made small; each is a mean over the patterns. D is the right class, y_i the score of class i."""

    CROSS_ENTROPY = "cross-entropy"  # -log softmax(y)_D; of an RBF output, softmax(-y)
    DISTANCE = "distance"  # eq. 8: y_D of an RBF output
    DISCRIMINATIVE = "discriminative"  # eq. 9: y_D + log(exp(-j) + sum_i exp(-y_i)) of an RBF output
    SQUARED = "squared"  # sum_i (y_i - t_i)^2 / 2, t = +1 for the right class and -1 for the others


@dataclass(frozen=True)
class Loss:
    """A loss and its constants.

    Attributes:
        kind: which.
        j: of the discriminative loss, the distance of the rubbish class; above 0.
    """

    kind: LossKind = LossKind.CROSS_ENTROPY
    j: float = 1.0

    def __post_init__(self) -> None:
        """Take the kind by name too."""
        object.__setattr__(self, "kind", _named(LossKind, self.kind, "loss"))
        if not self.j > 0:
            raise LenetError(f"the discriminative loss needs j above 0, but it is {self.j}")


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
        _between(self, 0, 1, "momentum")
        _between(self, 0, inf, "decay", "bias_factor")


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
        _between(self, 0, 1, "beta1", "beta2")
        _between(self, 0, inf, "decay", "bias_factor")
        require(self.epsilon > 0, f"Adam's epsilon must be above 0, but is {self.epsilon!r}")


@dataclass(frozen=True)
class Constant:
    """The same rate throughout."""

    value: float

    def rate(self, update: int, per_pass: int, total: int) -> float:
        """Return the rate of an update, counted from 0, where a pass has ``per_pass`` and the run ``total``."""
        return self.value


@dataclass(frozen=True)
class Table:
    """A rate for each stretch of passes; the last one lasts.

    Attributes:
        stretches: (passes, rate), in order. By default the paper's (section III.B).
        factor: multiplies every rate.
    """

    stretches: tuple[tuple[int, float], ...] = ((2, 5e-4), (3, 2e-4), (3, 1e-4), (4, 5e-5), (8, 1e-5))
    factor: float = 1.0

    def __post_init__(self) -> None:
        """Check that there is a stretch, and that each has passes."""
        object.__setattr__(self, "stretches", tuple((passes, rate) for passes, rate in self.stretches))
        require(bool(self.stretches), "Table's stretches must be one or more of (passes, rate)")
        for passes, _ in self.stretches:
            whole("the passes of Table's stretches", passes, 1)

    def rate(self, update: int, per_pass: int, total: int) -> float:
        """Return the rate of an update, counted from 0, where a pass has ``per_pass`` and the run ``total``."""
        passed = update // per_pass
        for passes, rate in self.stretches:
            if passed < passes:
                return rate * self.factor
            passed -= passes
        return self.stretches[-1][1] * self.factor


@dataclass(frozen=True)
class Cosine:
    """From ``high`` down to ``low`` along half a cosine."""

    high: float
    low: float = 0.0

    def rate(self, update: int, per_pass: int, total: int) -> float:
        """Return the rate of an update, counted from 0, where a pass has ``per_pass`` and the run ``total``."""
        return self.low + (self.high - self.low) * (1 + cos(pi * update / total)) / 2


@dataclass(frozen=True)
class OneCycle:
    """Straight up to ``high`` over the share ``rise`` of the run, then straight down to ``low``.

    Attributes:
        high: the highest rate.
        start: the first rate.
        low: the last rate.
        rise: share of the run that goes up.
    """

    high: float
    start: float = 0.0
    low: float = 0.0
    rise: float = 0.25

    def __post_init__(self) -> None:
        """Check the share."""
        _between(self, 0, 1, "rise")

    def rate(self, update: int, per_pass: int, total: int) -> float:
        """Return the rate of an update, counted from 0, where a pass has ``per_pass`` and the run ``total``."""
        share = (update + 0.5) / total
        if share < self.rise:
            return self.start + (self.high - self.start) * share / self.rise
        return self.low + (self.high - self.low) * (1 - share) / (1 - self.rise)


@dataclass(frozen=True)
class Inverse:
    """``first`` x (1 + ``gamma`` i)^-``power`` at update i."""

    first: float
    gamma: float
    power: float

    def rate(self, update: int, per_pass: int, total: int) -> float:
        """Return the rate of an update, counted from 0, where a pass has ``per_pass`` and the run ``total``."""
        return float(self.first * (1 + self.gamma * update) ** -self.power)


Optimiser = SGD | Adam
Schedule = Constant | Table | Cosine | OneCycle | Inverse


class Shuffle(str, Enum):
    """The order in which patterns come."""

    EACH_PASS = "each-pass"  # a new random order each pass
    ONCE = "once"  # one random order, the same each pass
    NEVER = "never"  # as the data set has them


@dataclass(frozen=True)
class Validation:
    """Which training rows are watched.

    Attributes:
        rows: first and last + 1 of the rows; None: by ``share``.
        share: share of the rows, drawn at random by the seed, each class alike.
        held_out: whether they are kept from training.
    """

    rows: tuple[int, int] | None = None
    share: float = 1 / 12
    held_out: bool = True

    def __post_init__(self) -> None:
        """Check the rows or the share."""
        if self.rows is not None:
            first, end = self.rows
            object.__setattr__(self, "rows", (first, end))
            require(0 <= first < end, f"Validation's rows must be a first row and a later end, but are {self.rows!r}")
        require(0 < self.share < 1, f"Validation's share must be above 0 and below 1, but is {self.share!r}")


@dataclass(frozen=True)
class Patience:
    """Early stopping as the deep learning tutorials had it; validated once a pass.

    Patience starts at ``first`` updates and becomes ``growth`` times the current update whenever the validation error
    falls below ``better`` times the best; the run ends when the update passes it. The weights of the best validation
    error are kept.
    """

    first: int = 10_000
    growth: float = 2.0
    better: float = 0.995


@dataclass(frozen=True)
class Distortion:
    """Random distortions of the training digits, drawn anew by seed, pass and index: each uniform in +- its range.

    The map is affine about the picture's centre, as the paper's (section III.A), and rotation and elastic displacement
    (Simard, Steinkraus and Platt, 2003) besides.

    Attributes:
        shift: pixels, both ways.
        scale: share by which both sides grow or shrink.
        squeeze: share by which one side grows while the other shrinks.
        shear: columns moved per row from the centre.
        rotation: degrees.
        elastic: displacement of each pixel, smoothed, pixels (the paper's alpha).
        smoothness: deviation of the Gaussian that smooths it, pixels.
        share: share of the patterns that are distorted.
    """

    shift: float = 0.0
    scale: float = 0.0
    squeeze: float = 0.0
    shear: float = 0.0
    rotation: float = 0.0
    elastic: float = 0.0
    smoothness: float = 4.0
    share: float = 1.0

    def __post_init__(self) -> None:
        """Check the ranges: none below 0, and none that could fold a picture onto a line."""
        _between(self, 0, inf, "shift", "shear", "rotation", "elastic")
        _between(self, 0, 1, "scale", "squeeze")
        require(
            0 < self.smoothness <= 100,
            f"Distortion's smoothness must be above 0, at most 100, but is {self.smoothness!r}",
        )
        require(0 <= self.share <= 1, f"Distortion's share must lie within 0 and 1, but is {self.share!r}")


@dataclass(frozen=True)
class Recipe:
    """Everything that makes a training run, apart from the network.

    Attributes:
        data: name of a data set, or a path.
        preparation: range and padding of the input.
        start: what the weights are drawn from.
        loss: what is made small.
        optimiser: how the weights move.
        schedule: the rate at each update.
        batch: patterns an update.
        passes: most passes over the training rows.
        updates: most updates; None: as many as the passes give.
        shuffle: the order in which patterns come.
        validation: which training rows are watched; None: none.
        stopping: when to stop early; None: never.
        distortion: of the training digits; None: none.
        test_each_pass: whether the test error is shown after each pass (it chooses nothing).
        report_every: updates between rows of the history within a pass; None: one row a pass.
        seed: of the weights, the order, the distortions, and the validation rows.
    """

    data: str = "mnist"
    preparation: Preparation = field(default_factory=Preparation)
    start: Start = Start.GLOROT
    loss: Loss = field(default_factory=Loss)
    optimiser: Optimiser = field(default_factory=SGD)
    schedule: Schedule = field(default_factory=lambda: Constant(0.01))
    batch: int = 64
    passes: int = 10
    updates: int | None = None
    shuffle: Shuffle = Shuffle.EACH_PASS
    validation: Validation | None = None
    stopping: Patience | None = None
    distortion: Distortion | None = None
    test_each_pass: bool = False
    report_every: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        """Take starts and shuffles by name too; check the numbers."""
        object.__setattr__(self, "start", _named(Start, self.start, "start"))
        object.__setattr__(self, "shuffle", _named(Shuffle, self.shuffle, "shuffle"))
        for name in ("batch", "passes", "updates", "report_every"):
            value = getattr(self, name)
            if value is not None or name in ("batch", "passes"):
                whole(f"a recipe's {name}", value, 1)
        whole("a recipe's seed", self.seed, 0)
        if self.stopping is not None and self.validation is None:
            raise LenetError("early stopping needs validation rows, and the recipe has none")

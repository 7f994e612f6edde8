"""All that makes a training run, apart from the network."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..errors import LenetError
from ..network.layer import whole
from ..preparation import Preparation
from .checks import named
from .distortion import Distortion
from .loss import Loss
from .optimisers import SGD, Optimiser
from .rows import Shuffle, Validation
from .schedules import Constant, Schedule
from .start import Start
from .stopping import Patience


@dataclass(frozen=True)
class Recipe:
    """Everything that makes a training run, apart from the network.

    Attributes:
        data: name of a data set, or a path.
        size: trains on the first so many training digits only; None: on all of them.
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
        training_each_pass: whether the error on all training rows is measured after each pass too.
        report_every: updates between rows of the history within a pass; None: one row a pass.
        seed: of the weights, the order, the distortions, and the validation rows.
    """

    data: str = "mnist"
    size: int | None = None
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
    training_each_pass: bool = False
    report_every: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        """Take starts and shuffles by name too; check the numbers."""
        object.__setattr__(self, "start", named(Start, self.start, "start"))
        object.__setattr__(self, "shuffle", named(Shuffle, self.shuffle, "shuffle"))
        for name in ("batch", "passes", "updates", "report_every", "size"):
            value = getattr(self, name)
            if value is not None or name in ("batch", "passes"):
                whole(f"a recipe's {name}", value, 1)
        whole("a recipe's seed", self.seed, 0)
        if self.stopping is not None and self.validation is None:
            raise LenetError("early stopping needs validation rows, and the recipe has none")

    def _repr_html_(self) -> str:
        from .html import document

        return document(self)

"""What whole numbers cost: a model and its emulation on the same test pictures, which choose nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .emulation import Emulation

if TYPE_CHECKING:
    from ...data import Dataset
    from ...model import Model


@dataclass(frozen=True)
class Accuracy:
    """How many test pictures are read wrong.

    Attributes:
        data: name of the data set.
        count: its test pictures.
        float32: read wrong by the model.
        int8: read wrong in whole numbers.
    """

    data: str
    count: int
    float32: int
    int8: int

    def facts(self) -> dict[str, Any]:
        """Return the numbers as JSON has them."""
        return {"data": self.data, "count": self.count, "float32": self.float32, "int8": self.int8}

    def words(self) -> str:
        """Return them in words."""
        before, after = (f"{100 * wrong / self.count:.2f}%" for wrong in (self.float32, self.int8))
        return f"{after} of the {self.count:,} test pictures of {self.data} are read wrong, and {before} in float32"


def measure(model: Model, emulation: Emulation, dataset: Dataset) -> Accuracy | None:
    """Return how a model and its emulation read a data set's test pictures; None: it has none."""
    images, labels = dataset.test_images, dataset.test_labels
    if not len(images):
        return None
    wrong = [reader.evaluate(images, labels).wrong for reader in (model, emulation)]
    return Accuracy(dataset.name, len(images), *wrong)

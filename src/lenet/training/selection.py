"""What a run trains on and what it watches."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from ..data.dataset import Dataset
from ..data.split import split
from ..errors import LenetError
from ..files import read_whole, write_atomically
from ..recipe import Recipe

FILE = "patterns.npz"

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Selection:
    """What a run trains on and what it watches.

    Attributes:
        rows: the training rows (n,); a pass is as many patterns.
        watched: the validation rows; may be empty.
        patterns: gone through instead of all patterns of the rows, again and again (P,); None: the recipe's.
    """

    rows: Rows
    watched: Rows
    patterns: Rows | None = None

    @classmethod
    def of(cls, data: Dataset, recipe: Recipe) -> Selection:
        """Return what a recipe trains on and watches: of the first ``size`` rows of the data."""
        labels = data.train_labels[: recipe.size]
        if recipe.validation is None:
            return cls(np.arange(len(labels)), np.arange(0))
        return cls(*split(labels, recipe.validation, recipe.seed))

    @classmethod
    def load(cls, folder: Path, data: Dataset, recipe: Recipe) -> Selection:
        """Return what the run of a folder trains on: what its file says or, without one, the recipe.

        Raises:
            LenetError: the file is damaged, or isn't of these data.
        """
        path = folder / FILE
        if not path.exists():
            return cls.of(data, recipe)
        copies = recipe.distortion.copies if recipe.distortion else 0
        try:
            with np.load(io.BytesIO(read_whole(path)), allow_pickle=False) as arrays:
                loaded = cls(arrays["rows"], arrays["watched"], arrays["patterns"])
        except (ValueError, KeyError, OSError, EOFError, BadZipFile) as error:
            raise LenetError(f"{path} is damaged: {error}; start a new run") from None
        count = len(data.train_labels)
        for array, most in ((loaded.rows, count), (loaded.watched, count), (loaded.patterns, count * (copies + 1))):
            if array is None or array.dtype != np.int64 or array.ndim != 1 or not ((array >= 0) & (array < most)).all():
                raise LenetError(f"{path} is damaged, or of other data than {data.name}; start a new run")
        return loaded

    def save(self, folder: Path) -> None:
        """Write the patterns to a run's folder, where they aren't the recipe's.

        Raises:
            LenetError: they can't be written.
        """
        if self.patterns is not None:
            file = io.BytesIO()
            np.savez(file, rows=self.rows, watched=self.watched, patterns=self.patterns)
            write_atomically(folder / FILE, file.getvalue())

    def digest(self, data: Dataset) -> str:
        """Return the SHA-256 of what is trained on: the data's, and the patterns where they aren't the recipe's."""
        if self.patterns is None:
            return data.checksum
        parts = (data.checksum.encode(), self.rows.tobytes(), self.watched.tobytes(), self.patterns.tobytes())
        return hashlib.sha256(b"".join(parts)).hexdigest()

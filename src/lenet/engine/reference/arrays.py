"""The letters of the shapes in this folder, and the type of its arrays.

N images, I input maps, O output maps, R rows and C columns of an output; a row of units has R = C = 1. What goes
between two layers is always (N, maps, rows, columns). A gradient is named after what it's the gradient of: ``dx`` is
dE/dx, of the shape of ``x``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]
Array = NDArray[np.float64]  # for the type checker; float32 where the engine was asked for that

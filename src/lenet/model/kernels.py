"""The kernels of a network's first convolution, as a picture."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ..network import Conv, Network

COLUMNS = 16  # kernels side by side
MOST = 256  # kernels that are shown
GAP = 1  # transparent pixels between two kernels
ZERO = 128  # the grey of a weight of 0


def picture(network: Network, weights: Mapping[str, NDArray[np.float32]]) -> tuple[str, NDArray[np.uint8]] | None:
    """Return the first convolution's name and kernels; None where there is none.

    The picture is uint8 (rows, columns, 2): greys and opacity. Grey is 0, white the largest weight of them all and
    black its opposite. Kernels come map by map, each map's by the input maps that it reads.

    Args:
        network: the network.
        weights: its arrays by full name, such as ``C1.weight``.
    """
    for step in network.steps:
        if isinstance(step.layer, Conv):
            pairs = [(to, of) for to, row in enumerate(step.layer.reads(step.input[0])) for of in row][:MOST]
            array = weights[f"{step.name}.weight"]
            return step.name, _sheet(np.stack([array[pair] for pair in pairs]))
    return None


def _sheet(kernels: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return kernels (N, size, size) in rows, as many side by side as there is room for."""
    count, size, _ = kernels.shape
    wide, cell = min(count, COLUMNS), size + GAP
    sheet = np.zeros((-(-count // wide) * cell - GAP, wide * cell - GAP, 2), np.uint8)
    most = float(np.abs(kernels).max()) or 1.0
    shades = np.rint(ZERO + (ZERO - 1) * (kernels / most)).astype(np.uint8)
    for number, kernel in enumerate(shades):
        row, column = (place * cell for place in divmod(number, wide))
        sheet[row : row + size, column : column + size] = np.dstack([kernel, np.full_like(kernel, 255)])
    return sheet

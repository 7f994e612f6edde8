"""The distortions of the reference, of many pictures at once, on the device (``reference/distortion.py``)."""

from __future__ import annotations

from math import ceil, pi, sqrt

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import pad

from ...recipe import Distortion
from ..reference.distortion import ELASTIC, band, gaussian
from .randomness import LIMIT, draw, whole


class Distorter:
    """Distorts pictures of one shape; what is the same for all of them lies on the device."""

    def __init__(self, distortion: Distortion, shape: tuple[int, int, int], device: torch.device) -> None:
        """Take the ranges, and the pictures' channels, rows and columns."""
        d, (_, rows, columns) = distortion, shape
        self.distortion, self.rows, self.columns = d, rows, columns

        def there(values: NDArray[np.generic] | list[float], dtype: torch.dtype = torch.float32) -> Tensor:
            return torch.as_tensor(values, dtype=dtype).to(device)

        self._middle = (columns - 1) / 2, (rows - 1) / 2
        self._x = there(np.arange(columns) - self._middle[0])
        self._y = there(np.arange(rows) - self._middle[1])[:, None]
        self._ranges = there([d.shift, d.shift, d.scale, d.squeeze, d.shear, d.rotation * pi / 180])
        self._affine = there(np.arange(1, 7), torch.int64)
        first, pixels = ELASTIC, np.arange(rows * columns)
        self._fields = there(first + np.arange(2 * len(pixels)), torch.int64)
        self._pepper = there(first + 2 * len(pixels) + pixels, torch.int64)
        self._zero = there([0], torch.int64)
        if d.elastic:
            weights = gaussian(d.smoothness)
            self._size = d.elastic * sqrt(3) / float((weights**2).sum())
            self._along = there(band(weights, rows)), there(band(weights, columns)).T.contiguous()

    def __call__(self, p: Tensor, keys: Tensor) -> Tensor:
        """Return distorted pictures: ``p`` (n, channels, rows, columns), 0 the background; ``keys`` (n,)."""
        moved = self._noisy(bilinear(p, *self._sources(keys)), keys)
        if self.distortion.share == 1:
            return moved
        chosen = whole(keys[:, None], self._zero) < ceil(self.distortion.share * LIMIT)
        return torch.where(chosen[:, :, None, None], moved, p)

    def _sources(self, keys: Tensor) -> tuple[Tensor, Tensor]:
        """Return the column x and the row y that each pixel comes from, (n, rows, columns) each.

        The inverse of target = rotation x shear x scale @ source + shift, from the picture's middle.
        """
        drawn = (2 * draw(keys[:, None], self._affine) - 1) * self._ranges
        shift_x, shift_y, scale, squeeze, shear, angle = drawn.T[:, :, None, None]
        x, y = self._x - shift_x, self._y - shift_y
        cos, sin = torch.cos(angle), torch.sin(angle)
        x, y = cos * x + sin * y, cos * y - sin * x
        x = (x - shear * y) / ((1 + scale) * (1 + squeeze)) + self._middle[0]
        y = y * (1 + squeeze) / (1 + scale) + self._middle[1]
        if self.distortion.elastic:
            fields = 2 * draw(keys[:, None], self._fields).reshape(-1, 2, self.rows, self.columns) - 1
            dx, dy = (self._size * (self._along[0] @ fields @ self._along[1])).unbind(1)
            x, y = x + dx, y + dy
        return x, y

    def _noisy(self, p: Tensor, keys: Tensor) -> Tensor:
        """Return the pictures with salt and pepper: 1 - p where a pixel is turned over, in all channels."""
        if not self.distortion.noise:
            return p
        turned = whole(keys[:, None], self._pepper) < ceil(float(np.float32(self.distortion.noise)) * LIMIT)
        return torch.where(turned.reshape(-1, 1, self.rows, self.columns), 1 - p, p)


def bilinear(p: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Return pictures (n, channels, rows, columns) at columns ``x`` and rows ``y`` (n, rows, columns).

    Mixed from the four pixels around; a border of 0 stands for all that lies outside.
    """
    count, channels, rows, columns = p.shape
    flat = pad(p, (1, 1, 1, 1)).flatten(2)
    left, top = x.floor(), y.floor()

    def at(column: Tensor, row: Tensor) -> Tensor:
        place = (row + 1).clamp(0, rows + 1) * (columns + 2) + (column + 1).clamp(0, columns + 1)
        places = place.to(torch.int64).flatten(1)[:, None].expand(count, channels, rows * columns)
        return flat.gather(2, places).reshape(p.shape)

    right, low = (x - left)[:, None], (y - top)[:, None]
    upper = (1 - right) * at(left, top) + right * at(left + 1, top)
    lower = (1 - right) * at(left, top + 1) + right * at(left + 1, top + 1)
    return (1 - low) * upper + low * lower

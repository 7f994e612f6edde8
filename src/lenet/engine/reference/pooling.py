"""Six kinds of pooling. Each becomes a function of the pixels of one window, the last axis of ``windows.cut``.

``w`` is (N, I, R, C, pixels) throughout, an output ``a`` and its gradient ``da`` are (N, I, R, C).
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from .arrays import Array, Places
from .windows import pick, put


def mean(w: Array) -> Array:
    """Return the mean of each window."""
    return w.mean(-1)


def mean_backward(w: Array, da: Array) -> Array:
    """Return an equal share of the gradient for each pixel."""
    return np.broadcast_to(da[..., None] / w.shape[-1], w.shape)


def largest(w: Array) -> Array:
    """Return the largest pixel of each window."""
    return w.max(-1)


def largest_backward(w: Array, da: Array) -> Array:
    """Return the gradient for the largest pixel; of equals, for the first."""
    return put(da, w.argmax(-1), w.shape[-1])


def l2(w: Array) -> Array:
    """Return sqrt(sum of w^2) of each window."""
    return np.sqrt((w**2).sum(-1))


def l2_backward(w: Array, da: Array) -> Array:
    """Return da w / a; where all pixels are 0 the root has no slope, and the gradient is 0."""
    a = l2(w)[..., None]
    return da[..., None] * np.divide(w, a, out=np.zeros_like(w), where=a > 0)


def stochastic_mean(w: Array) -> Array:
    """Return the mean weighted by the chances w / sum w, which is sum w^2 / sum w (Zeiler and Fergus, 2013)."""
    w = np.maximum(w, 0)
    total = w.sum(-1)
    return np.divide((w**2).sum(-1), total, out=np.zeros_like(total), where=total > 0)


def stochastic(w: Array, uniform: Array) -> Array:
    """Return of each window the pixel that ``uniform`` (N, I, R, C), in [0, 1), draws; 0 where none is positive."""
    return pick(np.maximum(w, 0), _drawn(w, uniform))


def stochastic_backward(w: Array, da: Array, uniform: Array) -> Array:
    """Return the gradient for the drawn pixel; none where no pixel is positive."""
    return put(da * (w > 0).any(-1), _drawn(w, uniform), w.shape[-1])


def _drawn(w: Array, uniform: Array) -> Places:
    """Return the first place at which the sum of the pixels so far is above ``uniform`` times the sum of all."""
    sums = np.cumsum(np.maximum(w, 0), axis=-1)
    above = sums > (uniform * sums[..., -1])[..., None]
    last_positive = w.shape[-1] - 1 - (w > 0)[..., ::-1].argmax(-1)  # where rounding leaves none above
    place: Places = np.where(above.any(-1), above.argmax(-1), last_positive)
    return place


def offsets(size: int, dtype: DTypeLike = np.float64) -> Array:
    """Return (pixels, 4): u^2, v^2, u, v for each pixel, with u rows down and v columns right of the middle."""
    middle = (size - 1) / 2
    places = [(u - middle, v - middle) for u, v in np.ndindex(size, size)]
    return np.array([(u * u, v * v, u, v) for u, v in places], dtype=dtype)


def deformable(w: Array, penalty: Array) -> Array:
    """Return the largest of pixel minus penalty (Ouyang and Wang, 2013); ``penalty`` (I, 4)."""
    return _penalised(w, penalty).max(-1)


def deformable_backward(w: Array, penalty: Array, da: Array) -> tuple[Array, Array]:
    """Return the gradients (dw, dpenalty): for the pixel that won, and minus its offsets."""
    place = _penalised(w, penalty).argmax(-1)
    won = offsets(_size(w), w.dtype)[place]  # (N, I, R, C, 4)
    return put(da, place, w.shape[-1]), -(da[..., None] * won).sum((0, 2, 3))


def _penalised(w: Array, penalty: Array) -> Array:
    cost: Array = penalty @ offsets(_size(w), w.dtype).T  # (I, pixels)
    return w - cost[:, None, None, :]


def _size(w: Array) -> int:
    return round(w.shape[-1] ** 0.5)

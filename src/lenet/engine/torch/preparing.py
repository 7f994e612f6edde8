"""From pictures to a network's input, as tensors."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as f

from ...errors import LenetError
from ...preparation import Preparation


def prepare(pictures: Tensor, preparation: Preparation, dtype: torch.dtype) -> Tensor:
    """Return the network's input x = low + (high - low) p, with a border of ``low``: (N, C, rows, columns).

    Args:
        pictures: (N, C, H, W) of ``preparation.shape``, or (N, H, W) where that has one channel: uint8, of which 255
            is ink, or floating-point from 0 to 1.
        preparation: range and padding.
        dtype: of the result.

    Raises:
        LenetError: another shape or dtype; or floats outside 0 to 1, which isn't looked for in a compiled graph.
    """
    x = _channels(pictures, preparation)
    if x.dtype == torch.uint8:
        p = x.to(dtype) / 255
    elif x.is_floating_point():
        if not torch.compiler.is_compiling():
            _check_range(x)
        p = x.to(dtype)
    else:
        raise LenetError(
            f"pictures must be uint8 (0 to 255) or floating-point (0 to 1), but are {x.dtype}; convert 0..255 by "
            "x.to(torch.uint8)"
        )
    x = preparation.low + (preparation.high - preparation.low) * p
    return f.pad(x, [preparation.padding] * 4, value=preparation.low)


def _channels(pictures: Tensor, preparation: Preparation) -> Tensor:
    channels, rows, columns = preparation.shape
    x = pictures[:, None] if pictures.dim() == 3 and channels == 1 else pictures
    if x.dim() != 4 or tuple(x.shape[1:]) != preparation.shape:
        without = f" or (N, {rows}, {columns})" if channels == 1 else ""
        raise LenetError(
            f"pictures must be (N, {channels}, {rows}, {columns}){without}, but are {tuple(pictures.shape)}"
        )
    return x


def _check_range(x: Tensor) -> None:
    if x.numel() and not (x.min() >= 0 and x.max() <= 1):
        if not x.isfinite().all():
            raise LenetError("pictures hold NaN or infinity; pixels must be in [0, 1]")
        raise LenetError(
            f"floating-point pictures must be in [0, 1], but go from {x.min():g} to {x.max():g}; divide 0..255 by 255 "
            "(or give uint8); what is prepared already goes into the module itself"
        )

"""The reference's random numbers on PyTorch: functions of seed, pass and pattern, computed on the device.

SplitMix64, bit for bit as ``reference/randomness.py`` has it. PyTorch multiplies signed 64-bit numbers modulo 2^64, as
the others do unsigned ones; only a shift to the right must be told that no sign follows.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ..reference import randomness

WORD = 2**64
LIMIT = 2**24  # draws are whole numbers below this, over this


def signed(value: int) -> int:
    """Return a whole number modulo 2^64 as PyTorch's int64 holds it."""
    return (value + WORD // 2) % WORD - WORD // 2


STEP = signed(int(randomness.STEP))
FIRST, SECOND = signed(0xBF58476D1CE4E5B9), signed(0x94D049BB133111EB)  # the factors of SplitMix64's last function


def mix(z: Tensor) -> Tensor:
    """Return 64 well mixed bits for each of 64 bits, int64."""
    z = (z ^ _shifted(z, 30)) * FIRST
    z = (z ^ _shifted(z, 27)) * SECOND
    return z ^ _shifted(z, 31)


def begin(seed: int) -> int:
    """Return the seed's part of a key."""
    return _mixed(signed(seed) + STEP)


def stretch(seed: int, pass_: int) -> int:
    """Return the part of a key that all images of a pass, or of a copy's number, have in common."""
    return _mixed(begin(seed) + signed(pass_) + STEP)


def key(stretches: Tensor, index: Tensor) -> Tensor:
    """Return the key of each image's random numbers, int64: ``index`` its row, ``stretches`` as ``stretch`` gives."""
    return mix(stretches + index + STEP)


def draw(keys: Tensor, places: Tensor) -> Tensor:
    """Return the random numbers of ``keys`` at ``places``, uniform in [0, 1), float32: multiples of 2^-24, exactly."""
    return whole(keys, places).to(torch.float32) / LIMIT


def whole(keys: Tensor, places: Tensor) -> Tensor:
    """Return the same numbers times 2^24, whole, int64; both are broadcast against each other."""
    return _shifted(mix(keys + (places + 1) * STEP), 40)


def _shifted(z: Tensor, bits: int) -> Tensor:
    return (z >> bits) & ((1 << (64 - bits)) - 1)


def _mixed(value: int) -> int:
    return int(mix(torch.tensor(signed(value))))

"""Where PyTorch computes: a processor, or a GPU of NVIDIA's (AMD's) or Apple's."""

from __future__ import annotations

import os

import torch

from ...errors import LenetError, unknown

NAMES = ("cuda", "mps", "cpu")  # the first that is there is taken where none is named


def choose(name: str | None) -> torch.device:
    """Return the device of that name; None: the first of ``NAMES`` that is there.

    Of several CUDA devices it is the one that ``torchrun`` gives this process (``LOCAL_RANK``), else the first.

    Raises:
        LenetError: there is no such name, or no such device here; the text says why and what to do.
    """
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name is None:
        name = next(known for known in NAMES if there[known])
    if name not in NAMES:
        raise unknown("device", name, NAMES)
    if not there[name]:
        raise LenetError(f"{name} isn't there: {_why(name)}; take --device cpu, or leave out the device")
    if name != "cuda":
        return torch.device(name)
    rank = int(os.environ.get("LOCAL_RANK", "0"))
    if rank >= torch.cuda.device_count():
        raise LenetError(
            f"this machine has {torch.cuda.device_count()} CUDA devices, too few for process {rank + 1} on it; "
            f"give torchrun --nproc-per-node {torch.cuda.device_count()}"
        )
    return torch.device("cuda", rank)


def _why(name: str) -> str:
    built = torch.backends.cuda.is_built() if name == "cuda" else torch.backends.mps.is_built()
    if not built:
        return f"this PyTorch, {torch.__version__}, was built without it"
    return "PyTorch finds no such device on this machine (a driver may be missing, or too old)"


def describe(device: torch.device) -> str:
    """Return which device it is, in words."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type

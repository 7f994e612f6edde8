"""One update, recorded as a CUDA graph and replayed: the host launches it as a whole, and not kernel by kernel."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

WARM_UPS = 3  # what libraries set up on their first calls must not be recorded


def replayed(update: Callable[[], None], changed: Sequence[Tensor], alone: bool) -> Callable[[], None]:
    """Return what makes the update: a CUDA graph of it where there can be one, else the update itself.

    Args:
        update: reads and writes tensors that stay where they are.
        changed: those that it changes, of which the first says where; they are as they were when this returns.
        alone: whether no other process has a share in the update: what goes between processes isn't recorded.
    """
    if not on_cuda(changed[0]) or not alone:
        return update
    before = [tensor.clone() for tensor in changed]
    graph = None
    try:
        graph = _recorded(update)
    except RuntimeError as error:
        told = str(error).strip().partition("\n")[0]
        warnings.warn(f"an update can't be recorded as a CUDA graph, so that training is slower ({told})", stacklevel=2)
    for tensor, kept in zip(changed, before, strict=True):
        tensor.copy_(kept)
    return update if graph is None else graph.replay


def on_cuda(tensor: Tensor) -> bool:
    """Whether a tensor lies on a GPU that has graphs."""
    return tensor.device.type == "cuda"


def _recorded(update: Callable[[], None]) -> torch.cuda.CUDAGraph:
    current, beside = torch.cuda.current_stream(), torch.cuda.Stream()
    beside.wait_stream(current)
    with torch.cuda.stream(beside):
        for _ in range(WARM_UPS):
            update()
    current.wait_stream(beside)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        update()
    return graph

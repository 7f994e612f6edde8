"""A graph of ONNX as it grows: its nodes, its constants, and the tensor that was computed last."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike
from onnx import NodeProto, TensorProto, helper, numpy_helper

from ...network import Shape


class Graph:
    """Nodes and constants, in order. A node has the name of the tensor that it gives.

    Attributes:
        nodes: the nodes.
        constants: weights and other constants.
        last: the tensor that the next node reads.
        shape: its (maps, rows, columns), apart from the number of images.
        flat: whether it is (N, maps) rather than (N, maps, rows, columns).
        prefix: what the names of nodes and constants begin with.
    """

    def __init__(self, last: str, shape: Shape) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []
        self.last, self.shape, self.flat, self.prefix = last, shape, False, ""

    def begin(self, last: str, shape: Shape, prefix: str = "") -> None:
        """Go on from another tensor, of (N, maps, rows, columns), with names that begin with ``prefix``."""
        self.last, self.shape, self.flat, self.prefix = last, shape, False, prefix

    def constant(self, name: str, values: ArrayLike, dtype: DTypeLike = np.float32) -> str:
        """Add a constant and return its full name."""
        name = self.prefix + name
        self.constants.append(
            numpy_helper.from_array(np.ascontiguousarray(values, dtype).reshape(np.shape(values)), name)
        )
        return name

    def node(self, kind: str, name: str, *others: str, **attributes: Any) -> str:
        """Add a node that reads the last tensor, then ``others``; return what it gives, the last from now on."""
        return self.of(kind, name, [self.last, *others], **attributes)

    def of(self, kind: str, name: str, inputs: Sequence[str], further: Sequence[str] = (), **attributes: Any) -> str:
        """Add a node that reads ``inputs``; return what it gives (``further`` apart), the last from now on."""
        self.last, *more = (self.prefix + each for each in (name, *further))
        self.nodes.append(helper.make_node(kind, inputs, [self.last, *more], name=self.last, **attributes))
        return self.last

    def call_last(self, name: str) -> None:
        """Give the last tensor, and the node that gives it, another name."""
        self.last = self.prefix + name
        self.nodes[-1].name = self.nodes[-1].output[0] = self.last

    def row(self, name: str) -> None:
        """Make the last tensor (N, units) if it isn't."""
        if not self.flat:
            self.node("Flatten", name)
            self.shape, self.flat = (prod(self.shape), 1, 1), True

    def maps(self, name: str) -> None:
        """Make the last tensor (N, maps, rows, columns) if it isn't."""
        if self.flat:
            self.node("Reshape", name, self.constant(f"{name}.shape", (-1, *self.shape), np.int64))
            self.flat = False

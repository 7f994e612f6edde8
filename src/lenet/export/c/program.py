"""A network as C code in parts, from which the header is put together."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...network import Shape
from . import text

BYTES = {"float": 4, "int8_t": 1, "uint8_t": 1, "int16_t": 2, "uint16_t": 2, "int32_t": 4}


@dataclass(frozen=True, eq=False)
class Constant:
    """An array of constants.

    Attributes:
        name: its C identifier.
        kind: the C type of a number.
        values: the numbers.
    """

    name: str
    kind: str
    values: NDArray[Any]

    @property
    def bytes(self) -> int:
        """How much memory it takes."""
        return BYTES[self.kind] * self.values.size

    def code(self) -> str:
        """Return its definition."""
        dimensions = "".join(f"[{size}]" for size in self.values.shape)
        return f"static const {self.kind} {self.name}{dimensions} = {text.numbers(self.values)};"


@dataclass(frozen=True)
class Buffer:
    """What goes into a layer, or comes out.

    Attributes:
        name: of the member of a union that holds it.
        kind: the C type of a number.
        shape: (maps, rows, columns).
    """

    name: str
    kind: str
    shape: Shape

    @property
    def bytes(self) -> int:
        """How much memory it takes."""
        return BYTES[self.kind] * prod(self.shape)

    def declared(self, name: str) -> str:
        """Return its declaration under a name: ``float in[6][14][14]``, or ``float in[84]`` for a row of units."""
        sizes = self.shape[:1] if self.shape[1:] == (1, 1) else self.shape
        return f"{self.kind} {name}" + "".join(f"[{size}]" for size in sizes)

    def at(self, name: str, map: str, row: str, column: str) -> str:
        """Return one of its numbers."""
        return f"{name}[{map}]" if self.shape[1:] == (1, 1) else f"{name}[{map}][{row}][{column}]"


@dataclass(frozen=True, eq=False)
class Part:
    """A layer: a comment, its constants, and a function of what goes in and what comes out."""

    about: str
    function: str
    input: Buffer
    output: Buffer
    body: list[str]
    constants: tuple[Constant, ...] = ()

    def code(self) -> str:
        """Return the layer's constants and function."""
        parameters = f"{self.input.declared('in')}, {self.output.declared('out')}"
        head = f"static void {self.function}({parameters}) {{"
        function = "\n".join([head, *(f"  {line}" for line in self.body), "}"])
        return "\n\n".join([text.comment(self.about), *(c.code() for c in self.constants), function])


@dataclass(frozen=True, eq=False)
class Test:
    """What the self-test asks, and what must come.

    Attributes:
        pictures: uint8 (n, bytes of a picture).
        scores: (n, classes), of the scores' kind.
        labels: (n,).
        tolerance: by how much a score may differ; 0 for whole numbers.
    """

    pictures: NDArray[np.uint8]
    scores: NDArray[Any]
    labels: NDArray[np.int64]
    tolerance: float


@dataclass(frozen=True, eq=False)
class Program:
    """A network in C.

    Attributes:
        name: the prefix of all its identifiers.
        includes: headers that the implementation needs.
        prepare: the body of the function that makes the input of a picture.
        input: what the first layer reads.
        parts: the layers.
        helpers: functions and constants that the layers share, in order.
        tables: those helpers that are constants.
        smallest: whether the smallest score wins.
        classes: the name of each class.
        picture: bytes of a picture.
        declarations: further declarations, and ``definitions`` what they declare.
        test: what the self-test holds the code against.
    """

    name: str
    includes: tuple[str, ...]
    prepare: list[str]
    input: Buffer
    parts: tuple[Part, ...]
    helpers: tuple[str, ...]
    tables: tuple[Constant, ...]
    smallest: bool
    classes: tuple[str, ...]
    picture: int
    declarations: str
    definitions: str
    test: Test

    @property
    def scores(self) -> str:
        """The C type of a score."""
        return self.parts[-1].output.kind

    @property
    def buffers(self) -> tuple[tuple[Buffer, ...], tuple[Buffer, ...]]:
        """What is held in the two stretches of working memory, between which the layers go to and fro."""
        held = (self.input, *(part.output for part in self.parts[:-1]))
        return held[::2], held[1::2]

    @property
    def constants(self) -> int:
        """Bytes of constants."""
        return sum(c.bytes for c in (*self.tables, *(c for part in self.parts for c in part.constants)))

    @property
    def memory(self) -> int:
        """Bytes of working memory."""
        return sum(max((-(-b.bytes // 4) * 4 for b in side), default=0) for side in self.buffers)

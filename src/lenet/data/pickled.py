"""``mnist.pkl.gz``: a pickle of NumPy arrays, read without unpickling.

A pickle is a program for a stack machine. This is such a machine that knows only the instructions and the five
names that NumPy's arrays need, and calls nothing: it can't be made to run anything. It turns float pictures into
pixels as they come, where ``pickle`` would hold 470 MB at once for MNIST.
"""

from __future__ import annotations

import codecs
import re
import struct
from collections.abc import Callable
from math import prod
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ..errors import LenetError
from . import arrays, npz
from .dataset import Parts
from .stream import CHUNK, Stream, opened

ADMITTED = {
    (module, name): name
    for modules, name in (
        (("numpy.core.multiarray", "numpy._core.multiarray"), "_reconstruct"),
        (("numpy.core.numeric", "numpy._core.numeric"), "_frombuffer"),
        (("numpy",), "ndarray"),
        (("numpy",), "dtype"),
        (("_codecs",), "encode"),
    )
    for module in modules
}
MOST_STEPS = 10_000  # MNIST takes 150
DEPTH = 4  # of lists within lists in what comes out
MARK = object()


class Name(str):
    """A name that is admitted; it stands for itself, and is never called."""


class Kind:
    """A dtype in the making: its letter and size, and then its byte order."""

    def __init__(self, letters: object) -> None:
        text = letters.decode("latin1") if isinstance(letters, bytes) else str(letters)
        if not re.fullmatch(r"[<>|=]?(b1|[iu][1248]|f[248])", text):
            raise LenetError(f"it holds an array of {text!r}; only whole numbers and floats are read")
        self.dtype = np.dtype(text)


class Array:
    """An array in the making."""

    value: NDArray[Any] | None = None


def read(path: Path) -> Parts:
    """Return the arrays of a pickle: ((images, labels), (images, labels)[, (images, labels)]), or a dict as an .npz.

    Of three pairs the first two are the training part (50,000 and 10,000 of MNIST) and the third is the test part.

    Raises:
        LenetError: it can't be read, is damaged, or holds anything but arrays.
    """
    with opened(path) as stream:
        return decode(stream)


def decode(stream: Stream) -> Parts:
    """Return the arrays of an open pickle. Raises as ``read`` does."""
    try:
        found = _plain(Machine(stream).run(), DEPTH)
    except LenetError as error:
        raise LenetError(f"{stream.name} can't be used as a pickle of arrays: {error}") from error
    except (IndexError, KeyError, TypeError, ValueError, AttributeError, OverflowError, struct.error) as error:
        raise LenetError(f"{stream.name} isn't a pickle of arrays, or is damaged") from error
    if isinstance(found, dict):
        usable = {key: value for key, value in found.items() if isinstance(value, np.ndarray)}
        return npz.named(usable, stream.name, tuple(map(str, found)))
    if not _is_pairs(found):
        raise LenetError(f"{stream.name} must hold two or three pairs of pictures and labels, as mnist.pkl.gz does")
    images = [arrays.pictures(pair[0], f"the pictures of {stream.name}") for pair in found]
    labels = [arrays.labels(pair[1], f"the labels of {stream.name}") for pair in found]
    if len({array.shape[1:] for array in images}) != 1:
        raise LenetError(f"{stream.name} holds pictures of different sizes")
    joined = images[0] if len(images) == 2 else np.concatenate(images[:-1])
    return Parts(joined, arrays.labels(np.concatenate(labels[:-1]), stream.name), images[-1], labels[-1])


def _is_pairs(found: object) -> bool:
    def pair(item: object) -> bool:
        return isinstance(item, (tuple, list)) and len(item) == 2 and all(isinstance(a, np.ndarray) for a in item)

    return isinstance(found, (tuple, list)) and len(found) in (2, 3) and all(map(pair, found))


def _plain(item: object, depth: int) -> Any:
    if isinstance(item, Array):
        return item.value
    if isinstance(item, (tuple, list, dict)) and not depth:
        raise LenetError("its lists are nested too deep")
    if isinstance(item, dict):
        return {key: _plain(value, depth - 1) for key, value in item.items()}
    if isinstance(item, (tuple, list)):
        return [_plain(value, depth - 1) for value in item]
    return item


class Machine:
    """The stack machine, for protocols 2 to 5; ``run`` gives what the pickle ends with."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def run(self) -> Any:
        """Follow the pickle to its end."""
        for _ in range(MOST_STEPS):
            instruction = self.stream.exactly(1)
            if instruction == b".":
                return self.stack.pop()
            if instruction not in STEPS:
                raise LenetError(f"it has the instruction {instruction!r}, which arrays of protocol 2 to 5 don't need")
            STEPS[instruction](self)
        raise LenetError(f"it has more than {MOST_STEPS:,} instructions; arrays need fewer")

    def push(self, value: Any) -> None:
        """Put a value on the stack."""
        self.stack.append(value)

    def number(self, form: str) -> Any:
        """Return the next number, in the form that ``struct`` calls so."""
        return struct.unpack(form, self.stream.exactly(struct.calcsize(form)))[0]

    def line(self) -> str:
        """Return the next line, without its end."""
        return self.stream.file.readline(256).rstrip(b"\n").decode("latin1")

    def since_mark(self) -> list[Any]:
        """Take everything above the last mark, and the mark."""
        at = max(i for i, item in enumerate(self.stack) if item is MARK)
        items = self.stack[at + 1 :]
        del self.stack[at:]
        return items

    def find(self, module: object, name: object) -> None:
        """Admit a name, or refuse it."""
        if (module, name) not in ADMITTED:
            raise LenetError(
                f"it asks for {str(module)[:80]}.{str(name)[:80]}, which isn't part of an array: "
                "refused, and nothing was run"
            )
        self.push(Name(ADMITTED[cast("tuple[str, str]", (module, name))]))

    def bytes_(self, form: str) -> None:
        """Read a counted string of bytes; float pictures become pixels on the way."""
        size = self.number(form)
        state = self.stack[-4:]  # version, shape, dtype, order: what comes before an array's bytes
        if size > CHUNK and len(state) == 4 and isinstance(state[2], Kind):
            _, shape, kind, fortran = state
            if size != prod(shape) * kind.dtype.itemsize:
                raise LenetError(f"an array of shape {shape} has {size:,} bytes")
            self.push(arrays.read(self.stream, tuple(shape), kind.dtype, bool(fortran)))
        elif size < 0:
            raise LenetError("a string has a negative length")
        else:
            self.push(self.stream.exactly(size))

    def text(self, form: str) -> None:
        """Read a counted string of characters."""
        self.push(self.stream.exactly(self.number(form)).decode("utf-8", "surrogatepass"))

    def reduce(self) -> None:
        """Stand in for a call of one of the admitted names."""
        arguments = self.stack.pop()
        name = self.stack.pop()
        if not isinstance(name, Name) or name == "ndarray":
            raise LenetError("it calls something that isn't part of an array: refused, and nothing was run")
        if name == "_reconstruct":
            self.push(Array())
        elif name == "dtype":
            self.push(Kind(arguments[0]))
        elif name == "encode":
            self.push(codecs.encode(arguments[0], "latin1"))
        else:  # _frombuffer: bytes, dtype, shape, order (protocol 5)
            data, kind, shape, order = arguments
            self.push(_filled(shape, kind, order == "F", data))

    def build(self) -> None:
        """Complete a dtype or an array by its state."""
        state = self.stack.pop()
        target = self.stack[-1]
        if isinstance(target, Kind):
            order = state[1].decode("latin1") if isinstance(state[1], bytes) else state[1]
            target.dtype = np.dtype(f"{order}{target.dtype.str[1:]}")
        elif isinstance(target, Array):
            target.value = _filled(*state[1:]).value
        else:
            raise LenetError("it fills something that isn't an array: refused, and nothing was run")

    def remember(self, key: int) -> None:
        """Keep the top of the stack under a number."""
        self.memo[key] = self.stack[-1]


def _filled(shape: tuple[int, ...], kind: Kind, fortran: bool, data: Any) -> Array:
    result = Array()
    if not isinstance(data, np.ndarray):
        data = data.encode("latin1") if isinstance(data, str) else data
        values = np.frombuffer(data, kind.dtype).astype(kind.dtype.newbyteorder("="), copy=False)
        data = values.reshape(shape, order="F" if fortran else "C")
    result.value = data
    return result


def _append(machine: Machine, items: list[Any]) -> None:
    machine.stack[-1].extend(items)


def _set(machine: Machine, items: list[Any]) -> None:
    machine.stack[-1].update(zip(items[::2], items[1::2], strict=True))


def _tuple(count: int) -> Callable[[Machine], None]:
    def step(machine: Machine) -> None:
        items = tuple(machine.stack[len(machine.stack) - count :])
        del machine.stack[len(machine.stack) - count :]
        machine.push(items)

    return step


STEPS: dict[bytes, Callable[[Machine], Any]] = {
    b"\x80": lambda m: m.number("B"),  # PROTO
    b"\x95": lambda m: m.number("<Q"),  # FRAME
    b"(": lambda m: m.push(MARK),
    b"c": lambda m: m.find(m.line(), m.line()),  # GLOBAL
    b"\x93": lambda m: m.find(*(m.stack.pop(-2), m.stack.pop())),  # STACK_GLOBAL
    b"R": Machine.reduce,
    b"b": Machine.build,
    b"N": lambda m: m.push(None),
    b"\x88": lambda m: m.push(True),
    b"\x89": lambda m: m.push(False),
    b"K": lambda m: m.push(m.number("B")),
    b"M": lambda m: m.push(m.number("<H")),
    b"J": lambda m: m.push(m.number("<i")),
    b"\x8a": lambda m: m.push(int.from_bytes(m.stream.exactly(m.number("B")), "little", signed=True)),
    b"T": lambda m: m.bytes_("<i"),
    b"U": lambda m: m.bytes_("B"),
    b"B": lambda m: m.bytes_("<I"),
    b"C": lambda m: m.bytes_("B"),
    b"\x8e": lambda m: m.bytes_("<Q"),
    b"\x96": lambda m: m.bytes_("<Q"),  # BYTEARRAY8
    b"X": lambda m: m.text("<I"),
    b"\x8c": lambda m: m.text("B"),
    b"\x8d": lambda m: m.text("<Q"),
    b")": lambda m: m.push(()),
    b"\x85": _tuple(1),
    b"\x86": _tuple(2),
    b"\x87": _tuple(3),
    b"t": lambda m: m.push(tuple(m.since_mark())),
    b"]": lambda m: m.push([]),
    b"a": lambda m: _append(m, [m.stack.pop()]),
    b"e": lambda m: _append(m, m.since_mark()),
    b"}": lambda m: m.push({}),
    b"s": lambda m: _set(m, [m.stack.pop(-2), m.stack.pop()]),
    b"u": lambda m: _set(m, m.since_mark()),
    b"0": lambda m: m.stack.pop(),
    b"q": lambda m: m.remember(m.number("B")),
    b"r": lambda m: m.remember(m.number("<I")),
    b"\x94": lambda m: m.remember(len(m.memo)),
    b"h": lambda m: m.push(m.memo[m.number("B")]),
    b"j": lambda m: m.push(m.memo[m.number("<I")]),
}

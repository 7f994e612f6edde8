"""Names, comments, strings and numbers as C has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import Any

import numpy as np
from numpy.typing import NDArray

WIDTH = 120

# What a member of a union can't be called: keywords of C99 and C++, and what compilers define in small letters.
_KEYWORDS = """
alignas alignof and asm auto bitand bitor bool break case catch char class compl const constexpr continue decltype
default delete do double else enum explicit export extern false float for friend goto if inline int linux long mutable
namespace new noexcept not nullptr operator or private protected public register restrict return short signed sizeof
static struct switch template this throw true try typedef typeid typename union unix unsigned using virtual void
volatile while xor
"""
_TAKEN = frozenset(_KEYWORDS.split())

# What a header calls its own functions and constants, after its prefix.
_OWN = ("between", "classes", "predict", "probabilities", "relu", "root", "scaled", "sigmoid", "tanh", "test")


def identifier(name: str, otherwise: str = "network") -> str:
    """Return a name as a C identifier in small letters: ``relu-3x3`` becomes ``relu_3x3``.

    Args:
        name: any text.
        otherwise: what to return where nothing of the name is left.
    """
    words = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or otherwise
    return f"n{words}" if words[0].isdigit() else words


def distinct(names: Iterable[str]) -> list[str]:
    """Return an identifier for each name, none that C, C++ or the header keep for themselves, none that begins another.

    A layer's constants are called after it, ``c1_weight``, so that no other layer may be.
    """
    given: list[str] = []
    for name in names:
        word = identifier(name)
        word = f"{word}_" if word in _TAKEN else word
        while any(
            f"{word}_".startswith(f"{other}_") or f"{other}_".startswith(f"{word}_") for other in (*_OWN, *given)
        ):
            word = f"n{word}"
        given.append(word)
    return given


def comment(text: str) -> str:
    """Return a text, whose lines may be long, as a comment."""
    text = text.replace("*/", "* /").replace("/*", "/ *").replace("??", "? ?")
    lines = [part for line in text.split("\n") for part in (_wrapped(line) or [""])]
    if len(lines) == 1:
        return f"/* {lines[0]} */"
    return "/*\n" + "\n".join(f" * {line}".rstrip() for line in lines) + "\n */"


def _wrapped(line: str) -> list[str]:
    margin = re.match(" *", line)
    assert margin is not None
    return wrap(line, WIDTH - 3, subsequent_indent=margin[0], break_on_hyphens=False, break_long_words=False)


def string(text: str) -> str:
    """Return a text as a string of C, in UTF-8, ASCII as it is and the rest in octal."""
    plain = (chr(b) if 32 <= b < 127 and chr(b) not in '"\\?' else f"\\{b:03o}" for b in text.encode())
    return f'"{"".join(plain)}"'


def numbers(array: NDArray[Any]) -> str:
    """Return the numbers of an array as a C initialiser, with braces for each of its dimensions."""
    return "\n".join(_braces(array))


def _braces(array: NDArray[Any]) -> Iterator[str]:
    if array.ndim > 1:
        yield "{"
        for place, part in enumerate(array):
            *lines, last = _braces(part)
            yield from (f"  {line}" for line in lines)
            yield f"  {last}{',' if place < len(array) - 1 else ''}"
        yield "}"
        return
    lines = list(_lines([number(value) for value in array.tolist()]))
    if len(lines) == 1:
        yield f"{{{lines[0]}}}"
        return
    yield "{"
    yield from (f"  {line}" for line in lines)
    yield "}"


def _lines(words: list[str]) -> Iterator[str]:
    """Give the words with commas between them, as many on a line as go there."""
    line = ""
    for word in words:
        if line and len(line) + len(word) + 2 > WIDTH - 8:
            yield f"{line},"
            line = word
        else:
            line = f"{line}, {word}" if line else word
    yield line


def number(value: float) -> str:
    """Return a number: whole ones as they are, floats as the shortest that is the same float32."""
    return str(value) if isinstance(value, int) else f"{float(str(np.float32(value)))!r}f"

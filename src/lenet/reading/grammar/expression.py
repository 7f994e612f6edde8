r"""What a pattern says: a subset of Python's regular expressions, parsed.

Characters, ``.``, ``\d``, escaped marks, classes ``[...]`` and ``[^...]`` with ranges, groups ``(...)`` and
``(?:...)``, ``|``, and the quantifiers ``?``, ``*``, ``+``, ``{m}``, ``{m,}``, ``{,n}``, ``{m,n}``, also lazy.
A ``^`` at the start and a ``$`` at the end are allowed and say nothing new: a pattern speaks of the whole answer.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass

from ...errors import LenetError
from .grammar import DIGITS

ESCAPED = "\\"  # before a letter or digit it means something else than that character; only \d is known
LINE_END = "\n"  # which a full stop doesn't match
SUPPORTED = r"characters, ., \d, classes, groups, |, ?, *, +, {m}, {m,n}"


@dataclass(frozen=True)
class Characters:
    """One character out of these; or where ``others``, one that isn't among these."""

    these: frozenset[str]
    others: bool = False

    def holds(self, character: str) -> bool:
        """Return whether the character is one of them."""
        return (character in self.these) != self.others


@dataclass(frozen=True)
class Sequence:
    """One after the other."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Choice:
    """One of them."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Repeat:
    """The part from ``least`` to ``most`` times; None: without end."""

    part: Expression
    least: int
    most: int | None


Expression = Characters | Sequence | Choice | Repeat


def parse(pattern: str) -> Expression:
    """Return what a pattern says.

    Raises:
        LenetError: it is no regular expression of Python's, or has what is not supported, named with its position.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's, about sets inside sets: refused below
            re.compile(pattern)
        return _Parser(pattern).whole()
    except re.error as error:
        at = "" if error.pos is None else f" at position {error.pos}"
        raise LenetError(f"the pattern {pattern!r} is no regular expression: {error.msg}{at}") from None
    except OverflowError:
        raise LenetError(f"the pattern {pattern!r} repeats too often") from None
    except RecursionError:
        raise LenetError("the pattern has groups within groups, too deep; make it simpler") from None


class _Parser:
    """Goes through a pattern that Python has found to be well-formed."""

    def __init__(self, pattern: str) -> None:
        self.text = pattern
        self.at = 0

    def whole(self) -> Expression:
        self.at += self.next() == "^"
        return self.choice()

    def next(self, ahead: int = 0) -> str:
        return self.text[self.at + ahead : self.at + ahead + 1]

    def take(self) -> str:
        self.at += 1
        return self.text[self.at - 1]

    def refuse(self, what: str, at: int | None = None) -> LenetError:
        at = self.at if at is None else at
        return LenetError(
            f"the pattern {self.text!r} has {what} at position {at}, which is not supported: {SUPPORTED} are"
        )

    def choice(self) -> Expression:
        parts = [self.sequence()]
        while self.next() == "|":
            self.take()
            parts.append(self.sequence())
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def sequence(self) -> Expression:
        parts: list[Expression] = []
        while self.next() not in ("", "|", ")"):
            if self.next() == "$" and self.at == len(self.text) - 1:
                self.take()
                break
            parts.append(self.repeated(self.one()))
        return Sequence(tuple(parts))

    def one(self) -> Expression:
        at, character = self.at, self.take()
        if character == "(":
            return self.group(at)
        if character == "[":
            return self.characters(at)
        if character == ".":
            return Characters(frozenset(LINE_END), others=True)
        if character in "^$":
            raise self.refuse(f"a {character} in its middle", at)
        return Characters(self.escaped(at) if character == ESCAPED else frozenset(character))

    def group(self, at: int) -> Expression:
        if self.next() == "?":
            if self.next(1) != ":":
                raise self.refuse(f"the group (?{self.next(1)}", at)
            self.at += 2
        inside = self.choice()
        self.take()  # the closing bracket
        return inside

    def escaped(self, at: int) -> frozenset[str]:
        character = self.take()
        if character == "d":
            return frozenset(DIGITS)
        if character.isascii() and character.isalnum():
            raise self.refuse(f"{ESCAPED}{character}", at)
        return frozenset(character)

    def characters(self, at: int) -> Characters:
        others = self.next() == "^"
        self.at += others
        these: set[str] = set()
        first = True
        while first or self.next() != "]":
            if self.next() == "[":
                raise self.refuse("a [ within a class, unless escaped,")
            these |= self.range()
            first = False
        self.take()
        if not others and sum(character.isalpha() for character in these) > 1 and not these & set(DIGITS):
            raise LenetError(
                f"the pattern {self.text!r} has a choice of letters at position {at}, but only digits are read; "
                "a letter can stand there by itself, and is then put into each answer"
            )
        return Characters(frozenset(these), others)

    def range(self) -> frozenset[str]:
        """Return one character of a class, or those from one to another."""
        first = self.member()
        if self.next() != "-" or self.next(1) == "]":
            return first
        self.take()
        return frozenset(map(chr, range(ord(min(first)), ord(min(self.member())) + 1)))

    def member(self) -> frozenset[str]:
        at, character = self.at, self.take()
        return self.escaped(at) if character == ESCAPED else frozenset(character)

    def repeated(self, part: Expression) -> Expression:
        limits = self.limits()
        if limits is None:
            return part
        if self.next() == "+":
            raise self.refuse("a possessive quantifier")
        self.at += self.next() == "?"  # lazy: the same answers
        return Repeat(part, *limits)

    def limits(self) -> tuple[int, int | None] | None:
        known: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}
        if self.next() in known and self.next():
            return known[self.take()]
        braces = re.compile(r"\{([0-9]*)(,?)([0-9]*)\}").match(self.text, self.at)
        if not braces or braces[0] == "{}":  # which stand for themselves
            return None
        self.at = braces.end()
        least, comma, most = braces.groups()
        return int(least or 0), (int(most) if most else None) if comma else int(least)

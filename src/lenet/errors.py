"""The one error that ``lenet`` raises for a mistake that a user can make and mend."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class LenetError(Exception):
    """Bad input, a missing or damaged file, an unknown name: told in words, without a traceback.

    The text names what was wrong, what was expected and what to do. The command line prints it
    after ``lenet:`` and exits with 1.
    """


def unknown(what: str, name: object, known: Iterable[str], hint: str = "") -> LenetError:
    """Return the error for a name that isn't known, with the nearest known names.

    Args:
        what: what kind of thing was asked for, such as ``"network"``.
        name: the name that came.
        known: the names there are.
        hint: where to see them all, or what else is possible.
    """
    names = sorted(known)
    near = difflib.get_close_matches(str(name), names, n=3, cutoff=0.5)
    text = f"there is no {what} {str(name)!r}; "
    text += f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(names)}"
    return LenetError(f"{text} {hint}".rstrip())

"""Named data sets: from the user's folder, the cache, or the sources in turn, checked whatever they came from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..errors import LenetError, unknown
from . import cache, formats
from .dataset import Dataset, Parts, Progress
from .download import SILENCE
from .sets import SETS, NamedSet
from .sources import FILES

GLYPHS = "glyphs"
WINDOWS = "windows"
MADE = (GLYPHS, WINDOWS)  # here, from nothing or from another set


@dataclass(frozen=True)
class Description:
    """What is known of a named data set.

    Attributes:
        name: what it is asked for by.
        summary: what it is, in a line.
        classes: the name of each label.
        train: number of training pictures.
        test: number of test pictures.
        shape: rows and columns of a picture.
        sources: where it comes from, in the order in which they are tried.
        cached: whether it is in the cache.
        folder: where it is kept; None: it is drawn and not kept.
    """

    name: str
    summary: str
    classes: tuple[str, ...]
    train: int
    test: int
    shape: tuple[int, int]
    sources: tuple[str, ...]
    cached: bool
    folder: Path | None


def names() -> tuple[str, ...]:
    """Return the names that ``load`` knows."""
    return (*SETS, *MADE)


def describe(name: str) -> Description:
    """Return what is known of a named data set, without loading it.

    Raises:
        LenetError: there is no such name.
    """
    if name == GLYPHS:
        from .glyphs import DIGITS, TEST, TRAIN

        summary = "digits drawn from the paper's 7x12 bitmaps and distorted; needs no network"
        return Description(GLYPHS, summary, tuple(DIGITS), TRAIN, TEST, (28, 28), ("drawn here",), True, None)
    if name == WINDOWS:
        from .candidates import CLASSES
        from .written_windows import TEST, TRAIN

        summary = "windows of lines written with MNIST's digits, for a network that slides along lines"
        written = ("written here with the digits of mnist",)
        return Description(
            WINDOWS, summary, tuple(CLASSES), TRAIN, TEST, (32, 32), written, cache.holds(find("mnist")), None
        )
    named = find(name)
    return Description(
        named.name,
        named.summary,
        named.classes,
        named.train,
        named.test,
        named.shape,
        tuple(map(str, named.sources)),
        cache.holds(named),
        cache.folder(named),
    )


def fetch(name: str, *, progress: Progress | None = None) -> Path | None:
    """Make sure that a named data set is in the cache and undamaged, and return its folder there.

    Args:
        name: of the set.
        progress: is called with bytes that have come, bytes in all or None, and of what.

    Returns:
        The folder; None where the set is drawn and not kept.

    Raises:
        LenetError: there is no such name, or no source has it.
    """
    if name in MADE:
        return None
    named = find(name)
    obtain(named, progress=progress)
    return cache.folder(named)


def find(name: str) -> NamedSet:
    """Return a named set's entry.

    Raises:
        LenetError: there is no such name.
    """
    if name not in SETS:
        raise no_such(name)
    return SETS[name]


def no_such(name: str) -> LenetError:
    """Return the error for a name that isn't known."""
    return unknown("data set", name, names(), "(the path of a file or folder is possible too)")


def obtain(
    named: NamedSet,
    *,
    folder: Path | None = None,
    progress: Progress | None = None,
    silence: float = SILENCE,
) -> Dataset:
    """Return a named data set.

    Args:
        named: which.
        folder: the user's own, where its files are; no other source is tried then.
        progress: is called with bytes that have come, bytes in all or None, and of what.
        silence: seconds without an answer after which a source is given up.

    Raises:
        LenetError: no source has it; the text gives each with its reason.
    """
    parts = _fetch(named, progress or _untold, silence) if folder is None else _given(named, folder)
    return Dataset(named.name, named.classes, *parts, digests=named.digests)


def _untold(done: int, total: int | None, what: str) -> None:
    """Take no notice of progress."""


def _given(named: NamedSet, folder: Path) -> Parts:
    parts = formats.read_parts(folder)
    try:
        cache.verify(parts, named)
    except LenetError as error:
        raise LenetError(
            f"{folder} holds pictures, but not those of {named.name}: {error}; "
            f"to use them as they are, give {folder} as the data set"
        ) from error
    return parts


def _fetch(named: NamedSet, progress: Progress, silence: float) -> Parts:
    reasons = []
    try:
        if (parts := cache.read(named)) is not None:
            return parts
    except LenetError as error:
        reasons.append(f"the cache {cache.folder(named)}: {error}")
    for source in named.sources:
        try:
            parts = source.fetch(progress, silence)
            cache.verify(parts, named)
        except LenetError as error:
            reasons.append(f"{source}: {error}")
            continue
        cache.store(parts, named)
        return parts
    raise LenetError(
        f"{named.name} could not be had from any source:\n"
        + "\n".join(f"  {reason}" for reason in reasons)
        + f"\nPut {', '.join(FILES)} (unpacked) into {cache.folder(named)}, "
        "or give a folder that has them, packed or not, or draw digits here with --data glyphs"
    )

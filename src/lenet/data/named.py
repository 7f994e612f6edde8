"""Named data sets: from the user's folder, the cache, or the sources in turn, and checked; or made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..errors import LenetError, unknown
from . import cache, formats
from .dataset import Dataset, Parts, Progress
from .download import SILENCE
from .sets import MNIST, SETS, NamedSet
from .sources import FILES

GLYPHS, WRITTEN, WINDOWS = "glyphs", "written", "windows"
MADE = (WRITTEN, WINDOWS)


@dataclass(frozen=True)
class Description:
    """What is known of a named data set.

    Attributes:
        name: what it is asked for by.
        summary: what it is, in a line.
        classes: the name of each label.
        train: number of training pictures; None: it is known once they are made.
        test: number of test pictures; likewise.
        shape: rows and columns of a picture.
        sources: where it comes from, in the order in which they are tried.
        cached: whether it is in the cache.
        folder: where it is kept; None: it is drawn and not kept.
    """

    name: str
    summary: str
    classes: tuple[str, ...]
    train: int | None
    test: int | None
    shape: tuple[int, int]
    sources: tuple[str, ...]
    cached: bool
    folder: Path | None


def names() -> tuple[str, ...]:
    """Return the names that ``load`` knows."""
    return (*SETS, GLYPHS, *MADE)


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
        from . import written
        from . import written_windows as windows

        path, sources = windows.place(), (f"made here, of {MNIST.name}",)
        kept = path.is_file(), path.parent
        return Description(WINDOWS, windows.SUMMARY, written.CLASSES, None, None, windows.SHAPE, sources, *kept)
    if name == WRITTEN:
        from . import written

        path, sources = written.place(), (f"made here, of {MNIST.name}",)
        kept = path.is_file(), path.parent
        return Description(WRITTEN, written.SUMMARY, written.CLASSES, None, None, MNIST.shape, sources, *kept)
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
        progress: as of ``load``.

    Returns:
        The folder; None where the set is drawn and not kept.

    Raises:
        LenetError: there is no such name, or no source has it.
    """
    if name == GLYPHS:
        return None
    if name in MADE:
        make(name, progress)
        return cache.place(name)
    named = find(name)
    obtain(named, progress=progress)
    return cache.folder(named)


def make(name: str, progress: Progress | None = None) -> Dataset:
    """Return a set that is made, out of the cache or made now; ``obtain`` gives the digits for it.

    Raises:
        LenetError: the digits can't be had.
    """
    from . import written, written_windows

    dataset = written.dataset if name == WRITTEN else written_windows.dataset
    return dataset(lambda: obtain(MNIST, progress=progress), progress)


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

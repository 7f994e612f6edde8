"""From a picture of writing to an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

from ..errors import LenetError
from .result import Digit, Kind, Line, Reading
from .settings import Length, Method, Settings
from .steps import Step, Steps

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .reader import Reader
    from .settings import Keywords, Weights

__all__ = [
    "Digit", "Kind", "Length", "Line", "Method", "Reader", "Reading", "Settings", "Step", "Steps", "read", "read_many",
    "read_pages",
]  # fmt: skip


def read(
    source: Any,
    *,
    single: bool = False,
    line: bool = False,
    page: bool = False,
    length: Length | None = None,
    pattern: str | None = None,
    values: Iterable[str] | None = None,
    check: str | None = None,
    min_confidence: float | None = None,
    error: float | None = None,
    keep_marks: bool = False,
    method: Method = "both",
    model: Weights | None = None,
    steps: Steps | None = None,
) -> Reading:
    r"""Read the digits in a picture; of a file with several pages, those on the first.

    Args:
        source: a path, bytes, an open file, a PIL image, an array or tensor: uint8, uint16, bool, or floating-point,
            (rows, columns), (rows, columns, channels) or (channels, rows, columns).
        single: it holds one character.
        line: it holds one line of writing.
        page: it holds any number of lines. Without these three it is found out.
        length: how many digits each line's answer has: 5, or (3, 6) for 3 to 6.
        pattern: a regular expression that it matches from end to end, such as ``r"\d{2}\.\d{2}\.\d{4}"``.
        values: the only answers there can be.
        check: what its check digits follow: ``luhn``, ``isbn``, or ``iban:`` and a country, ``iban:DE``.
        min_confidence: answers less sure than that, 0 to 1, are rejected.
        error: the share of wrong answers that is borne, such as 0.005: as many are rejected as that takes.
        keep_marks: dots, dashes and the like stay in the answer.
        method: ``cuts``, ``sliding``, or both of the paper's ways of reading a line.
        model: what reads: the name of weights in the package, a file, or a model; None: the weights made for it.
        steps: is given a picture of each step.

    Returns:
        The answer, how sure it is, and where each character stands. Nothing is no answer either: see ``rejected``.

    Raises:
        LenetError: the source is no picture, is damaged or too large; or a keyword makes no sense.
    """
    from .pages import NO_PAGE, read_each

    settings = Settings.of(
        single=single,
        line=line,
        page=page,
        length=length,
        pattern=pattern,
        values=values,
        check=check,
        min_confidence=min_confidence,
        error=error,
        keep_marks=keep_marks,
        method=method,
        model=model,
    )
    for reading in read_each(source, settings.reader(), steps):
        return reading
    raise LenetError(NO_PAGE)


def read_pages(source: Any, **keywords: Unpack[Keywords]) -> list[Reading]:
    """Read every page of a file: a reading of each.

    Args:
        source: as ``read`` takes it.
        **keywords: those of ``read`` but for ``steps``.

    Raises:
        LenetError: as ``read`` does, of any page.
    """
    from .pages import read_each

    return list(read_each(source, Settings.of(**keywords).reader()))


def read_many(
    sources: Iterable[Any], *, workers: int | None = None, pages: bool = False, **keywords: Unpack[Keywords]
) -> Iterator[Reading]:
    """Read many pictures on all cores: yield their readings in order, as they come.

    Few are kept at a time, however many there are. Processes are begun once reading has taken half a second.

    Args:
        sources: what ``read`` takes, each; an iterator is drawn from as needed.
        workers: processes that read; None: one a core; 1: none is begun.
        pages: yield a reading for every page of each, not only for its first.
        **keywords: those of ``read`` but for ``steps``.

    Yields:
        A reading for each source (or page); where one couldn't be read, its ``error`` says why.

    Raises:
        LenetError: a keyword makes no sense: at once; or processes can't be begun: while iterating.
    """
    from .many import stream

    return chain.from_iterable(stream(Settings.of(**keywords), sources, workers=workers, pages=pages))


def __getattr__(name: str) -> Any:
    """Return ``Reader``, which needs NumPy and more, when it is first asked for."""
    if name == "Reader":
        from .reader import Reader

        return Reader
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

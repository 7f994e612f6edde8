"""The pages of a PDF as pictures; pdfium draws them (the extra ``lenet[pdf]``)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import numpy as np

from ..errors import LenetError
from .flat import ENOUGH
from .levels import Pixels

INCH = 72  # PDF's points
SHARP = 200  # pixels to the inch
ONE_AT_A_TIME = threading.Lock()  # pdfium keeps its state in the process


def render(file: BinaryIO, called: str) -> Iterator[tuple[Pixels, float]]:
    """Yield each page of a PDF, drawn at 200 pixels to the inch, fewer where that's over 4 million, and the scale 1.

    Raises:
        LenetError: pypdfium2 isn't installed, or the file is damaged or locked by a password.
    """
    try:
        from pypdfium2 import PdfDocument, PdfiumError
    except ImportError:
        raise LenetError(f'{called} is a PDF; to read it, install lenet with: pip install "lenet[pdf]"') from None
    with ONE_AT_A_TIME, _told_in_words(called, PdfiumError):
        document = PdfDocument(file.read())
        pages = len(document)
    for number in range(pages):
        with ONE_AT_A_TIME, _told_in_words(f"page {number + 1} of {called}", PdfiumError):
            page = document[number]
            width, height = page.get_size()
            scale = min(SHARP / INCH, (ENOUGH / max(width * height, 1)) ** 0.5)
            pixels = np.array(page.render(scale=scale, rev_byteorder=True).to_numpy())
        yield pixels, 1.0


@contextmanager
def _told_in_words(called: str, kind: type[Exception]) -> Iterator[None]:
    try:
        yield
    except (kind, ValueError) as error:
        if "assword" in str(error):
            raise LenetError(f"{called} is locked by a password; save it without one") from None
        raise LenetError(f"{called} is damaged: {error}") from None

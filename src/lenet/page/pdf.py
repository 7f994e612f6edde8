"""The pages of a PDF as pictures; pdfium draws them (the extra ``lenet[pdf]``)."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import numpy as np

from ..errors import LenetError
from ..extras import require
from .flat import ENOUGH
from .levels import Pixels

INCH = 72  # PDF's points
SHARP = 200  # pixels to the inch
LONGEST = 20_000  # pixels of a side, for pages that are hardly more than a line
PATIENCE = 2.0  # seconds for a page: a PDF is a program, and may be made to run for ever; a scan takes 0.1
ONE_AT_A_TIME = threading.RLock()  # pdfium's state belongs to the process


def render(file: BinaryIO, called: str) -> Iterator[Pixels]:
    """Yield each page of a PDF: uint8 (rows, columns, 3), 200 pixels to the inch, or fewer where that's over 4 million.

    What is written onto a page as a note is drawn, the fields of forms aren't.

    Raises:
        LenetError: pypdfium2 isn't installed; the file is damaged, locked by a password, or takes too long to draw.
    """
    pypdfium2 = require("pypdfium2", "pdf", f"{called} is a PDF, and reading it")
    with _pdfium(called):
        document = pypdfium2.PdfDocument(file.read())
        pages = len(document)
    try:
        for number in range(pages):
            with _pdfium(f"page {number + 1} of {called}"):
                pixels = _drawn(document[number], f"page {number + 1} of {called}")
            yield pixels
    finally:
        with ONE_AT_A_TIME:
            document.close()


def _drawn(page: Any, called: str) -> Pixels:
    """Return a page drawn on white; step by step, so that it can be given up."""
    from pypdfium2 import PdfBitmap, raw

    width, height = page.get_size()
    scale = min(SHARP / INCH, (ENOUGH / max(width * height, 1)) ** 0.5, LONGEST / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    bitmap = PdfBitmap.new_native(*size, raw.FPDFBitmap_BGR, rev_byteorder=True)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, *size)
    end = time.monotonic() + PATIENCE
    pause = raw.IFSDK_PAUSE(version=1)
    pause.NeedToPauseNow = type(pause.NeedToPauseNow)(lambda _: time.monotonic() > end)
    flags = raw.FPDF_ANNOT | raw.FPDF_REVERSE_BYTE_ORDER
    state = raw.FPDF_RenderPageBitmap_Start(bitmap, page, 0, 0, *size, 0, flags, pause)
    raw.FPDF_RenderPage_Close(page)
    if state == raw.FPDF_RENDER_TOBECONTINUED:
        raise LenetError(f"{called} takes more than {PATIENCE:g} s to draw; save it as a picture")
    pixels = np.array(bitmap.to_numpy())
    page.close()
    bitmap.close()
    return pixels


@contextmanager
def _pdfium(called: str) -> Iterator[None]:
    """Have pdfium to oneself, and turn what it raises into a LenetError."""
    from pypdfium2 import PdfiumError

    try:
        with ONE_AT_A_TIME:
            yield
    except (PdfiumError, ValueError) as error:
        if "password" in str(error).lower():
            raise LenetError(f"{called} is locked by a password; save it without one") from None
        raise LenetError(f"{called} is damaged: {error}") from None

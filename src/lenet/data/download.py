"""Download of a file, bounded in size and in silence."""

from __future__ import annotations

import threading
from queue import Empty, SimpleQueue

from ..errors import LenetError
from .dataset import Progress

SILENCE = 5.0  # seconds
MOST = 64 << 20  # bytes; the largest file of a named set has 26 million
PIECE = 1 << 16


def download(url: str, progress: Progress, silence: float = SILENCE, most: int = MOST) -> bytearray:
    """Return the bytes at a web address.

    The connection is made and read in a thread of its own: looking up a name, or trying a host's many addresses in
    turn, may hang for minutes, and no time limit of a socket covers them.

    Args:
        url: http or https.
        progress: is told of each piece.
        silence: seconds without a piece (64 KiB) after which to give up.
        most: bytes above which to give up.

    Raises:
        LenetError: refused, silent, too large or cut short; the text says which.
    """
    pieces: SimpleQueue[int | bytes | Exception | None] = SimpleQueue()
    given_up = threading.Event()
    threading.Thread(target=_receive, args=(url, silence, pieces, given_up), daemon=True).start()
    name = url.rpartition("/")[2]
    data = bytearray()
    total = None
    try:
        while (piece := pieces.get(timeout=silence)) is not None:
            if isinstance(piece, Exception):
                raise LenetError(_reason(piece, silence)) from piece
            if isinstance(piece, int):
                total = piece
            else:
                data += piece
            if max(len(data), total or 0) > most:
                raise LenetError(f"{name} has more than {most:,} bytes")
            progress(len(data), total, name)
    except Empty:
        raise LenetError(f"silent for {silence:g} seconds") from None
    finally:
        given_up.set()
    if total is not None and len(data) != total:
        raise LenetError(f"{name} is cut short: {len(data):,} of {total:,} bytes came")
    return data


def _receive(
    url: str, silence: float, pieces: SimpleQueue[int | bytes | Exception | None], given_up: threading.Event
) -> None:
    """Put into the queue: the number of bytes, where the answer says it; pieces of bytes; None. Or an exception."""
    from urllib.request import Request, urlopen

    try:
        request = Request(url, headers={"User-Agent": "lenet"})
        with urlopen(request, timeout=silence) as answer:
            if (answer.headers["Content-Length"] or "").isdigit():
                pieces.put(int(answer.headers["Content-Length"]))
            while not given_up.is_set() and (piece := answer.read(PIECE)):
                pieces.put(piece)
        pieces.put(None)
    except Exception as error:  # whatever it is, the other thread must hear of it
        pieces.put(error)


def _reason(error: Exception, silence: float) -> str:
    from urllib.error import HTTPError, URLError

    if isinstance(error, HTTPError):
        return f"answered {error.code} {error.reason}"
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, TimeoutError):
        return f"silent for {silence:g} seconds"
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    return str(cause) or type(cause).__name__

"""A process that reads pictures for another one, by its standard input and output."""

from __future__ import annotations

import os
import pickle
import sys

from ..errors import LenetError
from .pages import attempt


def main() -> None:
    """Take settings, then (source, whether all its pages) again and again; answer each by a list of readings.

    The answer to the settings is empty, or says what is wrong with them. The end of the input is the end of the work.
    """
    asks = sys.stdin.buffer
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what is printed must not get between the answers

        def answer(what: object) -> None:
            pickle.dump(what, answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()

        try:
            reader = pickle.load(asks).reader()
        except LenetError as error:
            answer(str(error))
            return
        answer("")
        while True:
            try:
                source, pages = pickle.load(asks)
            except EOFError:
                return
            answer(attempt(source, reader, pages))

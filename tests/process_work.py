"""What the processes of ``test_processes`` do."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from lenet.errors import LenetError


def multiply(by: int) -> Callable[[int], int]:
    return lambda number: number * by


def about(_: None) -> Callable[[int], tuple[int, str]]:
    return lambda _: (os.getpid(), os.environ.get("OMP_NUM_THREADS", ""))


def particular(how: str) -> Callable[[object], object]:
    if how == "no":
        raise LenetError("I don't begin")

    def answer(question: object) -> object:
        if how == "loud":
            print("printed", flush=True)
        if question == 13:
            raise LenetError("not 13")
        if question == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        return question

    return answer


def meet(folder: Path) -> Callable[[int], bool]:
    def answer(number: int) -> bool:
        (folder / str(number)).touch()
        until = time.monotonic() + 60
        while time.monotonic() < until and not (folder / str(1 - number)).exists():
            time.sleep(0.01)
        return (folder / str(1 - number)).exists()

    return answer

"""What the workers of a test do."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from lenet.errors import LenetError


def job(argument: tuple[str, str], *common: str) -> object:
    """Do what the argument's first word says; its second is the path of a file to mark something by."""
    what, mark = argument[0], Path(argument[1])
    if what == "dies" or (what == "dies once" and not mark.exists()):
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "refuses":
        raise LenetError("no, because")
    if what == "is wrong":
        raise ZeroDivisionError("nothing to divide by")
    if what == "waits":
        try:
            mark.touch()
            for _ in range(600):
                time.sleep(0.1)
        except KeyboardInterrupt:
            mark.write_text("heard")
            raise
    return what, common, os.environ["LENET_THREADS"]

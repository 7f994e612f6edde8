"""Ctrl-C, heard between updates, so that what is written can be gone on from."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from types import FrameType, TracebackType

from ..errors import LenetError


class Interrupted(LenetError):  # noqa: N818  no error of anyone's
    """The run was stopped by Ctrl-C; its checkpoint is written and the text says how to go on.

    Attributes:
        folder: the run's; None: it had none, and nothing was kept.
    """

    def __init__(self, folder: Path | None) -> None:
        text = f"go on by: lenet train --resume {folder}" if folder else "nothing is kept, as the run has no folder"
        super().__init__(f"stopped; {text}")
        self.folder = folder


class Interrupts:
    """While inside ``with``, Ctrl-C only sets ``asked``; a second one stops the program as ever.

    Left alone where it can't be caught or someone else catches it: off the main thread, or under another handler.
    """

    asked = False

    def __enter__(self) -> Interrupts:
        """Listen."""
        main = threading.current_thread() is threading.main_thread()
        self._listening = main and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if self._listening:
            signal.signal(signal.SIGINT, self._hear)
        return self

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        self._stop()

    def _stop(self) -> None:
        if self._listening:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            self._listening = False

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Listen no more."""
        self._stop()

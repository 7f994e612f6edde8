"""TensorBoard's file of events in a run's folder: begun, added to, and taken up again where a run is resumed."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from time import time
from typing import Any

from ..errors import LenetError
from ..extras import require
from ..files import append_to, write_atomically

NAME = "events.out.tfevents."  # TensorBoard knows its files by it
ENDINGS = ("final/", "_hparams_/session_end_info")  # what a run that has ended says anew when it's resumed


def need_tensorboard() -> None:
    """Raise ``LenetError`` where TensorBoard isn't installed."""
    require("tensorboard", "tensorboard", "writing logs for TensorBoard")


class Events:
    """A file of events. Each call adds whole records, so that a kill leaves no more than the last one cut short.

    Attributes:
        path: the file; the only one of its kind in its folder.
        empty: whether it was begun anew, with nothing of an earlier part of the run.
    """

    def __init__(self, folder: Path, done: int) -> None:
        """Begin a file with what the folder's earlier ones say of the first updates, which it then replaces.

        TensorBoard itself reads several files of a folder one after the other, and would show twice what a run that
        was killed did again after its last checkpoint.

        Args:
            folder: it must exist.
            done: updates that were made before.

        Raises:
            LenetError: TensorBoard isn't installed, or the file can't be written.
        """
        need_tensorboard()
        from tensorboard.compat.proto.event_pb2 import Event

        earlier = sorted(folder.glob(f"{NAME}*"))
        kept = [event for path in earlier for event in _read(path) if _lasts(event, done)]
        self.empty = not kept
        stamp = max([int(time()), *(_number(path) + 1 for path in earlier)])
        self.path = folder / f"{NAME}{stamp:010d}"
        head = Event(wall_time=time(), file_version="brain.Event:2")
        write_atomically(self.path, map(_record, [head, *kept]), durable=False)
        try:
            for path in earlier:
                path.unlink()
        except OSError as error:  # on Windows, where another program has it open
            raise LenetError(f"{path} can't be removed: {error.strerror or error}; end TensorBoard first") from None

    def add(self, step: int, *summaries: Any) -> None:
        """Add summaries, messages of TensorBoard's, after ``step`` updates.

        Raises:
            LenetError: they can't be written.
        """
        from tensorboard.compat.proto.event_pb2 import Event

        events = (Event(wall_time=time(), step=step, summary=summary) for summary in summaries)
        append_to(self.path, b"".join(map(_record, events)))


def _read(path: Path) -> Iterator[Any]:
    """Return the events of a file, up to where it is damaged."""
    from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
    from tensorboard.compat.proto.event_pb2 import Event

    return map(Event.FromString, RawEventFileLoader(str(path)).Load())


def _lasts(event: Any, done: int) -> bool:
    """Whether an event still holds where a run goes on after ``done`` updates."""
    tags = [value.tag for value in event.summary.value]
    return bool(tags) and event.step <= done and not any(tag.startswith(ENDINGS) for tag in tags)


def _number(path: Path) -> int:
    """Return the number in a file's name, by which TensorBoard sorts."""
    digits = path.name.removeprefix(NAME).partition(".")[0]
    return int(digits) if digits.isdecimal() else 0


def _record(event: Any) -> bytes:
    """Return an event as a file holds it: its length, its bytes, and checksums of both."""
    from tensorboard.summary.writer.record_writer import RecordWriter

    data = BytesIO()
    RecordWriter(data).write(event.SerializeToString())
    return data.getvalue()

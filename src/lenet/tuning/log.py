"""The file in which Optuna keeps what was drawn and what came of it: a line of JSON for each thing that happened."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..errors import LenetError
from ..files import append_to, cut_off, whole_lines

BEGIN = 4  # Optuna's JournalOperation.CREATE_TRIAL: the line that begins a trial


def log(path: Path) -> Any:
    """Return Optuna's log in a file that is this process's alone: no lock of its own, no wait for the disk.

    What a kill leaves is whole lines and perhaps a half; Optuna waits for the disk ten times a trial.
    """
    from optuna.storages.journal import JournalFileBackend

    class Log(JournalFileBackend):
        def append_logs(self, logs: list[dict[str, Any]]) -> None:
            append_to(path, "".join(json.dumps(log, separators=(",", ":")) + "\n" for log in logs).encode())

    return Log(str(path))


def mend(path: Path, mark: str) -> None:
    """Cut off a log's end what a kill left half: a line, or a trial that was being drawn, which is then drawn again.

    Trials are drawn one at a time, so that all that follows the line which begins such a one is of its drawing.

    Args:
        path: of the log; it need not be there.
        mark: the attribute that a trial gets when it is drawn.

    Raises:
        LenetError: the file is damaged, or can't be read or written.
    """
    lines = whole_lines(path).splitlines(keepends=True)
    try:
        told = [json.loads(line) for line in lines]
        begun = [place for place, line in enumerate(told) if line["op_code"] == BEGIN]
        if begun and not any(mark in line.get("user_attr", ()) for line in told[begun[-1] :]):
            cut_off(path, sum(map(len, lines[: begun[-1]])))
    except (ValueError, LookupError, TypeError, AttributeError):
        raise LenetError(f"{path} is damaged; begin anew in another folder") from None

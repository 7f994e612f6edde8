"""The processes that ``torchrun`` starts, which train one run between them: the first writes and tells."""

from __future__ import annotations

import os
from typing import Any

from ..errors import LenetError
from ..model import engines

# What torchrun says in the environment of its processes.
RUN, RANK, SIZE, RESTARTS = "TORCHELASTIC_RUN_ID", "RANK", "WORLD_SIZE", "TORCHELASTIC_MAX_RESTARTS"


def is_team() -> bool:
    """Whether ``torchrun`` started this process."""
    return RUN in os.environ


def leads() -> bool:
    """Whether this process writes and tells: alone, or the first of its team."""
    return not is_team() or os.environ.get(RANK, "0") == "0"


def join(engine: Any) -> None:
    """Let an engine share its work with those of the other processes, where there are any.

    Raises:
        LenetError: it is of a kind that can't.
    """
    if is_team():
        if not hasattr(engine, "join"):
            raise LenetError(
                f"the processes of torchrun train together with PyTorch alone, not with the engine "
                f"{engines.facts(engine)['engine']}; give --engine torch"
            )
        engine.join()


def alone(what: str) -> None:
    """Raise a ``LenetError`` where several processes would make ``what``, which one process makes."""
    if is_team() and os.environ.get(SIZE, "1") != "1":
        raise LenetError(f"the processes of torchrun train one network between them; {what} is trained by one process")


def need_folder(folder: object) -> None:
    """Raise a ``LenetError`` where processes may be started again, and wouldn't know the folder to go on in."""
    if is_team() and folder is None and os.environ.get(RESTARTS, "0") != "0":
        raise LenetError(
            "processes that torchrun starts again must find the run that they go on with; name its folder by --out"
        )

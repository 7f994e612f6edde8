"""A connection to a cluster of Ray's: one that runs already, or one on this machine's cores."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib import import_module
from typing import Any

from ..errors import LenetError
from ..extras import require
from ..processes import cores

ADDRESS = "RAY_ADDRESS"
STORE = 200_000_000  # bytes for objects, of a cluster of our own; Ray would take 30% of the memory
REACH = 5.0  # seconds to wait for an address to answer; Ray would wait for minutes, and then end the process
QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",  # else the cluster reports to Ray's makers over the network
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # else it warns of a change to come
}


@contextmanager
def connected(address: str | None = None, *, workers: int | None = None) -> Iterator[Any]:
    """Yield the module ``ray``, connected; what was begun for it is ended afterwards.

    Where this process is connected already, that connection is used, and is left open.

    Args:
        address: of a cluster: ``HOST:PORT``, ``auto`` for one that runs on this machine, ``local`` for a new one on
            this machine's cores. None: what the environment variable ``RAY_ADDRESS`` says, else ``local``.
        workers: processors of a new local cluster; None: as many as this process may use.

    Raises:
        LenetError: Ray isn't installed, or there is no such cluster.
    """
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    ray = require("ray", "ray", "working on many machines")
    if ray.is_initialized():
        yield ray
        return
    address = address or os.environ.get(ADDRESS) or "local"
    with _private("worker", "_worker_logs_enabled"):  # else it tells of lost workers on stdout, where answers go
        _connect(ray, address, workers)
        try:
            yield ray
        finally:
            ray.shutdown()


def _connect(ray: Any, address: str, workers: int | None) -> None:
    options: dict[str, Any] = {}
    if address == "local":
        options = {"num_cpus": workers or cores(), "object_store_memory": STORE, "include_dashboard": False}
    elif address != "auto":
        _reach(address)
    # A cluster runs what anyone sends it: one of our own listens to this machine only, as Ray's do on macOS.
    only_here = _private("ray_constants", "ENABLE_RAY_CLUSTER") if address == "local" else nullcontext()
    try:
        with only_here:
            ray.init(address=address, log_to_driver=False, logging_level="ERROR", **options)
    except (OSError, RuntimeError, ValueError, AssertionError) as error:
        ray.shutdown()
        first = str(error).strip().partition("\n")[0]
        raise LenetError(f"no connection to a Ray cluster at {address!r}: {first}") from None


def _reach(address: str) -> None:
    """Raise ``LenetError`` where nothing answers at an address."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not (host and port.isdecimal()):
        raise LenetError(
            f"the address of a Ray cluster is HOST:PORT, such as 10.0.0.1:6379, or auto or local, but is {address!r}"
        )
    try:
        socket.create_connection((host.strip("[]"), int(port)), REACH).close()
    except (OSError, OverflowError) as error:
        raise LenetError(
            f"no Ray cluster answers at {address}: {getattr(error, 'strerror', None) or error}; begin one there by "
            "`ray start --head`, or leave the address out to use this machine's cores"
        ) from None


@contextmanager
def _private(module: str, switch: str) -> Iterator[None]:
    """Turn off what Ray has no setting for: a switch of a module of ``ray._private``, where this version has it."""
    where = import_module(f"ray._private.{module}")
    before = getattr(where, switch, None)
    setattr(where, switch, False)
    try:
        yield
    finally:
        setattr(where, switch, before)

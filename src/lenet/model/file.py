"""The file of a trained network: safetensors, with one JSON text as metadata (docs/models.md gives the format)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import LenetError
from ..files import read_whole

KEY = "lenet"  # the only metadata key: with several, safetensors writes them in an order that changes from run to run
MOST_HEADER = 4 << 20  # bytes; LeNet-5's is 3 KB, and a network with a 1000-row connection table 100 KB
MOST_FILE = 2 << 30  # bytes; the largest network, with what Adam remembers of it
FLOATS = {"F32": "float32 (F32)", "F16": "float16 (F16)"}
SIZES = {"F32": 4, "F16": 2}  # bytes of a number


def pack(arrays: Mapping[str, NDArray[Any]], about: Mapping[str, object]) -> bytes:
    """Return the bytes of a safetensors file with ``arrays`` and, as metadata, ``about`` in JSON.

    The arrays are float32, or those of an ensemble float16. ``about`` names the ``kind`` of file and its ``format``, a
    version from 1.

    The same arguments give the same bytes.
    """
    from safetensors.numpy import save

    text = json.dumps(about, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return bytes(save({name: np.ascontiguousarray(array) for name, array in arrays.items()}, {KEY: text}))


def unpack(path: Path, newest: Mapping[str, int]) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return the arrays and the metadata of a file that ``pack`` made.

    The header is checked before anything that it promises is believed; nothing is executed.

    Args:
        path: which file.
        newest: the kinds of file that it may be (``model``, ``ensemble``, ``checkpoint``), and the highest format
            version of each that is understood.

    Raises:
        LenetError: the file is missing, unreadable, damaged, not such a file, or of a newer format.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    data = read_whole(path, _check_size)
    header, size = _header(path, data)
    about = _about(path, header, tuple(newest))
    _check_arrays(path, header, size, ("F32", "F16") if about["kind"] == "ensemble" else ("F32",))
    version, known = about.get("format"), newest[about["kind"]]
    if type(version) is not int or version < 1:
        raise LenetError(f"{path} is damaged: its format version is {version!r}")
    if version > known:
        raise LenetError(f"{path} has format version {version}, and this lenet knows 1 to {known}; install a newer one")
    try:
        return load(data), about
    except (SafetensorError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise LenetError(f"{path} is damaged: {error}") from None


def _check_size(path: Path, size: int) -> None:
    if size > MOST_FILE:
        raise LenetError(f"{path} has {size} bytes; a file of lenet has at most {MOST_FILE}")


def _header(path: Path, data: bytes) -> tuple[dict[str, Any], int]:
    """Return the header, and how many bytes of numbers follow it.

    In front are 8 bytes of its length, little-endian, then as many bytes of JSON (the safetensors format).
    """
    not_ours = f"{path} isn't a safetensors file"
    if len(data) < 8:
        raise LenetError(f"{not_ours}: it has {len(data)} bytes")
    length = int.from_bytes(data[:8], "little")
    if data[8:9] != b"{" or length > MOST_HEADER:
        raise LenetError(f"{not_ours}, or its header is damaged (its length reads {length}, at most {MOST_HEADER})")
    if 8 + length > len(data):
        raise LenetError(f"{path} is cut short: its header ends at byte {8 + length}, the file at {len(data)}")
    header = _json(data[8 : 8 + length])
    if not isinstance(header, dict):
        raise LenetError(f"{not_ours}, or its header is damaged: it isn't a JSON object")
    return header, len(data) - 8 - length


def _check_arrays(path: Path, header: dict[str, Any], size: int, types: tuple[str, ...]) -> None:
    """Check that the arrays are of these types and lie end to end over the ``size`` bytes after the header."""
    places = []
    for name, array in header.items():
        if name == "__metadata__":
            continue
        match array:
            case {"dtype": str(dtype), "shape": list(shape), "data_offsets": [int(start), int(end)]} if all(
                type(n) is int and n >= 0 for n in shape
            ):
                pass
            case _:
                raise LenetError(f"{path} is damaged: its header doesn't describe {name!r} as safetensors does")
        if dtype not in types:
            raise LenetError(f"{path}: {name} must be {' or '.join(FLOATS[kind] for kind in types)}, but is {dtype}")
        if end - start != SIZES[dtype] * prod(shape):
            raise LenetError(f"{path} is damaged: {name} has the shape {tuple(shape)}, but {end - start} bytes")
        places.append((start, end))
    at = 0
    for start, end in sorted(places):
        if start != at:
            raise LenetError(f"{path} is damaged: its arrays overlap or leave gaps")
        at = end
    if at != size:
        raise LenetError(f"{path} is cut short or has more than its header says: {size} bytes of numbers, not {at}")


def _about(path: Path, header: dict[str, Any], kinds: tuple[str, ...]) -> dict[str, Any]:
    metadata = header.get("__metadata__")
    if not isinstance(metadata, dict) or not isinstance(metadata.get(KEY), str):
        raise LenetError(
            f"{path} is a safetensors file, but no {' or '.join(kinds)} of lenet: it lacks the metadata {KEY!r}"
        )
    about = _json(metadata[KEY])
    if not isinstance(about, dict):
        raise LenetError(f"{path} is damaged: its metadata {KEY!r} isn't a JSON object")
    if about.get("kind") not in kinds:
        named = " or ".join(f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}" for kind in kinds)
        raise LenetError(f"{path} must be {named}, but it says that it is {about.get('kind')!r}"[:500])
    return about


def _json(text: bytes | str) -> Any:
    """Return what a JSON text says, or None where it isn't one, or is nested too deep to be one of ours."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None

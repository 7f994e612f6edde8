"""The arrays in a file that PyTorch wrote, or in a safetensors file; nothing in it is run."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any

from ..errors import LenetError
from ..extras import require
from ..files import read_whole
from ..model.file import KEY, MOST_FILE

if TYPE_CHECKING:
    from torch import Tensor

INSIDE = ("state_dict", "model_state_dict", "model", "net", "network", "weights", "params")  # where people keep it
WRAPPERS = ("module.", "_orig_mod.", "model.", "net.", "network.")  # what wraps a module begins each name so
ANOTHER = {b"\x89HDF": "an HDF5 file, as Keras writes them", b"\x08": "an ONNX file", b"\x93NUMPY": "a NumPy file"}
STATE = "in the program that has the class: torch.save(model.state_dict(), 'weights.pth')"


def read(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a state dict by name, in order; those of a safetensors file in the order of their names.

    Raises:
        LenetError: PyTorch isn't installed; there is no such file; it is damaged, or holds something else than arrays.
    """
    require("torch", "torch", "reading PyTorch's files")
    head = read_whole(path, _check_size)[:9]
    if head[8:9] == b"{":
        return _safetensors(path)
    if head[:2] == b"PK":
        _check_archive(path)
    elif head[:1] != b"\x80":  # what every pickle begins with
        other = next((words for begin, words in ANOTHER.items() if head.startswith(begin)), "")
        raise LenetError(f"{path} isn't a file of torch.save{f' but {other}' if other else ''}; give a state dict")
    return tensors(_load(path), str(path))


def tensors(found: object, where: str) -> dict[str, Tensor]:
    """Return the tensors by name, in order, of a state dict or of what holds one; without what begins every name.

    Args:
        found: a state dict; or a checkpoint, a dict that holds one under such a name as ``state_dict``.
        where: where it is from, for errors.

    Raises:
        LenetError: there is no state dict in it, or there are several.
    """
    import torch

    state = _state(found, where)
    named = {str(name): value for name, value in state.items() if isinstance(value, torch.Tensor)}
    while prefix := next((w for w in WRAPPERS if all(name.startswith(w) for name in named)), ""):
        named = {name.removeprefix(prefix): value for name, value in named.items()}
    return named


def _state(found: object, where: str) -> Mapping[Any, Any]:
    """Return the dict that holds tensors."""
    if isinstance(found, (list, tuple)):
        found = dict(enumerate(found))
    if not isinstance(found, Mapping):
        raise LenetError(f"{where} holds a {type(found).__name__}, and no state dict; save one {STATE}")
    inside = {name: value for name, value in found.items() if isinstance(value, Mapping) and _holds_tensors(value)}
    usual = [name for name in INSIDE if name in inside]
    if usual or len(inside) == 1:
        return inside[usual[0]] if usual else next(iter(inside.values()))
    if _holds_tensors(found):
        return found
    what, names = "several state dicts" if inside else "no state dict", ", ".join(map(str, inside or found))
    raise LenetError(f"{where} holds {what}: {names or 'nothing'}; save the network's alone {STATE}")


def _holds_tensors(found: Mapping[Any, Any]) -> bool:
    import torch

    return any(isinstance(value, torch.Tensor) for value in found.values())


def _check_size(path: Path, size: int) -> None:
    if size > MOST_FILE:
        raise LenetError(f"{path} has {size:,} bytes; the weights of a LeNet have at most {MOST_FILE:,}")


def _check_archive(path: Path) -> None:
    """Refuse a zip file that is no file of ``torch.save``, or would unpack to too much."""
    try:
        with zipfile.ZipFile(path) as archive:
            inside = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise LenetError(f"{path} is damaged or cut short: {error}") from None
    _check_size(path, sum(entry.file_size for entry in inside))
    names = {entry.filename.rpartition("/")[2] for entry in inside}
    if "constants.pkl" in names:
        raise LenetError(f"{path} is a TorchScript program, which isn't run here; save the weights {STATE}")
    if "data.pkl" not in names:
        raise LenetError(f"{path} is a zip file, but not one of torch.save; save the weights {STATE}")


def _load(path: Path) -> object:
    import torch

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the file's age; what it says of the loader is no advice to follow
            return torch.load(path, map_location="cpu", weights_only=True)
    except MemoryError:
        raise
    except UnpicklingError as error:
        raise _refused(path, str(error)) from None
    except Exception as error:  # a damaged file can raise anything
        text = str(error).split("\n")[0][:200]
        raise LenetError(f"{path} is damaged, or no file of torch.save: {text or type(error).__name__}") from None


def _refused(path: Path, text: str) -> LenetError:
    """Return the error for what the safe loader refuses, in place of its own text, which tells how to turn it off."""
    found = re.search(r"GLOBAL ([\w.]+)|class '?([\w.]+)", text)
    if found is None:
        return LenetError(f"{path} is damaged, or a pickle that torch.save didn't write; save the state dict {STATE}")
    return LenetError(
        f"{path} holds an object of {found[1] or found[2]}, and not arrays alone; it isn't loaded, since unpickling "
        f"an object runs code of the file's. Save the state dict {STATE}"
    )


def _safetensors(path: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "pt") as file:
            about = file.metadata() or {}
            named = {name: file.get_tensor(name) for name in sorted(file.keys(), key=_counted)}
    except (SafetensorError, ValueError, KeyError, TypeError, OSError) as error:
        raise LenetError(f"{path} is damaged, or no safetensors file: {error}") from None
    if KEY in about:
        raise LenetError(f"{path} is a model of lenet already: lenet evaluate {path}")
    return tensors(named, str(path))


def _counted(name: str) -> list[tuple[int, str]]:
    """Return what sorts fc2 before fc10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.findall(r"\d+|\D+", name)]

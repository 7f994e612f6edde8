"""What the file of a model or an ensemble says beside its numbers (docs/models.md)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import LenetError
from ..plain import from_plain, to_plain
from ..preparation import Preparation
from ..version import version
from ..written import network_from_dict, network_to_dict, recipe_from_dict, recipe_to_dict

if TYPE_CHECKING:
    from .ensemble import Ensemble
    from .model import Model

FILE = "model.safetensors"  # its name in a run's folder


def file_of(path: str | os.PathLike[str]) -> Path:
    """Return the file that is meant by its own path or by a run's folder.

    Raises:
        LenetError: the folder has no such file.
    """
    path = Path(path)
    if not path.is_dir():
        return path
    if not (path / FILE).exists():
        raise LenetError(f"the folder {path} has no {FILE}: give the folder of a run that has ended, or a file")
    return path / FILE


def of(model: Model | Ensemble) -> dict[str, Any]:
    """Return what a model is, and what the members of an ensemble have in common."""
    return {
        "lenet": version(),
        "network": network_to_dict(model.network),
        "preparation": to_plain(model.preparation),
        "classes": list(model.classes),
    }


def history(model: Model) -> dict[str, Any]:
    """Return where a model comes from, and what was measured of it."""
    return {
        "recipe": None if model.recipe is None else recipe_to_dict(model.recipe),
        "metrics": model.metrics,
        "data": {"name": model.data, "sha256": model.checksum},
    }


def shared(about: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ``of`` told, as arguments of ``Model``; run it inside ``understanding``."""
    if not isinstance(about["classes"], list):
        raise TypeError("classes must be a list")
    return {
        "network": network_from_dict(about["network"]),
        "preparation": from_plain(Preparation, about["preparation"], "preparation"),
        "classes": tuple(map(str, about["classes"])),
    }


def own(about: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ``history`` told, as arguments of ``Model``; run it inside ``understanding``."""
    recipe, data = about["recipe"], about["data"]
    return {
        "recipe": None if recipe is None else recipe_from_dict(recipe),
        "metrics": measured(about),
        "data": str(data["name"]),
        "checksum": str(data["sha256"]),
    }


def measured(about: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metrics in a description."""
    if not isinstance(about["metrics"], dict):
        raise TypeError("metrics must be an object")
    return about["metrics"]


@contextmanager
def understanding(path: Path) -> Iterator[None]:
    """Turn what goes wrong with a description into a ``LenetError`` that names the file."""
    try:
        yield
    except LenetError as error:
        raise LenetError(f"{path}: {error}") from None
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise LenetError(f"{path} is damaged: its description can't be understood ({error!r})") from None


@contextmanager
def packing(what: str) -> Iterator[None]:
    """Turn metrics that JSON can't hold into a ``LenetError``."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise LenetError(f"{what}'s metrics must be finite numbers, text, lists and dictionaries: {error}") from None

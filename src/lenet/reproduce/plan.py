"""The units of work: a claim at a seed, in the order in which they are done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from enum import Enum
from typing import Any

from ..zoo import Entry
from .claims import Claim


@dataclass(frozen=True)
class Unit:
    """One run: a network trained, or a method fitted."""

    claim: Claim
    seed: int

    @property
    def name(self) -> str:
        """Name of its folder."""
        return f"{self.claim.name}-{self.seed}"

    @property
    def trained(self) -> bool:
        """Whether it is a network's: it keeps checkpoints, and can be stopped."""
        return isinstance(self.claim.work, Entry)

    @property
    def narrow(self) -> bool:
        """Whether one thread is all that it can use: one pattern an update, or a method that isn't ours."""
        return not isinstance(self.claim.work, Entry) or self.claim.work.recipe.batch == 1

    @property
    def row(self) -> Entry:
        """The network with its recipe at this seed."""
        assert isinstance(self.claim.work, Entry)
        return replace(self.claim.work, recipe=replace(self.claim.work.recipe, seed=self.seed))

    def digest(self, data: str) -> str:
        """Return the SHA-256 of all that decides the result: the work, the seed, and the ``data`` set's checksum."""
        work = self.claim.work
        said = [work.network, work.recipe, *["boosted"] * self.claim.boosted] if isinstance(work, Entry) else work
        text = json.dumps([_said(said), self.seed, data], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def units(claims: Iterable[Claim], seeds: int) -> list[Unit]:
    """Return the runs of claims over seeds from 0: a seed at a time, each in order of time.

    One that is stopped has so most of the table. A method that draws nothing has one run only.
    """
    cheapest = sorted({claim.name: claim for claim in claims}.values(), key=lambda claim: claim.minutes)
    return [Unit(claim, seed) for seed in range(seeds) for claim in cheapest if claim.drawn or seed == 0]


def _said(value: Any) -> Any:
    """Return settings as plain values; fields at their default are left out, so that a new field changes nothing."""
    if is_dataclass(value) and not isinstance(value, type):
        told = {field.name: getattr(value, field.name) for field in fields(value) if not _default(field, value)}
        return {"type": type(value).__name__, **{name: _said(part) for name, part in told.items()}}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (list, tuple)):
        return [_said(part) for part in value]
    return {name: _said(part) for name, part in value.items()} if isinstance(value, dict) else value


def _default(field: Any, settings: Any) -> bool:
    default = field.default_factory() if field.default_factory is not MISSING else field.default
    return default is not MISSING and getattr(settings, field.name) == default

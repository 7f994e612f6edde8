"""What a network is, layer by layer, as a table and as a JSON document."""

from __future__ import annotations

from typing import Any

from ..network import Activation, Network
from ..network.summary import maps, rows
from .table import Table


def document(network: Network) -> dict[str, Any]:
    """Return the summary as one JSON document: ``network``, ``input``, ``classes``, ``layers`` and ``total``."""
    return {
        "network": network.name,
        "input": list(network.input),
        "classes": network.classes,
        "layers": [{**vars(row), "output": list(row.output)} for row in rows(network)],
        "total": {
            "parameters": network.parameters,
            "connections": network.connections,
            "multiply_adds": network.multiply_adds,
        },
    }


def table(network: Network) -> Table:
    """Return the summary as a table, the totals in its last row."""
    heads = ("layer", "what", "then", "output", "sees", "parameters", "connections", "multiply-adds")
    lines = [
        (
            row.layer,
            row.kind,
            "" if row.activation == Activation.NONE.value else row.activation,
            maps(row.output),
            "all" if row.sees is None else f"{row.sees}x{row.sees}",
            *(f"{count:,}" for count in (row.parameters, row.connections, row.multiply_adds)),
        )
        for row in rows(network)
    ]
    counts = (network.parameters, network.connections, network.multiply_adds)
    lines.append(("total", "", "", "", "", *(f"{count:,}" for count in counts)))
    return Table(heads, lines, words=heads[:3], spare=("then", "sees", "multiply-adds", "what"), total=True)

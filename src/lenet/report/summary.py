"""What a network is, layer by layer, as a table and as a JSON document."""

from __future__ import annotations

from typing import Any

from ..network import Network
from ..network.summary import HEADS, WORDS, cells, rows
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
    return Table(HEADS, cells(network), words=WORDS, spare=("then", "sees", "multiply-adds", "what"), total=True)

"""A network in a notebook."""

from __future__ import annotations

from .. import html
from .network import Network
from .summary import HEADS, WORDS, cells


def document(network: Network) -> str:
    """Return the network as a document of its own."""
    return html.page(section(network))


def section(network: Network) -> str:
    """Return the network as a part of a document: what it is, and its layers."""
    return html.heading(network.name, *about(network)) + layers(network)


def about(network: Network) -> tuple[str, ...]:
    """Return in words what goes in, what comes out, and how large it is."""
    channels, rows, columns = network.input
    return (
        f"reads {channels} x {rows} x {columns} pixels",
        f"{network.classes} classes",
        f"{network.parameters:,} parameters",
    )


def layers(network: Network) -> str:
    """Return the table of its layers, the totals in the last row."""
    return html.table(HEADS, cells(network), WORDS, total=True)

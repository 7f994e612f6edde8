"""How well a model reads: error, accuracy, and which classes it takes for which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..model import Metrics
from .table import Table

MISTAKEN = 3  # classes named that a class is most often taken for


def line(summary: Mapping[str, Any]) -> str:
    """Return error and accuracy in one line, from ``Metrics.summary()``."""
    wrong = f"{summary['wrong']:,} of {summary['count']:,} read wrong"
    return f"error {summary['error']:.2%} ({wrong}), accuracy {summary['accuracy']:.2%}"


def by_class(metrics: Metrics, classes: Sequence[str]) -> Table:
    """Return for each class how many there are, were read wrong, and the classes they were taken for most often.

    Recall is the share of the class that was read as it, precision the share of what was read as it that is.
    """
    rows = []
    for label, row in enumerate(metrics.confusion):
        count, right, answered = int(row.sum()), int(row[label]), int(metrics.confusion[:, label].sum())
        mistaken = sorted((-int(n), place) for place, n in enumerate(row) if n and place != label)[:MISTAKEN]
        rows.append(
            (
                classes[label],
                f"{count:,}",
                f"{count - right:,}",
                f"{right / count:.2%}" if count else "-",
                f"{right / answered:.2%}" if answered else "-",
                ", ".join(f"{classes[place]} ({-n})" for n, place in mistaken),
            )
        )
    heads = ("class", "pictures", "wrong", "recall", "precision", "taken for")
    return Table(heads, rows, words=("class", "taken for"), spare=("precision", "recall"))


def matrix(metrics: Metrics, classes: Sequence[str]) -> Table:
    """Return the confusion matrix: a row for each class, a column for each answer; ``.`` is 0."""
    rows = [
        (name, *(f"{count}" if count else "." for count in row))
        for name, row in zip(classes, metrics.confusion.tolist(), strict=True)
    ]
    return Table(("is / read as", *(name[:8] for name in classes)), rows, words=("is / read as",))


def document(metrics: Metrics, classes: Sequence[str]) -> dict[str, Any]:
    """Return it all as one JSON document; shares from 0 to 1."""
    return {**metrics.summary(), "classes": list(classes), "confusion": metrics.confusion.tolist()}

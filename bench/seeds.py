"""``python -m bench seeds``: a network trained by its recipe from several seeds; mean and deviation of its errors."""

from __future__ import annotations

import statistics
from typing import Any

import lenet


def run(network: str, seeds: int, threads: int | None) -> list[dict[str, Any]]:
    """Train ``network`` by its recipe from seeds 0 to ``seeds`` - 1 and return a row for each: errors and seconds."""
    rows = []
    for seed in range(seeds):
        metrics = lenet.train(network, seed=seed, threads=threads, folder=False).metrics
        rows.append({"seed": seed, "error": metrics["test"]["error"], "seconds": metrics["seconds"]["training"]})
        print(f"seed {seed}: {rows[-1]['error']:.2%} error, {rows[-1]['seconds']:.2f} s", flush=True)
    return rows


def summary(rows: list[dict[str, Any]]) -> str:
    """Return mean and standard deviation (n - 1) of the test errors, and of the seconds, in a line."""
    parts = []
    for name, unit, factor in (("error", "%", 100.0), ("seconds", " s", 1.0)):
        values = [factor * row[name] for row in rows]
        spread = statistics.stdev(values) if len(values) > 1 else 0.0
        parts.append(
            f"{name} {statistics.mean(values):.2f}{unit} ± {spread:.2f}, from {min(values):.2f} to {max(values):.2f}"
        )
    return f"{len(rows)} seeds: " + "; ".join(parts)

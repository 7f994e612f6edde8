"""The figure of ``lenet report robustness``: accuracy against each disturbance, and digits that show what it does."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .. import plot
from .axes import AXES, Axis
from .disturbing import Pictures
from .measuring import Measured

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ABREAST = 3  # panels
PANEL = (4.5, 3.8)  # inches
SPACE = 0.3  # inches between the rows of panels
DIGIT = 26  # points that an example is high
TICKS = (0, 0.2, 0.4, 0.6, 0.8, 0.9, 1)
BAND = "#fdf0d0"  # the paper's range
CUT = ("#e6e6e6", "#cccccc", "#b3b3b3")  # ink outside of a frame, from the smallest frame on


def typical(images: NDArray[np.uint8], labels: NDArray[Any], count: int) -> Pictures:
    """Return (count, H, W): the picture that is nearest to the mean of its class, of ``count`` classes in turn.

    They begin at class 2 where there is one: 0 and 1 show little of a rotation.
    """
    pictures = images.reshape(len(images), *images.shape[-2:])
    classes = np.unique(labels)
    chosen = []
    for place in range(2, 2 + count):
        some = pictures[labels == classes[place % len(classes)]].astype(np.float32)
        chosen.append(some[np.square(some - some.mean(axis=0)).sum(axis=(1, 2)).argmin()])
    return np.asarray(chosen, np.uint8)


def draw(measured: Sequence[Measured], examples: Pictures, title: str, axes: Sequence[Axis] = AXES) -> Figure:
    """Return the figure; call it within ``plot.style``.

    Args:
        measured: a line each, of the same axes.
        examples: uint8 (N, H, W), a digit for each axis, which is shown disturbed below it.
        title: above it all.
        axes: a panel each.
    """
    rows = ceil(len(axes) / ABREAST)
    figure = plot.new_figure(ABREAST * PANEL[0], rows * (PANEL[1] + SPACE) + 0.6)
    figure.suptitle(title, x=0.01, ha="left", fontsize=14, fontweight="bold")
    grid = figure.add_gridspec(rows, ABREAST, hspace=SPACE / PANEL[1])
    for number, axis in enumerate(axes):
        cell = grid[divmod(number, ABREAST)].subgridspec(2, 1, height_ratios=(6, 1), hspace=0)
        panel = figure.add_subplot(cell[0])
        _curves(panel, axis, measured)
        _examples(figure.add_subplot(cell[1], sharex=panel), axis, examples[number : number + 1], measured)
        if number % ABREAST == 0:
            panel.set_ylabel("read right")
    _legend(figure)
    return figure


def _legend(figure: Figure) -> None:
    """Name lines and areas once for all panels, the lines first."""
    from matplotlib.lines import Line2D

    known: dict[str, Artist] = {}
    for panel in figure.axes:
        for handle, label in zip(*panel.get_legend_handles_labels(), strict=True):
            known.setdefault(label, handle)
    labels = sorted(known, key=lambda label: not isinstance(known[label], Line2D))
    figure.legend([known[label] for label in labels], labels, loc="outside lower left", ncols=5, fontsize=10)


def _curves(panel: Axes, axis: Axis, measured: Sequence[Measured]) -> None:
    from matplotlib.ticker import PercentFormatter

    panel.set_title(axis.name)
    if axis.claim is not None:
        panel.axvspan(*axis.claim, color=BAND, lw=0, zorder=0, label="what the paper speaks of")
    frames = {each.canvas: each.kept[axis.name] for each in measured}
    for (canvas, kept), grey in zip(sorted(frames.items()), cycle(CUT), strict=False):
        label = f"ink outside of the {canvas[0]}x{canvas[1]} frame"
        panel.fill_between(axis.levels, kept, 1, color=grey, lw=0, zorder=0.5, label=label)
    for place, each in enumerate(measured):
        (line,) = panel.plot(axis.levels, each.accuracy[axis.name], label=each.name, zorder=3, clip_on=False)
        line.set(color=plot.colour(place), marker=plot.mark(place))
    panel.margins(x=0.06)
    panel.set_ylim(0, 1)
    panel.set_yticks(TICKS)
    panel.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    panel.tick_params(axis="x", bottom=False, labelbottom=False)


def _examples(strip: Axes, axis: Axis, example: Pictures, measured: Sequence[Measured]) -> None:
    """Draw a digit at every ``shown``-th level, dark on white, in the largest of the models' frames."""
    from matplotlib.offsetbox import AnnotationBbox, OffsetImage

    canvas = max(each.canvas for each in measured)
    levels = axis.levels[:: axis.shown]
    for level in levels:
        picture = axis.disturb(example, level, canvas)[0]
        image = OffsetImage(picture, zoom=DIGIT / canvas[0], cmap="gray_r", interpolation="nearest")
        image.image.set_clim(0, 255)
        frame = {"edgecolor": plot.SOFT if level != axis.rest else plot.INK, "linewidth": 0.5}
        box = AnnotationBbox(image, (level, 0.5), pad=0.08, bboxprops=frame, xycoords=("data", "axes fraction"))
        box.set_in_layout(False)
        strip.add_artist(box)
    strip.set_xticks(levels, [f"{level:g}".replace("-", "−") for level in levels])
    strip.set_yticks([])
    strip.set_xlabel(axis.label)
    strip.grid(visible=False)
    strip.tick_params(axis="x", length=0)
    strip.spines[:].set_visible(False)

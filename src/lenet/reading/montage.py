"""The steps from a picture to its answer, in one picture, each with what was done."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from .paint import INK, PAPER, RULE, SOFT, extent, font, image_of, on, scaled, wrapped
from .steps import Step

ROOM = 440, 300  # columns and rows that a step's picture has
MOST = 12  # times that it is enlarged
SHOWN = 40  # steps; a page of many lines has several for each
NAME, CAPTION = 19, 15  # letters, in pixels
GAP = 24
SHAPE = 1.5  # width to height of the whole, about


def montage(steps: Sequence[Step]) -> Image.Image:
    """Return the steps side by side, in rows, with numbers, names and captions; of very many, the first and last."""
    numbered = list(enumerate(steps, 1))
    if len(numbered) > SHOWN:
        numbered[SHOWN - 1 : -1] = []
    cells = [_cell(number, step) for number, step in numbered]
    wide = ROOM[0]
    columns = min(range(1, len(cells) + 1), key=lambda count: abs(_shape(cells, count) - SHAPE), default=1)
    rows = [cells[start : start + columns] for start in range(0, len(cells), columns)]
    heights = [max(cell.height for cell in row) for row in rows]
    size = columns * (wide + GAP) + GAP, sum(heights) + GAP * (len(rows) + 1)
    whole = Image.new("RGB", size, PAPER)
    top = GAP
    for row, height in zip(rows, heights, strict=True):
        for column, cell in enumerate(row):
            whole.paste(cell, (GAP + column * (wide + GAP), top))
        top += height + GAP
    return whole


def _shape(cells: Sequence[Image.Image], columns: int) -> float:
    """Return about how much wider than high the whole is in so many columns."""
    high = sum(cell.height + GAP for cell in cells) / columns
    return columns * (ROOM[0] + GAP) / high


def _cell(number: int, step: Step) -> Image.Image:
    """Return a step's picture, in a frame, under its name and above its caption."""
    picture = image_of(step.picture)
    picture = scaled(picture, min((ROOM[0] - 2) / picture.width, (ROOM[1] - 2) / picture.height, MOST))
    lines = wrapped(step.caption, font(CAPTION), ROOM[0])
    head, foot = extent(step.name, font(NAME))[1] + 8, extent("x", font(CAPTION))[1] + 2
    cell = Image.new("RGB", (ROOM[0], head + picture.height + 2 + 8 + foot * len(lines)), PAPER)
    pen = on(cell)
    pen.text((0, 0), str(number), SOFT, font(NAME))
    pen.text((extent(f"{number} ", font(NAME))[0] + 6, 0), step.name, INK, font(NAME))
    cell.paste(picture, (1, head + 1))
    pen.rectangle((0, head, picture.width + 1, head + picture.height + 1), outline=RULE)
    for row, line in enumerate(lines):
        pen.text((0, head + picture.height + 8 + row * foot), line, SOFT, font(CAPTION))
    return cell

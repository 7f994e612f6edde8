"""A picture with its answer drawn onto it: a box for each character, what it is, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from .paint import ANSWER, INK, PAPER, REJECTED, RULE, SOFT, extent, font, image_of, on, scaled, wrapped

if TYPE_CHECKING:
    from ..page.box import Box
    from ..page.source import Frame
    from .result import Line, Reading

HIGH = 96  # pixels that a character is drawn high at least, where the drawing doesn't become larger than ...
LARGEST = 2000  # ... this, across or down
MOST = 16  # times that a picture is enlarged
NARROW = 320  # pixels across at least, for the words below
LEGIBLE = 9  # pixels of the smallest letters
GAP, DASH = 16, 6  # pixels
CHIP = "#ffffffd8"  # behind letters, so that they can be read on any picture
Point = tuple[float, float]
Corners = tuple[float, float, float, float]  # of an outline: left, top, right, bottom


@dataclass(frozen=True)
class _Place:
    """Where the picture lies in the drawing: its corner, and the pixels of the drawing for one of the picture's."""

    left: int
    top: int
    scale: float

    def corners(self, box: Box) -> Corners:
        """Return where an outline around a box is drawn."""
        left, top, right, bottom = (self.scale * side for side in box)
        return self.left + left - 1, self.top + top - 1, self.left + right, self.top + bottom


def draw(frame: Frame, reading: Reading) -> Image.Image:
    """Return the picture with boxes, characters and confidences, and the answer below it.

    Answers are blue in solid boxes, what is rejected is orange in dashed ones.

    Args:
        frame: the picture.
        reading: what was read in it.
    """
    high = _height(reading) * frame.scale
    picture = image_of(frame.pixels)
    factor = max(1.0, min(HIGH / max(1.0, high or picture.height), LARGEST / max(picture.size), MOST))
    picture = scaled(picture, factor)
    above, below = (round(share * min(HIGH, high * factor)) + GAP for share in (0.6, 0.3))
    width = max(picture.width, NARROW) + 2 * GAP
    place = _Place((width - picture.width) // 2, above, factor * frame.scale)
    words = _words(reading, width - 2 * GAP)
    foot = above + picture.height + below
    drawing = Image.new("RGB", (width, foot + sum(step for *_, step in words) + GAP), PAPER)
    drawing.paste(picture, (place.left, above))
    pen = on(drawing)
    pen.rectangle((place.left - 1, above - 1, place.left + picture.width, above + picture.height), outline=RULE)
    for line in reading.lines:
        _line(pen, line, place, each=reading.kind != "page")
    for text, colour, size, step in words:
        pen.text((GAP, foot), text, colour, font(size))
        foot += step
    return drawing


def _height(reading: Reading) -> float:
    """Return how high a character of the picture is; 0 where there is none."""
    return median([digit.box.bottom - digit.box.top for digit in reading.digits] or [0])


def _line(pen: ImageDraw.ImageDraw, line: Line, place: _Place, *, each: bool) -> None:
    """Draw the characters of a line, with the confidence of each below it, or that of the whole line after it."""
    left, top, right, bottom = place.corners(line.box)
    tall = median([digit.box.bottom - digit.box.top for digit in line.digits] or [line.box.bottom - line.box.top])
    size = round(0.5 * min(HIGH, tall * place.scale))
    small = max(LEGIBLE, round(0.4 * size))
    for digit in line.digits:
        rejected = digit.rejected or line.rejected
        box, colour = place.corners(digit.box), _colour(rejected)
        middle = (box[0] + box[2]) / 2
        _box(pen, box, dashed=rejected)
        _label(pen, digit.label, (middle, min(top, box[1]) - 1), "above", colour, size)
        if each:
            _label(pen, f"{digit.confidence:.0%}", (middle, max(bottom, box[3]) + 3), "below", colour, small)
    if not line.digits:
        _box(pen, (left, top, right, bottom), dashed=line.rejected)
    if not each:
        text = line.reason if line.rejected else f"{line.confidence:.0%}"
        _label(
            pen, text, (right + 6, (top + bottom) / 2), "after", _colour(line.rejected), max(LEGIBLE, round(0.6 * size))
        )


def _colour(rejected: bool) -> str:
    return REJECTED if rejected else ANSWER


def _box(pen: ImageDraw.ImageDraw, box: Corners, *, dashed: bool) -> None:
    if not dashed:
        pen.rectangle(box, outline=ANSWER, width=2)
        return
    left, top, right, bottom = box
    for start, end in _dashes(left, right):
        pen.rectangle((start, top, end, top + 1), REJECTED)
        pen.rectangle((start, bottom - 1, end, bottom), REJECTED)
    for start, end in _dashes(top, bottom):
        pen.rectangle((left, start, left + 1, end), REJECTED)
        pen.rectangle((right - 1, start, right, end), REJECTED)


def _dashes(start: float, end: float) -> list[tuple[float, float]]:
    """Return where the dashes of a dashed line begin and end, one at both its ends."""
    pieces = 2 * max(1, round((end - start) / DASH / 2)) + 1
    long = (end - start) / pieces
    return [(start + piece * long, start + (piece + 1) * long) for piece in range(0, pieces, 2)]


def _label(pen: ImageDraw.ImageDraw, text: str, at: Point, where: str, colour: str, size: int) -> None:  # noqa: PLR0917
    """Write onto a chip that lies above, below or after a point; nothing where it would be too small to read."""
    if size < LEGIBLE:
        return
    left, top, right, bottom = pen.textbbox((0, 0), text, font(size))
    wide, high = right - left + 4, bottom - top + 4
    x, y = {
        "above": (at[0] - wide / 2, at[1] - high),
        "below": (at[0] - wide / 2, at[1]),
        "after": (at[0], at[1] - high / 2),
    }[where]
    pen.rounded_rectangle((x, y, x + wide, y + high), 2, fill=CHIP)
    pen.text((x + 2 - left, y + 2 - top), text, colour, font(size))


def _words(reading: Reading, width: int) -> list[tuple[str, str, int, int]]:
    """Return what stands below the picture: lines of text, each with its colour, size, and the step to the next."""
    large, small = 26, max(15, width // 90)
    parts = []
    if len(reading.lines) == 1 and (text := reading.lines[0].text):
        fits = max(LEGIBLE, min(large, int(large * width / max(1, font(large).getlength(text)))))
        parts.append((text, _colour(reading.lines[0].rejected), fits))
    colour = SOFT if reading.lines else INK
    parts += [(line, colour, small) for line in wrapped(about(reading), font(small), width)]
    return [(text, colour, size, extent(text, font(size))[1] + 6) for text, colour, size in parts]


def about(reading: Reading) -> str:
    """Return in words what a reading is, and how sure."""
    if reading.error:
        return reading.error
    if not reading.lines:
        return f"blank, {reading.confidence:.1%} sure"
    rejected = sum(line.rejected for line in reading.lines)
    if len(reading.lines) > 1:
        left_out = f", {rejected} of them rejected" if rejected else ""
        return f"{len(reading.lines)} lines{left_out}, the least sure {reading.confidence:.1%}"
    return (
        f"rejected: {reading.reason}, {reading.confidence:.1%} sure" if rejected else f"{reading.confidence:.1%} sure"
    )

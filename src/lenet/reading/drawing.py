"""A picture with its answer drawn onto it: a box for each character, what it is, and how sure that is."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from .paint import ANSWER, INK, PAPER, REJECTED, RULE, SOFT, extent, font, image_of, on, scaled

if TYPE_CHECKING:
    from ..page.box import Box
    from ..page.source import Frame
    from .result import Line, Reading

HIGH = 64  # pixels that a character is drawn high at least, where the drawing doesn't become larger than ...
LARGEST = 2000  # ... this, across or down
MOST = 16  # times that a picture is enlarged
LEGIBLE = 9  # pixels of the smallest letters
CHIP = "#ffffffd8"  # behind letters, so that they can be read on any picture
Corners = tuple[float, float, float, float]


def draw(frame: Frame, reading: Reading) -> Image.Image:
    """Return the picture with boxes, characters and confidences, and the answer below it.

    Answers are blue in solid boxes, what is rejected is orange in dashed ones.

    Args:
        frame: the picture.
        reading: what was read in it.
    """
    picture = image_of(frame.pixels)
    factor = _factor(picture, [digit.box for digit in reading.digits], frame.scale)
    margin = round(0.9 * _height(reading, factor * frame.scale)) + 4
    width = max(round(picture.width * factor), 240) + 2 * margin
    words = _Words(reading, width)
    high = round(picture.height * factor)
    drawing = Image.new("RGB", (width, high + 2 * margin + words.height), PAPER)
    left = (width - round(picture.width * factor)) // 2
    drawing.paste(scaled(picture, factor), (left, margin))
    pen = on(drawing)
    pen.rectangle((left - 1, margin - 1, left + round(picture.width * factor), margin + high), outline=RULE)
    for line in reading.lines:
        _line(pen, line, factor * frame.scale, (left, margin), each=reading.kind != "page")
    words.write(pen, high + 2 * margin)
    return drawing


def _factor(picture: Image.Image, boxes: list[Box], scale: float) -> float:
    """Return how many times the picture is enlarged: characters become ``HIGH``, as far as there is room."""
    characters = [(box.bottom - box.top) * scale for box in boxes] or [picture.height]
    room = LARGEST / max(picture.size)
    return max(1.0, min(HIGH / max(1.0, median(characters)), room, MOST))


def _height(reading: Reading, scale: float) -> float:
    """Return how high characters are drawn, limited to what labels need."""
    heights = [(digit.box.bottom - digit.box.top) * scale for digit in reading.digits]
    return min(HIGH, median(heights)) if heights else 0


def _line(pen: ImageDraw.ImageDraw, line: Line, scale: float, corner: tuple[int, int], *, each: bool) -> None:
    """Draw the characters of a line, with the confidence of each, or that of the whole line after it."""
    left, top = corner
    high = (
        median([digit.box.bottom - digit.box.top for digit in line.digits] or [line.box.bottom - line.box.top]) * scale
    )
    size = round(min(0.6 * high, 0.6 * HIGH))
    for digit in line.digits:
        box = _moved(digit.box, scale, left, top)
        colour = REJECTED if digit.rejected or line.rejected else ANSWER
        _box(pen, box, colour, dashed=digit.rejected or line.rejected)
        middle = (box[0] + box[2]) / 2
        _label(pen, digit.label, (middle, box[1] - 2), "above", colour=colour, size=size)
        if each:
            _label(
                pen, f"{digit.confidence:.0%}", (middle, box[3] + 2), "below", colour=colour, size=round(0.45 * size)
            )
    box = _moved(line.box, scale, left, top)
    colour = REJECTED if line.rejected else ANSWER
    if not line.digits:
        _box(pen, box, colour, dashed=line.rejected)
    if not each:
        text = line.reason if line.rejected else f"{line.confidence:.0%}"
        _label(
            pen, text, (box[2] + 4, (box[1] + box[3]) / 2), "after", colour=colour, size=max(LEGIBLE, round(0.6 * size))
        )


def _moved(box: Box, scale: float, left: int, top: int) -> Corners:
    """Return where a box of the picture is in the drawing; its outline lies around what is in it."""
    return left + box[0] * scale - 1, top + box[1] * scale - 1, left + box[2] * scale, top + box[3] * scale


def _box(pen: ImageDraw.ImageDraw, box: Corners, colour: str, *, dashed: bool) -> None:
    if not dashed:
        pen.rectangle(box, outline=colour, width=2)
        return
    left, top, right, bottom = box
    for start, end in (((left, top), (right, top)), ((left, bottom), (right, bottom))):
        _dashes(pen, start, end, colour)
    for start, end in (((left, top), (left, bottom)), ((right, top), (right, bottom))):
        _dashes(pen, start, end, colour)


def _dashes(
    pen: ImageDraw.ImageDraw, start: tuple[float, float], end: tuple[float, float], colour: str, dash: float = 6
) -> None:
    """Draw a dashed line, dashes at both its ends."""
    (x, y), (to_x, to_y) = start, end
    pieces = 2 * max(1, round(max(abs(to_x - x), abs(to_y - y)) / dash / 2)) + 1
    for piece in range(0, pieces, 2):
        a, b = piece / pieces, (piece + 1) / pieces
        pen.line((x + a * (to_x - x), y + a * (to_y - y), x + b * (to_x - x), y + b * (to_y - y)), colour, 2)


def _label(pen: ImageDraw.ImageDraw, text: str, at: tuple[float, float], where: str, *, colour: str, size: int) -> None:
    """Write onto a chip that lies above, below or after a point; nothing where it would be too small to read."""
    if size < LEGIBLE:
        return
    letters = font(size)
    left, top, right, bottom = pen.textbbox((0, 0), text, letters)
    wide, high = right - left + 4, bottom - top + 4
    x, y = {
        "above": (at[0] - wide / 2, at[1] - high),
        "below": (at[0] - wide / 2, at[1]),
        "after": (at[0], at[1] - high / 2),
    }[where]
    pen.rounded_rectangle((x, y, x + wide, y + high), 2, fill=CHIP)
    pen.text((x + 2 - left, y + 2 - top), text, colour, letters)


class _Words:
    """The answer in words, as lines of text below the picture."""

    SIZES = 22, 14  # of the answers, and of what is said about them
    MOST = 3  # answers that are spelt out

    def __init__(self, reading: Reading, width: int) -> None:
        answers = [(line.text, REJECTED if line.rejected else ANSWER) for line in reading.lines[: self.MOST]]
        self._parts = [(text, colour, self._fitting(text, width, self.SIZES[0])) for text, colour in answers if text]
        remark = about(reading)
        self._parts.append((remark, SOFT if reading.lines else INK, self._fitting(remark, width, self.SIZES[1])))

    @staticmethod
    def _fitting(text: str, width: int, size: int) -> int:
        """Return the size at which a text fits, if it is legible there."""
        return max(LEGIBLE, min(size, int(size * (width - 16) / max(1, extent(text, font(size))[0]))))

    @property
    def height(self) -> int:
        return 16 + sum(extent(text, font(size))[1] + 6 for text, _, size in self._parts)

    def write(self, pen: ImageDraw.ImageDraw, top: int) -> None:
        for text, colour, size in self._parts:
            pen.text((8, top), text, colour, font(size))
            top += extent(text, font(size))[1] + 6


def about(reading: Reading) -> str:
    """Return in words what a reading is, and how sure."""
    if reading.error:
        return reading.error
    if not reading.lines:
        return f"blank, {reading.confidence:.1%} sure"
    rejected = [line for line in reading.lines if line.rejected]
    count = len(reading.lines)
    if count > 1:
        left_out = f", {len(rejected)} of them rejected" if rejected else ""
        return f"{count} lines{left_out}, the least sure {reading.confidence:.1%}"
    if rejected:
        return f"rejected: {reading.reason}, {reading.confidence:.1%} sure"
    return f"{reading.confidence:.1%} sure"

"""RapidOCR's recogniser alone, on the whole picture: its own answer, and with all but digits forbidden."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidocr import RapidOCR
from rapidocr.ch_ppocr_rec import TextRecInput

from .base import DIGITS, Answer, Reader, opened

BLANK = 0  # the class of CTC that is no character


class Rapid(Reader):
    """Its own answer, of which the digits are taken: it can say that a picture holds a letter."""

    name = "RapidOCR, its answer"
    packages = ("rapidocr", "onnxruntime", "opencv-python", "opencv-python-headless")
    note = "the recogniser alone, with the model in its package; the digits of its answer"

    def __init__(self, threads: int) -> None:
        super().__init__(threads)
        settings = {
            "Global.log_level": "error",
            "Global.use_det": False,
            "Global.use_cls": False,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
        }
        whole = RapidOCR(params=settings)
        whole(np.full((48, 320, 3), 255, np.uint8))  # its parts are loaded when they are first used
        self.recogniser: Any = whole.text_rec

    def one(self, path: Path, line: bool) -> Answer:
        """Read a picture; nothing is told of what it holds."""
        found = self.recogniser(TextRecInput(img=pixels(path)))
        text = "".join(character for character in found.txts[0] if character in DIGITS)
        return Answer(text, float(found.scores[0])) if text else Answer()


class RapidDigits(Rapid):
    """Each place of its output is the likeliest digit, or none: the other 18,000 characters are out of the question."""

    name = "RapidOCR, digits only"
    note = "the recogniser alone, with the model in its package; its output restricted to digits and CTC's blank"

    def __init__(self, threads: int) -> None:
        super().__init__(threads)
        characters = self.recogniser.postprocess_op.character
        self.columns = [BLANK, *(characters.index(digit) for digit in DIGITS)]
        _, self.high, self.wide = self.recogniser.rec_image_shape

    def one(self, path: Path, line: bool) -> Answer:
        """Read a picture as digits."""
        picture = pixels(path)
        ratio = max(self.wide / self.high, picture.shape[1] / picture.shape[0])
        batch = self.recogniser.resize_norm_img(picture, ratio)[None].astype(np.float32)
        return collapsed(self.recogniser.session(batch)[0][:, self.columns])


def collapsed(probabilities: NDArray[np.float32]) -> Answer:
    """Return the answer of CTC's best path: repeats are one, blanks are none; as sure as its digits are on average.

    Args:
        probabilities: (places, 11), the blank first; of a row that needn't add up to 1.
    """
    best = probabilities.argmax(axis=1)
    starts = np.flatnonzero((best != BLANK) & (best != np.concatenate([[BLANK], best[:-1]])))
    if not len(starts):
        return Answer()
    sure = probabilities[starts, best[starts]].mean()
    return Answer("".join(DIGITS[place - 1] for place in best[starts]), float(sure))


def pixels(path: Path) -> NDArray[np.uint8]:
    """Return a picture as OpenCV has it: uint8 (rows, columns, 3), blue first; over white where it is transparent."""
    return np.ascontiguousarray(np.asarray(opened(path))[:, :, ::-1])

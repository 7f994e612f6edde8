"""What comes out of reading."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from stand_in import reading_of

from lenet.page.box import Box
from lenet.reading import Digit, Line, Reading

LINE = Line("42", 0.95, Box(0, 0, 20, 10), (Digit("4", 0.99, Box(0, 0, 9, 10)), Digit("2", 0.96, Box(10, 0, 20, 10))))
REJECTED = Line("7", 0.3, Box(0, 20, 9, 30), (Digit("7", 0.3, Box(0, 20, 9, 30), True),), True, "unsure", (("1", 0.2),))


def test_a_page_s_text_has_a_line_each_and_an_empty_one_where_it_is_rejected():
    page = Reading((LINE, REJECTED, LINE), rejected=True, reason="unsure")
    assert page.text == str(page) == "42\n\n42"
    assert [digit.label for digit in page.digits] == list("42742")
    assert page.confidence == 0.3
    assert (REJECTED.text, REJECTED.answer, LINE.answer) == ("7", "", "42")


def test_a_blank_picture_is_as_sure_as_it_is_blank():
    blank = Reading(rejected=True, reason="blank", blank=0.98)
    assert (blank.text, blank.digits, blank.confidence) == ("", (), 0.98)


def test_a_picture_that_failed_is_no_answer():
    failed = Reading.failed("there is no file x.png", "x.png")
    assert (failed.text, failed.rejected, failed.reason, failed.confidence) == ("", True, "", 0)
    assert failed.to_dict()["error"] == "there is no file x.png"


def test_a_document_of_it_by_hand():
    document = Reading((REJECTED,), "a.png", 2, (100, 50), "line", True, "unsure", 0.01234567).to_dict()
    assert json.loads(json.dumps(document)) == {
        "file": "a.png", "page": 2, "size": [100, 50], "kind": "line", "text": "", "confidence": 0.3,
        "rejected": True, "reason": "unsure", "error": "", "seconds": 0.0123,
        "lines": [{
            "text": "7", "confidence": 0.3, "box": [0, 20, 9, 30], "rejected": True, "reason": "unsure",
            "alternatives": [{"text": "1", "probability": 0.2}],
            "digits": [{
                "label": "7", "confidence": 0.3, "box": [0, 20, 9, 30], "rejected": True, "alternatives": [],
            }],
        }],
    }  # fmt: skip


def test_numpy_s_numbers_go_into_json():
    import numpy as np

    one = np.float32(0.5)
    digit = Digit("1", one, Box(*np.arange(4)), np.bool_(True), (("7", one),))  # type: ignore[arg-type]
    line = Line("1", one, Box(*np.arange(4)), (digit,), np.bool_(False), "", (("7", one),))  # type: ignore[arg-type]
    document = Reading((line,), size=(np.int64(3), np.int64(4)), seconds=one, rejected=np.bool_(True)).to_dict()  # type: ignore
    again = json.loads(json.dumps(document))
    assert again["lines"][0]["digits"][0]["rejected"] is True
    assert again["lines"][0]["alternatives"] == [{"text": "7", "probability": 0.5}]


def test_the_documentation_shows_every_name():
    page = (Path(__file__).parents[2] / "docs" / "reading.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```json\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    assert names(json.loads(shown)) == names(reading_of([1]).to_dict())


def names(document):
    """Return the names in a document, with those inside of each."""
    if isinstance(document, dict):
        return {name: names(inside) for name, inside in document.items()}
    if isinstance(document, list) and document and isinstance(document[0], dict):
        return names(document[0])
    return None


@pytest.mark.parametrize("rejected", [False, True])
def test_the_stand_in_reads_as_it_says(rejected):
    reading = reading_of([4, 2], rejected)
    assert reading.text == ("" if rejected else "42")

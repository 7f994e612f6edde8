import json

import pytest

from bench.agree import Agreement
from bench.rounds import Spread
from bench.table import BEGIN, END, Report, number, write_between
from bench.tasks import Measured, Row, Unit
from lenet.errors import LenetError


def report() -> Report:
    ours = Row("lenet", 60_032, (2e-5, 1e-5, 4e-5), Spread(1.2, 0.6, 2.4), 0.404, 1.0)
    theirs = Row("Other", 512, (2e-4,), Spread(12.0, 12.0, 1234.5), None, None)
    return Report(
        machine={"processor": "Abacus"},
        versions={"Python": "3.10", "other": "1.2"},
        threads=2,
        rounds=3,
        digits="made up",
        notes={"Other": "as it comes"},
        skipped={"jax": "not installed; pip install jax"},
        agreements=[Agreement("Other", "tanh-same", 1.2e-7, None)],
        measured=[Measured("Training", "seconds a pass", (ours, theirs), (100e9, 120e9, 110e9))],
    )


def test_markdown():
    assert report().markdown() == """\
- processor: Abacus
- versions: Python 3.10, other 1.2
- threads: 2
- limit: 110 billion multiply-adds a second in all (100 to 120, 3 runs)
- digits: made up
- 3 runs of each system at each task, by turns: their median, lowest and highest
- Other: as it comes
- `jax` was left out: not installed; pip install jax

### Answers

| system | network | largest difference of a score | of the change of a weight in training |
| :-- | :-- | --: | --: |
| Other | `tanh-same` | 1e-07 |  |

### Training

| system | seconds a pass | lowest to highest | share of the limit | times lenet's time | digits a run |
| :-- | --: | --: | --: | --: | --: |
| lenet | 1.20 | 0.600 to 2.40 | 40.4% | 1.00 | 60,032 |
| Other | 12.0 | 12.0 to 1,230 |  |  | 512 |
"""  # fmt: skip


def test_json_holds_every_run():
    values = json.loads(json.dumps(report().json()))
    assert values["measured"][0]["rows"][0]["seconds"] == [2e-5, 1e-5, 4e-5]
    assert values["threads"] == 2


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.01234, "0.0123"), (1.0, "1.00"), (12.34, "12.3"), (99.99, "100"), (123.4, "123"), (123456.0, "123,000")],
)
def test_number(value, text):
    assert number(value) == text


def test_units():
    assert Unit.PASS.of(2e-5) == pytest.approx(1.2)
    assert Unit.RATE.of(2e-5) == pytest.approx(50_000)
    assert Unit.EACH.of(2e-5) == pytest.approx(20)


def test_write_between_replaces_what_was_there(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    for text in ("first\n", "second\n"):
        write_between(page, text)
    assert page.read_text() == f"before\n{BEGIN}\n\nsecond\n\n{END}\nafter\n"
    assert list(tmp_path.iterdir()) == [page]


@pytest.mark.parametrize("text", ["", BEGIN, f"{END}\n{BEGIN}\n", f"{BEGIN}{BEGIN}{END}", f"{BEGIN}{END}{END}"])
def test_write_between_needs_both_marks(tmp_path, text):
    page = tmp_path / "page.md"
    page.write_text(text)
    with pytest.raises(LenetError, match="once each"):
        write_between(page, "new")
    assert page.read_text() == text


def test_write_between_needs_a_page(tmp_path):
    with pytest.raises(LenetError, match="can't be read"):
        write_between(tmp_path / "none.md", "new")

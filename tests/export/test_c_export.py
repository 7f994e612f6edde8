"""``lenet export x.h``: names, what is refused, and the command."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from compiling import STRICT, compiled
from onnx_runs import small

import lenet
from lenet.errors import LenetError
from lenet.export.c import text
from lenet.model import Ensemble


@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("lenet5", "lenet5"),
        ("relu-3x3", "relu_3x3"),
        ("5 digits", "n5_digits"),
        ("数字", "network"),
        ("__A__b", "a_b"),
        ("int", "int"),
    ],
)
def test_identifiers(name, identifier):
    assert text.identifier(name) == identifier


def test_any_file_name_compiles(tmp_path):
    for name in ('9 lives; "x".h', "数字.h"):
        written = lenet.export.write("lenet1", tmp_path / name)
        source = tmp_path / "plain.h"
        shutil.copy(written.path, source)
        guard = written.facts["prefix"].upper()
        test = compiled(source, flags=(*STRICT, f"-D{guard}_SELF_TEST", "-x", "c"))
        assert subprocess.run([test], check=False, capture_output=True).returncode == 0


def test_names_of_layers_stay_apart():
    assert text.distinct(["input", "C-1", "c_1", "for", "predict", "c_1_weight"]) == [
        "input",
        "c_1",
        "nc_1",
        "for_",
        "npredict",
        "nnc_1_weight",
    ]


def test_comments_end_where_they_should():
    assert text.comment("a */ b /* c ??/") == "/* a * / b / * c ? ?/ */"


REFUSALS = {
    "an ensemble": (
        lambda: Ensemble([lenet.load("lenet1")] * 2),
        {},
        "for one network, but 2 x lenet1 is an ensemble of 2; give one model",
    ),
    "data for float32": (
        lambda: "lenet1",
        {"data": "mnist"},
        "--data is what int8 is calibrated on; float32 needs none",
    ),
    "no data": (
        lambda: "lenet1",
        {"int8": True, "data": "nowhere/"},
        "no pictures to calibrate lenet1 on: .*nowhere.*; or give another by --data",
    ),
    "no data known": (
        lambda: small("tables"),
        {"int8": True},
        "small doesn't say what it was trained on; give a data set to calibrate it on by --data",
    ),
    "other pictures": (
        lambda: small("channels"),
        {"int8": True, "data": ...},
        r"small reads pictures of \(3, 8, 8\), but those of digits.npz are \(1, 28, 28\)",
    ),
    "a layer": (
        lambda: small("contrast norm, 5"),
        {"int8": True},
        "layer N1 of 'small' is a LocalContrastNorm, which isn't offered in whole numbers",
    ),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_refusals(tmp_path, digits, what):
    model, options, message = REFUSALS[what]
    options = {name: digits if value is ... else value for name, value in options.items()}
    with pytest.raises(LenetError, match=message):
        lenet.export(model(), tmp_path / "x.h", **options)
    assert not list(tmp_path.iterdir())


def test_a_full_disk(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(LenetError, match=r"x.h can't be written: No space left on device"):
        lenet.export("lenet1", tmp_path / "x.h")
    assert not list(tmp_path.iterdir())


def test_command(tmp_path, monkeypatch, capsys, digits):
    from lenet.cli import main

    monkeypatch.chdir(tmp_path)

    def command(*arguments):
        with pytest.raises(SystemExit) as exit_:
            main([*map(str, arguments)])
        assert exit_.value.code == 0
        return capsys.readouterr().out

    assert "lenet1.h: lenet1" in command("export", "lenet1.h")
    facts = json.loads(command("export", "lenet1-int8.h", "--int8", "--data", digits, "--json"))
    assert facts["prefix"] == "lenet1_int8" and facts["test"]["count"] == 40
    told = json.loads(command("evaluate", "lenet1", "--int8", "--data", digits, "--json"))
    assert told["model"] == "lenet1 (int8)" and told["wrong"] == facts["test"]["int8"]


def test_the_pages_examples_compile(tmp_path):
    page = Path(__file__).parents[2] / "docs" / "plain-c.md"
    example, timing = re.findall(r"```c\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    lenet.export("lenet5", tmp_path / "lenet5.h")
    source = tmp_path / "yours.c"
    source.write_text(
        f"{example}\nint main(void) {{\n  static uint8_t paper[784];\n  return read_digit(paper) > 9;\n}}\n"
    )
    assert subprocess.run([compiled(source)], check=False).returncode == 0
    source.write_text(timing.replace("500", "1"))
    assert subprocess.check_output([compiled(source)], text=True).endswith(" us\n")

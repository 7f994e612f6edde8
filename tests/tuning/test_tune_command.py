"""``lenet tune``: what it prints, draws and writes, and what it refuses."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pytest
from small_space import RANGES, SPACE

from lenet.cli import main
from lenet.tuning import search


@pytest.fixture
def command(capsys, monkeypatch):
    monkeypatch.setattr("lenet.report.plot.DOTS", 30)

    def run(*arguments):
        with pytest.raises(SystemExit) as exit_:
            main(["tune", *map(str, arguments)])
        return exit_.value.code, *capsys.readouterr()

    return run


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    path = tmp_path_factory.mktemp("space") / "space.toml"
    path.write_text(SPACE + RANGES)
    return path


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return tmp_path_factory.mktemp("searches") / "one"


def test_a_search_ends_with_a_table_figures_and_a_file_to_train(command, space, digits_file, out):
    options = ("--workers", 1, "--trials", 12, "--seeds", 2)
    code, text, progress = command(space, "--data", digits_file, "--out", out, *options)
    assert code == 0
    lines = progress.splitlines()
    assert len(lines) == 12 and "(the best)" in lines[0] and "  12/12  " in lines[-1]
    assert text.startswith("12 trials: ") and "combinations that don't fit were left out, such as:" in text
    assert "trial validation other seeds parameters multiply-adds seconds settings" in " ".join(text.split())
    assert text.count("±") == 3
    assert "what mattered" in text and "is chosen; test error" in text
    for name in ("history", "importances", "settings"):
        assert f"drawn: {out / name}.png" in text and (out / f"{name}.png").read_bytes()[:4] == b"\x89PNG"
    assert f"lenet train {out / 'best.toml'}" in text


def test_what_there_is_already_is_printed_as_one_document(command, out):
    code, text, _ = command("--resume", out, "--workers", 1, "--json")
    assert code == 0
    document = json.loads(text)
    trained = [trial for trial in document["trials"] if trial["state"] in {state.value for state in search.TRAINED}]
    assert len(trained) == 12 and document["folder"] == str(out)
    assert document["best"]["error"] == min(trial["error"] for trial in trained if trial["error"] is not None)
    assert 0 <= document["test"]["error"] < 1 and abs(sum(document["importances"].values()) - 1) < 1e-6
    assert [path.rsplit("/", 1)[1] for path in document["figures"]] == [
        "history.png",
        "importances.png",
        "settings.png",
    ]


def test_a_search_without_an_end_says_so(command, space, digits_file, tmp_path):
    code, text, _ = command(space, "--data", digits_file, "--workers", 1, "--minutes", 0, "--out", tmp_path / "none")
    assert code == 0 and "no trial came to its end" in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "give a SPACE.toml to search, or --resume FOLDER"),
        (("space.toml", "--resume", "x"), "give a SPACE.toml to search, or --resume FOLDER"),
        (("space.toml", "--ray-address", "auto"), "--ray-address goes with --ray"),
        (("space.toml", "--trials", "0"), "0 is not in the range"),
    ],
)
def test_what_does_not_go_together_is_a_wrong_command_line(command, arguments, words):
    code, _, errors = command(*arguments)
    assert code == 2 and words in errors


def test_a_space_that_is_not_there(command, tmp_path):
    code, _, errors = command(tmp_path / "none.toml")
    assert code == 1 and "none.toml: can't read the file: No such file or directory" in errors


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_says_how_to_go_on(space, digits_file, tmp_path, workers):
    out = tmp_path / "stopped"
    arguments = ["tune", space, "--data", digits_file, "--trials", 2000, "--out", out, "--workers", workers]
    running = subprocess.Popen(
        [sys.executable, "-m", "lenet", *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert running.stderr is not None
    while "/2000" not in running.stderr.readline():
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    text, errors = running.communicate(timeout=60)
    assert running.returncode == 130
    assert f"stopped; go on by: lenet tune --resume {out}" in errors and "Traceback" not in errors
    assert "not yet at the end" in text or "trials: " in text


@pytest.mark.parametrize("package", ["optuna", "matplotlib"])
def test_a_missing_package_comes_with_one_extra(command, space, monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    code, _, error = command(space)
    assert code == 1 and f'needs {package}, which isn\'t installed: pip install "lenet[tune]"' in error

"""The program itself: help, exit codes, what goes wrong, streams."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys

import pytest

from lenet import zoo
from lenet.cli import program as program_module
from lenet.cli.program import program

OPTIONAL = (
    "matplotlib",
    "onnx",
    "onnxruntime",
    "optuna",
    "pandas",
    "pyarrow",
    "ray",
    "sklearn",
    "tensorboard",
    "torch",
)
HEAVY = ("numpy", "scipy", "rich", "PIL", "safetensors", "urllib.request", "lenet.engine", "lenet.training", *OPTIONAL)


def commands(group, prefix=()):
    for name, command in group.commands.items():
        yield (*prefix, name), command
        yield from commands(command, (*prefix, name)) if hasattr(command, "commands") else ()


COMMANDS = dict(commands(program))


def test_the_command_line_imports_nothing_heavy():
    code = f"import sys, lenet.cli.program; print([name for name in {HEAVY!r} if name in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


@pytest.mark.parametrize("arguments", ["--help", "train --help", "models", "summary lenet5", "--version"])
def test_nor_do_the_quick_commands(arguments):
    code = (
        "import sys\nfrom lenet.cli import main\ntry:\n    main(sys.argv[1:])\nexcept SystemExit:\n"
        f"    print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments.split()], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_no_arguments_print_the_help(lenet):
    answer = lenet()
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == lenet("--help").out
    assert all(name in answer.out for (name, *_) in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS, ids=" ".join)
def test_every_command_has_examples_that_parse(lenet, name):
    answer = lenet(*name, "--help")
    assert answer.code == 0
    examples = answer.out.partition("Examples:\n")[2].strip().splitlines()
    assert examples
    assert max(map(len, answer.out.splitlines())) <= 80
    for example in examples:
        words = example.partition(">")[0].split()
        words = words[words.index("lenet") + 1 :]
        command = program
        while words and words[0] in getattr(command, "commands", ()):
            command = command.commands[words.pop(0)]
        assert command is COMMANDS[name] or command in getattr(COMMANDS[name], "commands", {}).values()
        command.make_context("lenet", words)


def test_version(lenet):
    from lenet.version import version

    assert lenet("--version").out == f"lenet {version()}\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sumary"], "No such command 'sumary'"),
        (["train", "--passs", "3"], "No such option"),
        (["train", "--passes", "many"], "'many' is not a valid integer"),
        (["train", "--passes", "0"], "0 is not in the range x>=1"),
        (["train", "--rate", "0"], "0.0 is not in the range x>0"),
        (["train", "--validate", "1"], "is not in the range 0<x<1"),
        (["train", "--resume", "x", "--seed", "1"], "--resume goes on with the settings that the run began with"),
        (["predict"], "Missing argument"),
        (["summary", "lenet5", "--toml", "--markdown"], "one at a time"),
        (["completion", "csh"], "'csh' is not one of"),
    ],
)
def test_a_wrong_command_line_exits_with_2(lenet, arguments, words):
    answer = lenet(*arguments)
    assert answer.code == 2
    assert words in answer.err
    assert "Traceback" not in answer.err
    answer = lenet(*arguments, "--json")
    assert answer.code == 2
    assert json.loads(answer.out).keys() == {"error"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["summary", "lenet6"], "there is no network 'lenet6'; did you mean lenet5"),
        (["summary", "none.toml"], "none.toml: can't read the file"),
        (["summary", "folder/none"], "there is no file"),
        (["train", "lenet6"], "there is no network 'lenet6'"),
        (
            ["train", "--recipe", "bset"],
            "lenet5 has no recipe 'bset'; it has: default, published, distorted, best, robust",
        ),
        (["train", "d2l", "--recipe", "distorted"], "d2l has no recipe 'distorted'; it has: default, published"),
        (["train", "--data", "mnits"], "there is no data set 'mnits'; did you mean mnist?"),
        (["train", "--data", "none.npz"], "there is no file or folder none.npz"),
        (["train", "--resume", "none"], "none isn't the folder of a run"),
        (["evaluate", "lenet6"], "there is no trained network 'lenet6'"),
        (["evaluate", "none.safetensors"], "there is no file none.safetensors"),
        (["predict", "x.png", "--model", "none/run"], "there is no file"),
        (["data", "fetch", "mnits"], "there is no data set 'mnits'"),
        (["data", "show", "./none"], "there is no file or folder none"),
    ],
)
def test_a_mistake_exits_with_1_and_is_told_in_a_line(lenet, monkeypatch, tmp_path, arguments, words):
    monkeypatch.chdir(tmp_path)
    answer = lenet(*arguments)
    assert answer.code == 1
    assert answer.out == ""
    assert answer.err.startswith("lenet: ") and answer.err.count("\n") == 1
    assert words in answer.err
    assert not list(tmp_path.iterdir())
    answer = lenet(*arguments, "--json")
    assert answer.code == 1
    assert words in json.loads(answer.out)["error"]


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (MemoryError(), 1, "there is not enough memory; a smaller --batch"),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "x"), 1, "the disk is full: x; make room"),
        (PermissionError(errno.EACCES, "Permission denied", "x"), 1, "Permission denied: x"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (
            ZeroDivisionError("division by zero"),
            70,
            "this is a bug in lenet: ZeroDivisionError: division by zero (line",
        ),
    ],
)
def test_what_nobody_foresaw(lenet, monkeypatch, error, code, words):
    class Broken(dict):
        def items(self):
            raise error

    monkeypatch.setattr(zoo, "ZOO", Broken())
    answer = lenet("models")
    assert answer.code == code
    assert words in answer.err
    assert "Traceback" not in answer.err
    assert words in json.loads(lenet("models", "--json").out)["error"]


def test_a_bug_shows_its_traceback_where_that_is_wanted(lenet, monkeypatch):
    monkeypatch.setattr(zoo, "ZOO", None)
    short = lenet("models").err
    assert "LENET_DEBUG=1" in short and "Traceback" not in short
    monkeypatch.setenv(program_module.DEBUG, "1")
    assert "Traceback (most recent call last)" in lenet("models").err


def test_a_reader_that_leaves_is_no_error(start, digits):
    running = start("data", "show", digits, "--count", "600")
    assert running.stdout is not None and running.stderr is not None
    running.stdout.readline()
    running.stdout.close()
    assert running.stderr.read() == b""
    assert running.wait(timeout=60) == 1
    running.stderr.close()


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_terminal_that_is_not_utf_8_gets_ascii(process, encoding, digits):
    answer = process("data", "show", digits, env={"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"})
    assert answer.code == 0
    assert answer.out.isascii()
    assert "@" in answer.out


def test_names_that_the_stream_cant_write_are_written_anyhow(process, seven, run):
    strange = seven.rename(seven.with_name("€ \udcff.png"))
    answer = process("predict", strange, "--model", run, env={"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"})
    assert answer.code == 0
    assert r"\u20ac \udcff.png: 7" in answer.out


def test_warnings_are_told_in_a_line(lenet, monkeypatch):
    import warnings

    monkeypatch.setattr(zoo, "ZOO", {})
    monkeypatch.setattr("lenet.cli.models.print_json", lambda _: warnings.warn("the cache is full", stacklevel=1))
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        answer = lenet("models", "--json")
    assert answer.err == "lenet: the cache is full\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(lenet, shell):
    assert "_LENET_COMPLETE" in lenet("completion", shell).out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("lenet su", "summary"),
        ("lenet summary ca", "caffe"),
        ("lenet train --da", "--data"),
        ("lenet data show gl", "glyphs"),
    ],
)
def test_a_shell_completes_commands_options_and_names(process, words, expected):
    count = str(len(words.split()) - 1)
    answer = process(env={"_LENET_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": count})
    assert f"plain,{expected}\n" in answer.out

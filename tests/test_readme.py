"""What the READMEs and docs promise: examples run, commands parse, links and folders exist, both languages agree."""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path

import click
import pytest

from lenet import load, weights, written, zoo
from lenet.cli.program import program

ROOT = Path(__file__).parents[1]
ENGLISH, CHINESE = ROOT / "README.md", ROOT / "README.zh.md"
READMES = (ENGLISH, CHINESE)
PAGES = (*READMES, *sorted((ROOT / "docs").glob("*.md")))
NAMES = {page: str(page.relative_to(ROOT)) for page in PAGES}

every_readme = pytest.mark.parametrize("page", READMES, ids=NAMES.get)
every_page = pytest.mark.parametrize("page", PAGES, ids=NAMES.get)


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def commands(page: Path) -> list[list[str]]:
    """Return the command lines of ``lenet`` in a page, in blocks and within lines, comments and output left out."""
    text = page.read_text(encoding="utf-8")
    fenced = r"^```\w*\n(.*?)^```$"
    within = re.findall(r"`(lenet [^`]*)`", re.sub(fenced, "", text, flags=re.DOTALL | re.MULTILINE))
    lines = [
        line.removeprefix("$ ")
        for block in re.findall(fenced, text, re.DOTALL | re.MULTILINE)
        for line in re.split(r"\n| && ", block)
        if line.startswith("$ ") or "$ " not in block
    ]
    found = [line for line in (*within, *lines) if line.startswith("lenet ")]
    return [list(arguments(line)) for line in found]


def arguments(line: str) -> list[str]:
    """Return what follows ``lenet``, up to a comment, a redirection or a second column."""
    words = shlex.split(re.split(r"  +", line)[0], comments=True)[1:]
    return words[: words.index(">")] if ">" in words else words


def parse(words: list[str]) -> None:
    """Parse a command line and run nothing; raise ``click.UsageError`` where it is wrong."""
    command: click.Command = program
    while isinstance(command, click.Group) and words:
        found = command.get_command(click.Context(command), words[0])
        if found is None:
            raise click.UsageError(f"no such command: {words[0]}")
        command, words = found, words[1:]
        if not words:
            return  # a command's name, as prose has it
    command.make_context(command.name, words)


@every_page
def test_commands_parse(page):
    for words in commands(page):
        if words and words[0] not in ("COMMAND", "--help"):
            parse(words)


def test_a_wrong_command_is_seen():
    for wrong in (["trian"], ["train", "--sede", "1"], ["data", "look"]):
        with pytest.raises(click.UsageError):
            parse(wrong)


def test_the_readme_names_commands():
    names = {words[0] for words in commands(ENGLISH)}
    assert set(program.commands) - {"completion"} <= names


def test_both_readmes_name_the_same_commands():
    assert sorted(commands(ENGLISH)) == sorted(commands(CHINESE))


def test_both_readmes_have_the_same_examples():
    trees = [[ast.dump(ast.parse(block)) for block in blocks(page, "python")] for page in READMES]
    assert trees[0] == trees[1]
    for language in ("toml", "bibtex"):
        assert blocks(ENGLISH, language) == blocks(CHINESE, language)


def test_both_readmes_have_the_same_figures_and_links():
    figures = [re.findall(r"\d[\d,.]*\d|\d", "\n".join(rows(page))) for page in READMES]
    assert sorted(figures[0]) == sorted(figures[1])
    links, translated = (re.findall(r"\]\(([^)]*)\)", page.read_text(encoding="utf-8")) for page in READMES)
    assert {link for link in links if "README" not in link} == {link for link in translated if "README" not in link}


def rows(page: Path) -> list[str]:
    return [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("|")]


@pytest.mark.parametrize("example", blocks(ENGLISH, "python"), ids=lambda text: text.split("\n")[0])
def test_the_python_examples_run(example, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LENET_CACHE", str(tmp_path / "cache"))
    assert '"mnist"' in example
    exec(compile(example.replace('"mnist"', '"glyphs"'), NAMES[ENGLISH], "exec"), {})
    assert (tmp_path / "runs").is_dir()


def test_the_toml_example_is_a_network(tmp_path):
    (example,) = blocks(ENGLISH, "toml")
    path = tmp_path / "mine.toml"
    path.write_text(example, encoding="utf-8")
    row = written.read(path)
    assert (row.network["S2"].layer.size, row.recipe.passes) == (2, 10)
    assert type(row.network["S2"].layer).__name__ == "MaxPool"


@every_readme
def test_the_table_of_networks_is_the_zoo(page):
    listed = re.findall(r"^\| `([\w-]+)` \| ([\d,]+) \|", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert dict(listed) == {name: f"{entry.network.parameters:,}" for name, entry in zoo.ZOO.items()}


@every_readme
def test_the_errors_are_those_of_the_weights(page):
    rows_ = re.findall(r"^\| `([\w-]+)` \|.*\| ([\d.]*%?) \|$", page.read_text(encoding="utf-8"), re.MULTILINE)
    told = {name: error for name, error in rows_ if error}
    assert told == {name: f"{load(name).metrics['test']['error']:.2%}" for name in weights.names()}


@every_page
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)\s]*)\)", page.read_text(encoding="utf-8")):
        if link.startswith(("http://", "https://")):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def anchors(page: Path) -> set[str]:
    """Return the names by which headings are linked to: lower case, no punctuation, dashes for spaces."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@every_page
def test_files_and_folders_exist(page):
    """A path in code type, of a folder of the project's, is there."""
    for path in re.findall(r"`((?:src|native|tests|bench|docs)/[\w/.-]*)`", page.read_text(encoding="utf-8")):
        assert (ROOT / path).exists(), path
        assert path.endswith("/") == (ROOT / path).is_dir(), path


@every_readme
def test_nothing_is_left_to_fill_in(page):
    assert not re.search(r"TODO|TBD|XXX|RESULTS|<!--", page.read_text(encoding="utf-8"))

"""Figures: their files, their look, and what is said where they can't be drawn."""

from __future__ import annotations

import sys

import matplotlib
import pytest

from lenet.errors import LenetError
from lenet.report import plot


def drawn(path):
    with plot.style():
        figure = plot.new_figure(2, 1)
        figure.subplots().plot([0, 1], [0, 1], color=plot.colour(0), marker=plot.mark(0))
        plot.save(figure, path)
    return path.read_bytes()


@pytest.mark.parametrize(("name", "begins"), [("a.png", b"\x89PNG"), ("a.svg", b"<?xml"), ("a.PDF", b"%PDF")])
def test_a_figure_is_written_as_its_name_says_and_the_same_each_time(tmp_path, name, begins):
    data = drawn(tmp_path / name)
    assert data.startswith(begins)
    assert drawn(tmp_path / name) == data
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_the_look_is_ours_within_and_the_users_afterwards():
    with matplotlib.rc_context({"font.size": 3, "axes.facecolor": "red"}):
        with plot.style():
            assert matplotlib.rcParams["font.size"] == 10
            assert matplotlib.rcParams["axes.facecolor"] == "white"
        assert matplotlib.rcParams["font.size"] == 3


def test_nothing_of_pyplot_is_loaded(tmp_path):
    drawn(tmp_path / "a.png")
    assert "matplotlib.pyplot" not in sys.modules


def test_lines_beyond_the_last_colour_begin_anew():
    assert plot.colour(len(plot.COLOURS)) == plot.colour(0)
    assert plot.mark(len(plot.MARKS) + 1) == plot.mark(1)
    assert len(set(plot.COLOURS)) == len(plot.COLOURS) == len(plot.MARKS)


def test_paths_that_no_figure_can_be_written_to(tmp_path):
    (tmp_path / "folder.png").mkdir()
    for path, words in [
        (tmp_path / "a.jpg", r"must end in one of .png, .svg, .pdf"),
        (tmp_path / "folder.png", "is a folder"),
        (tmp_path / "none" / "a.png", "there is no folder"),
    ]:
        with pytest.raises(LenetError, match=words):
            plot.check(path)


def test_without_matplotlib_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(LenetError, match=r'pip install "lenet\[report\]"'):
        plot.check(tmp_path / "a.png")
    with pytest.raises(LenetError, match="matplotlib"), plot.style():
        pass

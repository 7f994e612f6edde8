"""Processes that work side by side: answers in order, errors told, none left behind."""

from __future__ import annotations

import os
import pickle
import sys

import process_work
import pytest

from lenet import processes
from lenet.errors import LenetError
from lenet.processes import Died, Process, each, side_by_side


@pytest.mark.parametrize("workers", [1, 3])
def test_answers_come_in_order(workers):
    assert list(each(process_work.multiply, 10, range(20), workers)) == list(range(0, 200, 10))


def test_they_are_other_processes_with_one_thread_each():
    answers = list(each(process_work.about, None, range(4), 2))
    assert len({pid for pid, _ in answers} - {os.getpid()}) in (1, 2)
    assert {threads for _, threads in answers} == {"1"}


def test_where_who_asked_is_gone_nothing_is_said(capfd):
    process = Process(process_work.particular)
    assert process.ask("") is None
    pipes = process._process
    pipes.stdout.close()  # as a kill does
    pickle.dump(1, pipes.stdin)
    pipes.stdin.flush()
    assert pipes.wait(60) == 1
    process.end()
    assert capfd.readouterr().err == ""


def test_an_error_is_told_and_what_is_printed_does_no_harm(capfd):
    process = Process(process_work.particular)
    assert process.ask("loud") is None
    assert process.ask(1) == 1
    with pytest.raises(LenetError, match="not 13"):
        process.ask(13)
    assert process.ask(2) == 2  # it goes on
    process.end()
    assert "printed" in capfd.readouterr().err
    process = Process(process_work.particular)
    with pytest.raises(LenetError, match="I don't begin"):
        process.ask("no")
    process.end()
    for workers in (1, 2):
        with pytest.raises(LenetError, match="not 13"):
            list(each(process_work.particular, "", [1, 13, 2], workers))


def test_one_that_dies_is_told_of(monkeypatch):
    process = Process(process_work.particular)
    process.ask("")
    with pytest.raises(Died, match="was ended by SIGKILL"):
        process.ask("die")
    process.end()
    with pytest.raises(LenetError, match="beside this one was ended by SIGKILL; fewer leave each more memory"):
        list(each(process_work.particular, "", [1, "die"], 2))
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(LenetError, match="No such file"):
        list(each(process_work.particular, "", [1], 2))


def test_stopping_ends_them():
    answers = each(process_work.about, None, range(4), 2)
    pid, _ = next(answers)
    answers.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_questions_come_in_several_rounds():
    with side_by_side(process_work.multiply, 2, 2) as answers:
        begun = answers(range(10))
        assert [next(begun), next(begun)] == [0, 2]
        assert list(answers(range(3))) == [0, 2, 4]  # whatever was left of the round before
        assert list(answers([])) == []


def test_without_a_python_to_begin_this_one_does_it(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert [pid for pid, _ in each(process_work.about, None, range(2), 2)] == [os.getpid()] * 2
    assert processes.cores() >= 1


def test_they_work_at_the_same_time(tmp_path):
    assert list(each(process_work.meet, tmp_path, range(2), 2)) == [True, True]

"""Threads around and below the native engine: the interpreter's lock, many callers, forks, and how many there are."""

import multiprocessing
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from small_networks import CASES, Pair, losses, on

from lenet import _native
from lenet.engine.native import NativeEngine
from lenet.engine.state import State
from lenet.errors import LenetError
from lenet.recipe import SGD, Recipe


def test_the_lock_is_released():
    """While one thread is within a call that makes 30,000 updates, another one gets its turns."""
    pair = Pair(*CASES["distances"])
    data, begun, done = pair.data(32), threading.Event(), threading.Event()
    order = np.tile(np.arange(32), 30_000)
    state, recipe = State.fresh(pair.flat, SGD()), Recipe(batch=32)

    def work():
        begun.set()
        rates = np.full(30_000, 1e-6, np.float32)
        pair.natives[0].train(state, *data, order, recipe, pass_=0, rates=rates)
        done.set()

    worker = threading.Thread(target=work)
    worker.start()
    begun.wait()
    turns = 0
    while not done.wait(0.001):
        turns += 1
    worker.join()
    assert turns > 10


def test_several_callers_at_once():
    pairs = [Pair(*CASES[name], threads=2) for name in ("tables", "distances", "MaxPool, 3 by 2", "130 classes")]
    jobs = [(pair, *pair.data(count)) for pair in pairs for count in (1, 70, 333)] * 4

    def answers(job):
        pair, images, labels = job
        state = State.fresh(pair.flat, SGD(momentum=0.5))
        recipe = Recipe(optimiser=SGD(momentum=0.5), batch=20, loss=losses(pair.network)[0])
        rates = np.full(-(-len(images) // 20), 0.01, np.float32)
        native = pair.natives[0]
        native.train(state, images, labels, np.arange(len(images)), recipe, pass_=0, rates=rates)
        _, _, gradient = native.gradient(pair.flat, images, labels, losses(pair.network)[0])
        return native.scores(pair.flat, images).tobytes() + gradient.tobytes() + state.flat.tobytes()

    alone = [answers(job) for job in jobs]
    interval = sys.getswitchinterval()
    try:
        sys.setswitchinterval(1e-5)
        with ThreadPoolExecutor(6) as callers:
            assert list(callers.map(answers, jobs)) == alone
    finally:
        sys.setswitchinterval(interval)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems don't fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_computes_too():
    pair = Pair(*CASES["tables"], threads=3)
    images, labels = pair.data(200)
    right = pair.natives[0].scores(pair.flat, images)  # its threads are there now, and won't be in the child
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)

    def child():
        fresh = NativeEngine(pair.network, pair.reference.preparation, threads=3)
        _, _, gradient = pair.natives[0].gradient(pair.flat, images, labels, losses(pair.network)[0])
        sender.send((pair.natives[0].scores(pair.flat, images), fresh.scores(pair.flat, images), gradient))

    process = context.Process(target=child)
    process.start()
    try:
        assert receiver.poll(60), "the child hangs"
        same, fresh, gradient = receiver.recv()
    finally:
        process.join(10)
        process.kill()
    np.testing.assert_array_equal(same, right)
    np.testing.assert_array_equal(fresh, right)
    np.testing.assert_array_equal(
        gradient, pair.natives[0].gradient(pair.flat, images, labels, losses(pair.network)[0])[2]
    )
    np.testing.assert_array_equal(pair.natives[0].scores(pair.flat, images), right)  # and the parent still does


def engine(**threads):
    pair = Pair(*CASES["kernel 1"])
    return NativeEngine(pair.network, pair.reference.preparation, **threads)


@pytest.mark.parametrize("text", ["1", "3", " 2", "1024"])
def test_the_environment_says_how_many_threads(monkeypatch, text):
    monkeypatch.setenv("LENET_THREADS", text)
    assert engine().threads == int(text)
    assert engine(threads=5).threads == 5


@pytest.mark.parametrize("text", ["0", "-1", "abc", "2.5", "1025", "99999999999999999999", "3 cores", " "])
def test_a_number_of_threads_that_makes_no_sense(monkeypatch, text):
    monkeypatch.setenv("LENET_THREADS", text)
    message = f"environment variable LENET_THREADS must be a whole number from 1 to 1024, but is '{text}'"
    with pytest.raises(LenetError, match=message):
        engine()
    assert engine(threads=2).threads == 2


def test_without_a_word_all_processors_are_used(monkeypatch):
    monkeypatch.delenv("LENET_THREADS", raising=False)
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert engine().threads == min(allowed, 1024)
    monkeypatch.setenv("LENET_THREADS", "")
    assert engine().threads == min(allowed, 1024)


@pytest.mark.parametrize("threads", [0, -1, 1025, 2.0, "2"])
def test_threads_given_by_hand_are_checked(threads):
    with pytest.raises(LenetError, match=f"threads must be a whole number from 1 to 1024, but is {threads!r}"):
        engine(threads=threads)


def test_an_instruction_set_that_is_not_here(monkeypatch):
    monkeypatch.setenv("LENET_ISA", "nonsense")
    known = ", ".join(_native.available())
    with pytest.raises(LenetError, match=rf"LENET_ISA must name .* \(one of {known}\), but is 'nonsense'"):
        engine()
    monkeypatch.setenv("LENET_ISA", "")
    assert engine().isa == _native.available()[0]


def test_a_choice_holds_as_long_as_the_engine(monkeypatch):
    pair = Pair(*CASES["kernel 5"])
    slow = on("baseline", pair.network, pair.reference.preparation)
    monkeypatch.setenv("LENET_ISA", "nonsense")
    assert slow.isa == "baseline"
    assert slow.scores(pair.flat, pair.data(3)[0]).shape == (3, 4)

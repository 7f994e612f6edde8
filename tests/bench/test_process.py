import sys

import numpy as np
import pytest

from bench.__main__ import main
from bench.accuracy import EXACT, every, largest_error
from bench.process import peak_memory, told
from lenet.errors import LenetError
from lenet.network import Activation


def test_peak_memory_sees_what_a_child_holds():
    held = [
        peak_memory([sys.executable, "-c", f"x = bytearray({size}); x[::4096] = x[::4096]"]) for size in (1, 200 << 20)
    ]
    assert 190 << 20 < held[1] - held[0] < 210 << 20


def test_a_failing_child_is_told():
    with pytest.raises(LenetError, match=r"failed.*oh dear"):
        peak_memory([sys.executable, "-c", "import sys; sys.exit('oh dear')"])


def test_told():
    assert told([0.1, 0.3, 0.2]) == "200 ms (100 to 300, 3 runs)"


def test_largest_error_finds_the_place():
    exact = EXACT[Activation.TANH]

    def approximate(x):
        y = exact(x.astype(np.float64)).astype(np.float32)
        wrong = x == np.float32(0.5)
        return np.where(wrong, y + 3 * np.spacing(y), y)

    worst, place = largest_error(approximate, exact, stride=1 << 12)
    assert place == 0.5
    assert 2.5 <= worst <= 3.5


def test_largest_error_of_a_rounded_result_is_half_a_unit():
    worst, _ = largest_error(lambda x: np.tanh(x.astype(np.float64)).astype(np.float32), np.tanh, stride=10_007)
    assert 0.4 < worst <= 0.5 + 1e-6


def test_a_nan_is_the_largest_error():
    worst, place = largest_error(lambda x: np.where(x == 1, np.float32(np.nan), np.tanh(x)), np.tanh, stride=1 << 12)
    assert np.isnan(worst)
    assert place == 1


def test_every_covers_both_signs():
    points = np.concatenate(list(every(0.5, 2.0, stride=1 << 20)))
    assert points.min() < -1.8
    assert points.max() > 1.8
    assert len(points) == 2 * (2 << 23 >> 20)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["--threads", "100000"], "--threads must be from 1 to"), (["--systems", "torhc"], "did you mean torch")],
)
def test_mistakes_on_the_command_line(arguments, message, capsys):
    assert main(arguments) == 1
    assert message in capsys.readouterr().err

"""To a cluster, or not: what is told where there is none. No cluster is begun here."""

from __future__ import annotations

import socket
import sys

import pytest

from lenet.cluster import connected, connection, run_jobs
from lenet.errors import LenetError


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.delenv(connection.ADDRESS, raising=False)
    monkeypatch.setattr(connection, "REACH", 0.2)


def test_without_ray_the_command_that_installs_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(LenetError, match=r'pip install "lenet\[ray\]"'), connected():
        pass
    with pytest.raises(LenetError, match=r"working on many machines needs ray"):
        list(run_jobs(print, [1]))


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("nonsense", "is HOST:PORT, such as 10.0.0.1:6379, or auto or local, but is 'nonsense'"),
        ("host:many", "is HOST:PORT"),
        ("host:99999", "no Ray cluster answers at host:99999: "),
        ("nowhere.invalid:6379", "no Ray cluster answers at nowhere.invalid:6379: "),
        ("ray://127.0.0.1:9", "no Ray cluster answers at ray://127.0.0.1:9: Connection refused; begin one there by"),
    ],
)
def test_addresses_where_there_is_none(address, words, monkeypatch):
    with pytest.raises(LenetError, match=words), connected(address):
        pass
    monkeypatch.setenv(connection.ADDRESS, address)
    with pytest.raises(LenetError, match=words), connected():
        pass


def test_something_else_answers_there():
    """A port that takes connections and says nothing, as a firewall's may."""
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(LenetError, match="no Ray cluster answers"):
        server.close()
        with connected(f"127.0.0.1:{server.getsockname()[1]}" if server.fileno() >= 0 else "127.0.0.1:9"):
            pass

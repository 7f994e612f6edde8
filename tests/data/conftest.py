from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from lenet.data.dataset import Parts


@pytest.fixture(autouse=True)
def cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LENET_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "*")
    return tmp_path / "cache"


@pytest.fixture
def tiny() -> Parts:
    """12 pictures of 5x5 to train on and 6 to test on, of 3 classes; no picture is its own mirror image."""
    random = np.random.default_rng(1)
    images = random.integers(0, 256, (18, 5, 5), np.uint8)
    labels = (np.arange(18) % 3).astype(np.uint8)
    return Parts(images[:12], labels[:12], images[12:], labels[12:])


class Server:
    """A web server on this machine: what it has by path, and which paths were asked for."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.before: Callable[[str], None] = lambda path: None
        self.after: Callable[[], object] = lambda: None
        self.declared: int | None = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                outer.before(self.path)
                body = outer.files.get(self.path)
                self.send_response(200 if body is not None else 404)
                self.send_header("Content-Length", str(len(body or b"") if outer.declared is None else outer.declared))
                self.end_headers()
                self.wfile.write(body or b"")
                outer.after()

            def log_message(self, *arguments: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/"


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = threading.Thread(target=made.http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.http.shutdown()
    made.http.server_close()
    thread.join()

"""The documentation as a site: it builds without a warning, its links lead somewhere, every public name is in it."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

import lenet

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


class Page(HTMLParser):
    """Notes where a page leads, and where one can be led to in it."""

    def __init__(self, path: Path):
        super().__init__()
        self.links, self.places = set(), set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.links.add(value)
            if name == "id":
                self.places.add(value)


def test_every_public_name_is_in_the_reference():
    told = " ".join(path.read_text(encoding="utf-8") for path in (DOCS / "api").glob("*.md"))
    named = set(re.findall(r"auto(?:class|function|exception):: lenet\.(?:\w+\.)*(\w+)", told))
    modules = set(lenet._MODULES) | {"__version__"}
    missing = {name for name in dir(lenet) if name in lenet._HOME} - modules - named
    assert not missing, f"give these a place in docs/api/: {missing}"


@pytest.mark.slow
def test_it_builds_and_its_links_lead_somewhere(tmp_path):
    pytest.importorskip("sphinx")
    site = tmp_path / "site"
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "-d", str(tmp_path / "trees")]
    done = subprocess.run([*command, str(DOCS), str(site)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    pages = {path: Page(path) for path in site.rglob("*.html")}
    assert len(pages) > 15
    broken = [
        f"{path.relative_to(site)}: {link}"
        for path, page in pages.items()
        for link in page.links
        if not re.match(r"[a-z]+:", link) and not _leads(path, link, pages)
    ]
    assert not broken
    text = (site / "tutorial.html").read_text(encoding="utf-8")
    assert "A tour of LeNet-5" in text and 'class="highlight-python' in text


def _leads(path: Path, link: str, pages: dict[Path, Page]) -> bool:
    file, _, place = link.partition("#")
    target = (path.parent / unquote(file.partition("?")[0])).resolve() if file else path
    return target.exists() and (not place or target not in pages or unquote(place) in pages[target].places)

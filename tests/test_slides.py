"""Decks: one file each, nothing falls off, nothing is asked of a network."""

import html
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

import tasks
from textgen_helpers.settings import ROOT
from textgen_helpers.style import PALETTE
from tools import browser

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PROBE = (ROOT / "tests" / "deck_probe.js").read_text(encoding="utf-8")
EARLY = """<head><script>
window.errors = [];
addEventListener("error", (e) => errors.push(e.message || "no load"), true);
addEventListener("unhandledrejection", (e) => errors.push(String(e.reason)));
console.error = (...words) => errors.push(words.join(" "));
</script>"""
each_deck = pytest.mark.parametrize("name", [path.stem for path in NOTEBOOKS])
needs_browser = pytest.mark.skipif(
    not browser.find(), reason="no Chromium, Chrome or Edge is installed here"
)


@pytest.fixture(scope="module")
def decks() -> Path:
    """Make all decks with the command, and return their folder."""
    subprocess.run([sys.executable, "tasks.py", "slides"], cwd=ROOT, check=True)
    return ROOT / "build" / "slides"


@pytest.fixture
def make(tmp_path, decks):
    """Return a function from cells to the path of their deck."""

    def deck(*cells: tuple[str, str, str]) -> Path:
        notebook = nbformat.v4.new_notebook()
        for kind, slide, source in [("markdown", "slide", "# Own"), *cells]:
            new = getattr(nbformat.v4, f"new_{kind}_cell")
            meta = {"slideshow": {"slide_type": slide}}
            notebook.cells.append(new(source, metadata=meta))
        nbformat.write(notebook, tmp_path / "own.ipynb")
        command = ["-m", "tools.make_slides", tmp_path, tmp_path / "own.ipynb"]
        python = tasks.ensure_slides()
        subprocess.run([python, *command], cwd=ROOT, check=True)
        return tmp_path / "own.html"

    return deck


def walk(path: Path, folder: Path) -> dict[str, Any]:
    """Step through a deck in a browser, and return what the probe found."""
    page = path.read_text(encoding="utf-8").replace("<head>", EARLY, 1)
    page += f"<script>{PROBE}</script>"
    probed = folder / "probed.html"
    probed.write_text(page, encoding="utf-8")
    # Of its height, the browser keeps some for the bars that nobody sees.
    shown = browser.run(probed.as_uri(), "--window-size=1280,900", "--dump-dom")
    (report,) = re.findall(r"<pre>(.*)</pre>", shown, flags=re.S)
    return json.loads(html.unescape(report))


@needs_browser
@each_deck
def test_nothing_falls_off_a_slide(name, decks, tmp_path) -> None:
    found = walk(decks / f"{name}.html", tmp_path)
    assert found["scale"] == 1  # all pixels are those of 1280 x 720
    assert found["wrong"] == []
    assert found["seen"] == found["slides"] > 10
    assert found["shown"] == found["fragments"] > 10
    assert f"{int(name[:2])}. " in found["first"]
    assert "Recap" in found["last"]


@each_deck
def test_a_deck_is_one_small_file(name, decks) -> None:
    page = (decks / f"{name}.html").read_text(encoding="utf-8")
    assert len(page.encode()) < 4_000_000
    # What scripts would ask for, the walk sees.
    page = re.sub(r"<script>.*?</script>", "", page, flags=re.S)
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=\"(?!data:)", page)
    assert not re.search(r"@import|url\((?!data:)", page)


@each_deck
def test_a_deck_has_notes_and_no_solution(name, decks) -> None:
    page = (decks / f"{name}.html").read_text(encoding="utf-8")
    assert page.count('<aside class="notes">') >= 7
    assert "For the instructor: " in page
    for hidden in ("<details>", "Your code.", "begin_lesson(", "guess = "):
        assert hidden not in page


@needs_browser
def test_formulas_need_no_mathjax(make, tmp_path) -> None:
    path = make(
        ("markdown", "fragment", "Each $z_t$ costs \\$5, as in `$x$`."),
        ("markdown", "subslide", "$$h_t = z_t h_{t-1}$$\n\n$5 or $6"),
        ("markdown", "skip", "$skipped$"),
    )
    page = path.read_text(encoding="utf-8")
    assert page.count("<math") == 2 and 'display="block"' in page
    assert "<code>$x$</code>" in page and "$5 or $6" in page
    assert walk(path, tmp_path)["formulas"] == 2


def test_links_lead_to_decks_or_nowhere(make) -> None:
    words = "[Next](02_model.ipynb), a [batch](glossary.md#batch)."
    page = make(("markdown", "fragment", words)).read_text(encoding="utf-8")
    assert '<a href="02_model.html">Next</a>, a batch.' in page


@needs_browser
def test_the_probe_sees_what_falls_off(make, tmp_path) -> None:
    wide, small = "x" * 200, '<span style="font-size: 12px">small</span>'
    lost = "<img src='nowhere.png' alt='too short'>"
    path = make(
        ("code", "subslide", "\n".join(["print()"] * 60)),
        ("code", "subslide", wide),
        ("markdown", "subslide", f"{small} {lost}"),
    )
    wrong = "\n".join(walk(path, tmp_path)["wrong"])
    for part in ("pixels high", "cut off", "12 pixels: small", "is missing"):
        assert part in wrong


@needs_browser
def test_a_deck_can_be_printed(make) -> None:
    path = make(("markdown", "subslide", "Two"), ("markdown", "slide", "Three"))
    pdf = browser.print_pdf(path).read_bytes()
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 3


def test_without_a_browser_it_is_said(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(browser, "find", lambda: "")
    with pytest.raises(OSError, match="No Chromium, Chrome or Edge is here"):
        browser.print_pdf(tmp_path / "deck.html")


def test_colours_are_those_of_the_figures() -> None:
    style = ROOT / "tools" / "templates" / "deck" / "deck.css"
    named = re.findall(r"--(?:blue|orange|green): (#\w+);", style.read_text())
    assert named == PALETTE[:3]

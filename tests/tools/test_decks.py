"""Decks: one file each, nothing falls off, nothing needs a network."""

import html
import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tools import course_notebooks
from tools.slides import browser, build

PROBE = Path(__file__).with_name("deck_probe.js").read_text(encoding="utf-8")
EARLY = """<head><script>
window.errors = [];
addEventListener("error", (e) => errors.push(e.message || "no load"), true);
addEventListener("unhandledrejection", (e) => errors.push(String(e.reason)));
console.error = (...words) => errors.push(words.join(" "));
</script>"""
each_deck = pytest.mark.parametrize(
    "name", [path.stem for path in course_notebooks()]
)
needs_browser = pytest.mark.skipif(
    not browser.find(), reason="no Chromium, Chrome or Edge is installed here"
)


@pytest.fixture(scope="module")
def decks(tmp_path_factory) -> Path:
    """Make all decks, and return their folder."""
    folder = tmp_path_factory.mktemp("slides")
    assert build.main([str(folder)]) == 0
    return folder


@pytest.fixture
def make(tmp_path):
    """Return a function from cells to the path of their deck."""

    def deck(*cells: tuple[str, str, str]) -> Path:
        notebook = nbformat.v4.new_notebook()
        for kind, slide, source in [("markdown", "slide", "# Own"), *cells]:
            new = getattr(nbformat.v4, f"new_{kind}_cell")
            cell = new(source)
            if slide:
                cell.metadata["slideshow"] = {"slide_type": slide}
            notebook.cells.append(cell)
        path = tmp_path / "own.ipynb"
        nbformat.write(notebook, path)
        assert build.main([str(tmp_path), str(path)]) == 0
        return path.with_suffix(".html")

    return deck


def walk(path: Path, folder: Path) -> dict[str, Any]:
    """Step through a deck in a browser, and return what the probe reports."""
    page = path.read_text(encoding="utf-8").replace("<head>", EARLY, 1)
    page += f"<script>{PROBE}</script>"
    probed = folder / "probed.html"
    probed.write_text(page, encoding="utf-8")
    # The browser keeps some of the height for bars that nobody sees.
    dom = browser.run(probed.as_uri(), "--window-size=1280,900", "--dump-dom")
    (report,) = re.findall(r"<pre>(.*)</pre>", dom, flags=re.S)
    return json.loads(html.unescape(report))


@needs_browser
@each_deck
def test_nothing_falls_off_a_slide(name, decks, tmp_path) -> None:
    report = walk(decks / f"{name}.html", tmp_path)
    assert report["scale"] == 1  # all pixels are those of 1280 x 720
    assert report["wrong"] == []
    assert report["seen"] == report["slides"] > 10
    assert report["shown"] == report["fragments"] > 10
    assert f"{int(name[:2])}. " in report["first"]
    assert "Recap" in report["last"]


@each_deck
def test_a_deck_is_one_small_file(name, decks) -> None:
    page = (decks / f"{name}.html").read_text(encoding="utf-8")
    assert len(page.encode()) < 4_000_000
    # What scripts would load is seen when a browser steps through.
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


def test_decks_are_of_the_course_s_notebooks(decks) -> None:
    names = sorted(path.stem for path in decks.iterdir())
    assert names == [path.stem for path in course_notebooks()]


@needs_browser
def test_a_cell_without_a_place_stays_on_its_slide(make, tmp_path) -> None:
    path = make(
        ("code", "subslide", "x = 1"), ("code", "", ""), ("code", "", "y = 2")
    )
    report = walk(path, tmp_path)
    assert report["wrong"] == [] and report["slides"] == 2
    assert "y = 2" in report["last"]


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

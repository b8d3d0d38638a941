"""The plans of INSTRUCTORS.md are those of the decks."""

import re

import nbformat
import pytest

from textgen_helpers.settings import ROOT

TEXT = (ROOT / "INSTRUCTORS.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d) \| (.+) \| (\d+) \|$", TEXT, flags=re.M)
EXERCISES = re.findall(r"notebook (\d), \*(.+?)\*", TEXT)
HOMEWORK = re.findall(r"\*([^*]+)\* \(notebook (\d)", TEXT)
EXERCISES += [(number, name) for name, number in HOMEWORK]


def cells(number: str) -> list[nbformat.NotebookNode]:
    (path,) = (ROOT / "notebooks").glob(f"0{number}_*.ipynb")
    return nbformat.read(path, as_version=4).cells


def minutes(number: str) -> dict[str, int]:
    """Return the minutes of each section of a notebook, by its heading."""
    sections, heading = {}, ""
    for cell in cells(number):
        if cell.metadata.slideshow.slide_type == "slide":
            heading = cell.source.partition("\n")[0].lstrip("# ")
        note = re.match(r"<details><summary>For the.*: (\d+) min", cell.source)
        if note:
            sections[heading] = int(note[1])
    return sections


@pytest.mark.parametrize(("number", "names", "total"), ROWS)
def test_a_plan_s_sections_take_its_minutes(number, names, total) -> None:
    known = minutes(number)
    assert sum(known[name] for name in names.split("; ")) == int(total)


@pytest.mark.parametrize("number", "1234567")
def test_each_deck_has_its_place_in_the_classes(number: str) -> None:
    assert any(number == row[0] for row in ROWS)


@pytest.mark.parametrize(("number", "name"), EXERCISES)
def test_the_exercises_exist(number: str, name: str) -> None:
    words = "\n".join(cell.source for cell in cells(number))
    assert re.search(rf"^\*\*\d\. {re.escape(name)}\b", words, flags=re.M)


def test_each_class_fits_its_time() -> None:
    tables = [t for t in TEXT.split("\n\n") if t.startswith("| deck |")]
    times = [map(int, re.findall(r" (\d+) \|$", t, re.M)) for t in tables]
    totals = list(map(sum, times))
    for total, length in zip(totals, (90, 60, 60, 60, 60), strict=True):
        assert total <= length

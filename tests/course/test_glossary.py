"""Each technical word is explained, and linked where it is first used."""

import nbformat
import pytest

from textgen_helpers.settings import ROOT
from tools.notebooks.student import is_note

from .glossary import ENTRIES, FORMS, TEXT, uses

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def body(path) -> list[str]:
    """Return a notebook's prose for students, after title and aims."""
    words = [
        cell.source
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "markdown" and not is_note(cell)
    ]
    return words[2:]


def test_it_is_in_alphabetical_order() -> None:
    terms = [line[3:] for line in TEXT.splitlines() if line.startswith("## ")]
    assert terms == sorted(terms, key=str.casefold) == list(ENTRIES)


def test_no_word_has_two_entries() -> None:
    forms = [f for f in TEXT.splitlines() if f.startswith("Also: ")]
    words = [w for f in forms for w in f.removeprefix("Also: ").split(", ")]
    assert len(FORMS) == len(words) + len(ENTRIES)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_term_is_linked_at_its_first_use(path) -> None:
    known: set[str] = set()
    for text in body(path):
        for term, is_linked in uses(text):
            assert is_linked or term in known, f"{term!r} in: {text}"
            known.add(term)
    assert known


def test_every_term_is_used() -> None:
    used = {t for path in NOTEBOOKS for x in body(path) for t, _ in uses(x)}
    assert set(ENTRIES) <= used

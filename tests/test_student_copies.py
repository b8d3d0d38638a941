"""Copies to hand out: nothing given away, nothing lost."""

import nbformat
import pytest

from textgen_helpers.settings import ROOT
from tools import student_copies
from tools.student_copies import is_hidden

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with the copies of all notebooks."""
    path = tmp_path_factory.mktemp("student")
    assert student_copies.main([str(path)]) == 0
    return path


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_copy_has_exercises_but_no_solution(path, folder) -> None:
    copy = nbformat.read(folder / path.name, as_version=4)
    nbformat.validate(copy)
    words = "\n".join(cell.source for cell in copy.cells)
    assert "Your code." in words and "## Exercises" in words
    assert "Solution" not in words and "**Say:**" not in words
    code = [cell for cell in copy.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code)
    assert "textgen" not in copy.metadata


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_all_else_is_as_it_was(path, folder) -> None:
    whole = nbformat.read(path, as_version=4).cells
    copy = nbformat.read(folder / path.name, as_version=4).cells
    kept = [cell.source for cell in whole if not is_hidden(cell)]
    assert [cell.source for cell in copy] == kept
    assert len(whole) - len(kept) > 8


def test_links_to_the_glossary_lead_somewhere(folder) -> None:
    assert (folder / "glossary.md").is_file()

"""Copies to hand out: nothing given away, nothing lost."""

import nbformat
import pytest

from tools import NOTEBOOKS, course_notebooks
from tools.notebooks import student
from tools.notebooks.student import is_note, make_copy

MISTAKE = "<details><summary>A common mistake</summary>\n\nSo.\n\n</details>"

PATHS = course_notebooks()
each_notebook = pytest.mark.parametrize(
    "path", PATHS, ids=[path.stem for path in PATHS]
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with the copies of all notebooks."""
    path = tmp_path_factory.mktemp("student")
    assert student.main([str(path)]) == 0
    return path


def is_solution(cell: nbformat.NotebookNode) -> bool:
    return "solution" in cell.metadata.get("tags", [])


@each_notebook
def test_a_copy_has_exercises_but_no_solution(path, folder) -> None:
    copy = nbformat.read(folder / path.name, as_version=4)
    nbformat.validate(copy)
    words = "\n".join(cell.source for cell in copy.cells)
    assert "Your code." in words and "## Exercises" in words
    assert "Solution" not in words and "**Say:**" not in words
    code = [cell for cell in copy.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code)
    assert "textgen" not in copy.metadata


@each_notebook
def test_all_else_is_as_it_was(path, folder) -> None:
    whole = nbformat.read(path, as_version=4).cells
    copy = nbformat.read(folder / path.name, as_version=4).cells
    expected = [
        cell.source
        for cell in whole
        if not is_solution(cell) and not is_note(cell)
    ]
    assert [cell.source for cell in copy] == expected
    assert len(whole) - len(expected) > 8


@each_notebook
def test_every_folded_solution_has_its_tag(path) -> None:
    for cell in nbformat.read(path, as_version=4).cells:
        is_folded = cell.source.startswith("<details><summary>Solution")
        assert is_folded == is_solution(cell), cell.source[:80]


def test_links_to_the_glossary_lead_somewhere(folder) -> None:
    assert (folder / "glossary.md").is_file()


def test_a_copy_is_without_outputs_and_what_is_not_for_students() -> None:
    output = nbformat.v4.new_output("stream", text="1")
    cells = [
        nbformat.v4.new_markdown_cell("words"),
        nbformat.v4.new_code_cell("1", outputs=[output], execution_count=3),
        nbformat.v4.new_markdown_cell(
            "answer", metadata={"tags": ["solution"]}
        ),
        nbformat.v4.new_code_cell("x", metadata={"tags": ["solution"]}),
        nbformat.v4.new_markdown_cell(
            "say", metadata={"slideshow": {"slide_type": "notes"}}
        ),
        nbformat.v4.new_markdown_cell(
            MISTAKE, metadata={"slideshow": {"slide_type": "notes"}}
        ),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["textgen"] = {"profile": "full"}
    copy = make_copy(notebook)
    assert [cell.source for cell in copy.cells] == ["words", "1", MISTAKE]
    assert copy.cells[1].outputs == []
    assert copy.cells[1].execution_count is None
    assert "textgen" not in copy.metadata


def test_other_notebooks_are_not_handed_out(tmp_path, monkeypatch) -> None:
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    (notebooks / "01_small.ipynb").write_bytes(PATHS[0].read_bytes())
    (notebooks / "Untitled.ipynb").touch()
    (notebooks / "glossary.md").touch()
    monkeypatch.setattr(student, "NOTEBOOKS", notebooks)
    student.main([str(tmp_path / "copies")])
    names = {path.name for path in (tmp_path / "copies").iterdir()}
    assert names == {"01_small.ipynb", "glossary.md"}
    assert (NOTEBOOKS / "glossary.md").is_file()

"""Which files are notebooks of the course, and which can be read."""

import nbformat
import pytest

from tools import ROOT, course_notebooks
from tools.notebooks import read_notebook


def test_other_notebooks_are_left_alone(tmp_path) -> None:
    names = ["02_model", "01_data_preparation"]
    strays = [
        "Untitled",
        "Untitled1",
        "01_data_preparation-Copy1",
        "my_02_model",
        "1_model",
    ]
    for name in [*names, *strays]:
        (tmp_path / f"{name}.ipynb").touch()
    (tmp_path / "03_notes.md").touch()
    found = [path.stem for path in course_notebooks(tmp_path)]
    assert found == sorted(names)


def test_the_course_has_seven_notebooks_or_more() -> None:
    numbers = [path.name[:2] for path in course_notebooks()]
    assert len(numbers) >= 7
    assert numbers == [f"{i + 1:02}" for i in range(len(numbers))]
    assert course_notebooks()[0].parent == ROOT / "notebooks"


@pytest.mark.parametrize("text", ["", "[]", "{}", "not JSON", '{"cells": 1}'])
def test_a_damaged_notebook_is_named(text, tmp_path) -> None:
    path = tmp_path / "01_small.ipynb"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"01_small.ipynb is not a notebook"):
        read_notebook(path)


def test_a_notebook_without_cells_is_named(tmp_path) -> None:
    path = tmp_path / "01_small.ipynb"
    nbformat.write(nbformat.v4.new_notebook(), path)
    with pytest.raises(ValueError, match=r"01_small.ipynb has no cells"):
        read_notebook(path)

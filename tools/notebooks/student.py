"""Write copies of the notebooks to hand out.

    python -m tools.notebooks.student FOLDER

They are without solutions (cells with the tag `solution`), outputs and notes
for the instructor; common mistakes stay. The copies take the place of the
notebooks of the same names.
"""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbconvert.preprocessors import (
    ClearOutputPreprocessor,
    TagRemovePreprocessor,
)

from .. import NOTEBOOKS, course_notebooks
from . import read_notebook
from .provenance import NAME

FOR_ALL = "<summary>A common mistake</summary>"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the copies, and beside them the glossary that they link to."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(arguments).folder
    folder.mkdir(parents=True, exist_ok=True)
    for path in course_notebooks(NOTEBOOKS):
        nbformat.write(make_copy(read_notebook(path)), folder / path.name)
        print(folder / path.name)
    shutil.copy(NOTEBOOKS / "glossary.md", folder)
    return 0


def make_copy(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Take out of a notebook what is not for students."""
    for preprocessor in (
        TagRemovePreprocessor(remove_cell_tags={"solution"}),
        ClearOutputPreprocessor(),
    ):
        notebook, _ = preprocessor.preprocess(notebook, {})
    notebook.cells = [cell for cell in notebook.cells if not is_note(cell)]
    notebook.metadata.pop(NAME, None)  # it describes the outputs
    return notebook


def is_note(cell: nbformat.NotebookNode) -> bool:
    """Tell whether a cell is a note for the instructor alone."""
    slide_type = cell.metadata.get("slideshow", {}).get("slide_type")
    return slide_type == "notes" and FOR_ALL not in cell.source


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError) as error:
        sys.exit(str(error))

"""Write copies of the notebooks to hand out.

    python -m tools.student_copies FOLDER

They are without solutions, outputs and the notes for the instructor. The
copies take the place of the notebooks of the same names.
"""

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

import nbformat

from . import NOTEBOOKS
from .provenance import NAME

GLOSSARY = "glossary.md"  # the notebooks link to it


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the copies, and the glossary beside them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(arguments).folder
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = bare(nbformat.read(path, as_version=4))
        nbformat.write(notebook, folder / path.name)
        print(folder / path.name)
    shutil.copy(NOTEBOOKS / GLOSSARY, folder)
    return 0


def bare(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Take out of a notebook what is not for students."""
    notebook.cells = [cell for cell in notebook.cells if not is_hidden(cell)]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    notebook.metadata.pop(NAME, None)  # it tells of the outputs
    return notebook


def is_hidden(cell: nbformat.NotebookNode) -> bool:
    """Say whether a cell is a solution or a note for the instructor."""
    slide = cell.metadata.get("slideshow", {}).get("slide_type")
    solution = cell.source.startswith("<details><summary>Solution")
    return slide == "notes" or solution


if __name__ == "__main__":
    raise SystemExit(main())

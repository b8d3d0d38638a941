"""Notebooks as files: run and stored, as pages, and to hand out."""

from pathlib import Path

import nbformat


def read_notebook(path: Path) -> nbformat.NotebookNode:
    """Read a notebook; raise ValueError if it is damaged or has no cells."""
    data = path.read_bytes()
    try:
        notebook = nbformat.reads(data.decode("utf-8"), as_version=4)
        cells = list(notebook.cells)
    except Exception as error:  # nbformat raises whatever fails first
        raise ValueError(
            f"{path} is not a notebook: it is empty or damaged."
        ) from error
    if not cells:
        raise ValueError(f"{path} has no cells.")
    return notebook

"""Notebooks as HTML pages, whose links lead to each other."""

import re
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter

TEMPLATES = Path(__file__).resolve().parent / "template"


def write(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write an executed notebook, and the same as an HTML page."""
    nbformat.write(notebook, path)
    write_page(notebook, path.with_suffix(".html"))


def write_glossary(glossary: Path, folder: Path) -> None:
    """Write the glossary, which the notebooks link to, as an HTML page."""
    words = glossary.read_text(encoding="utf-8")
    cell = nbformat.v4.new_markdown_cell(words)
    notebook = nbformat.v4.new_notebook(cells=[cell])
    write_page(notebook, folder / "glossary.html")


def write_page(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write a notebook as an HTML page, whose links lead to other pages."""
    exporter = HTMLExporter(
        template_name="page", extra_template_basedirs=[str(TEMPLATES)]
    )
    name = {"metadata": {"name": path.stem}}
    page, _ = exporter.from_notebook_node(notebook, resources=name)
    page = re.sub(r'href="(\w+)\.(ipynb|md)([#"])', r'href="\1.html\3', page)
    path.write_text(page, encoding="utf-8")

"""Make a deck of slides of every notebook, as one HTML file each.

    python -m tools.make_slides FOLDER [NOTEBOOK ...] [--pdf]

A deck holds all that it needs: reveal.js and its speaker view, our style,
pictures and formulas. It shows the outputs that are stored in the notebook.
With --pdf each deck is also printed, by a Chromium that is installed.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import nbformat
from latex2mathml.converter import convert
from nbconvert import SlidesExporter
from nbconvert.preprocessors import TagRemovePreprocessor
from pygments.formatters import HtmlFormatter

from . import NOTEBOOKS, TEMPLATES
from .browser import print_pdf

TEMPLATE = TEMPLATES / "deck"
REVEAL = files("sphinx_revealjs") / "_static" / "revealjs"
COLUMN, WIDTH = 44, 88  # characters in half a slide, and in a whole one
LINES, FEW = 18, 6  # of code and output together, and of output at least


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the decks; with --pdf print them too."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("notebooks", type=Path, nargs="*")
    parser.add_argument("--pdf", action="store_true")
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    for path in options.notebooks or sorted(NOTEBOOKS.glob("*.ipynb")):
        page = options.folder / f"{path.stem}.html"
        page.write_text(deck(path), encoding="utf-8")
        print(page, flush=True)
        if options.pdf:
            print(print_pdf(page), flush=True)
    return 0


def deck(path: Path) -> str:
    """Return a notebook as a page of slides."""
    notebook = prepare(nbformat.read(path, as_version=4))
    # Colours without IPython's own lexer, which comes with IPython only.
    language = {"name": "python", "pygments_lexer": "python3"}
    notebook.metadata["language_info"] = language
    exporter = SlidesExporter(
        template_name=TEMPLATE.name,
        extra_template_basedirs=[str(TEMPLATES)],
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
    exporter.register_preprocessor(
        TagRemovePreprocessor(remove_input_tags={"remove-input"}), enabled=True
    )
    page, _ = exporter.from_notebook_node(
        notebook, resources={"deck": parts(notebook)}
    )
    return page


def parts(notebook: nbformat.NotebookNode) -> dict[str, Any]:
    """Return a deck's title, styles and scripts, all as text."""
    colours = HtmlFormatter(style="default").get_style_defs(".highlight")
    scripts = [REVEAL / "dist" / "reveal.js"]
    scripts += [REVEAL / "plugin" / "notes" / "notes.js", TEMPLATE / "deck.js"]
    return {
        "title": notebook.cells[0].source.partition("\n")[0].strip("# "),
        "styles": [
            (REVEAL / "dist" / "reveal.css").read_text(encoding="utf-8"),
            colours,
            (TEMPLATE / "deck.css").read_text(encoding="utf-8"),
        ],
        # A script that ends inside a string would end the page's script.
        "scripts": [
            file.read_text(encoding="utf-8").replace("</script", r"<\/script")
            for file in scripts
        ],
    }


def prepare(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Add to a notebook what only slides need."""
    section = ""
    for cell in notebook.cells:
        kind = cell.metadata.get("slideshow", {}).get("slide_type", "-")
        heading = re.match(r"#+ (.+)", cell.source)
        if kind == "slide":
            section = heading[1] if heading else ""
        if kind == "subslide":
            cell.metadata.slideshow["data"] = {"section": section}
        if cell.cell_type == "markdown":
            cell.source = formulas(links(unfold(cell.source)))
            if cell.source.startswith("**Predict.**"):
                mark(cell, "question")
        elif cell.cell_type == "code":
            lay_out(cell)
    notebook.cells[0].metadata.slideshow["data"] = {"kind": "title"}
    return notebook


def lay_out(cell: nbformat.NotebookNode) -> None:
    """Shorten what a cell printed, and say where it stands on the slide."""
    pictures = [output for output in cell.outputs if "data" in output]
    if len(pictures) > 1:  # they fill the slide
        cell.outputs = pictures
        mark(cell, "several")
    printed = [output for output in cell.outputs if "text" in output]
    alone = "remove-input" in cell.metadata.get("tags", [])
    lines = "\n".join([cell.source, *(out.text for out in printed)])
    narrow = max(map(len, lines.splitlines())) <= COLUMN
    beside = bool(printed) and narrow and not pictures and not alone
    taken = -FEW if beside or alone else cell.source.count("\n")
    for output in printed:
        output.text = shorten(output.text, max(FEW, LINES - taken))
    if beside:
        mark(cell, "beside")
    elif alone and pictures and any(o.text.count("\n") > 2 for o in printed):
        mark(cell, "pair")


def shorten(printed: str, count: int) -> str:
    """Leave out the middle of what has too many lines, and their ends."""
    text = printed.replace("No guess this time. ", "").rstrip("\n")
    lines = [
        line[:WIDTH] + "..." * (len(line) > WIDTH) for line in text.split("\n")
    ]
    if len(lines) > count:
        lines = [*lines[: count - 4], "...", *lines[-3:]]
    return "\n".join(lines)


def mark(cell: nbformat.NotebookNode, name: str) -> None:
    """Give a cell a tag, which becomes a class of our style."""
    cell.metadata["tags"] = [*cell.metadata.get("tags", []), name]


def unfold(text: str) -> str:
    """Return the words of a folded note."""
    return re.sub(r"</?(details|summary)>", "", text)


def links(text: str) -> str:
    """Let links to notebooks lead to their decks, and unmake all others."""
    text = re.sub(r"\]\((\w+)\.ipynb\)", r"](\1.html)", text)
    return re.sub(r"\[([^]]+)\]\((?!\w+\.html\))[^)]+\)", r"\1", text)


def formulas(text: str) -> str:
    """Replace LaTeX between dollar signs, but not in code, by MathML."""
    code = r"(```.*?```|`[^`]*`)"
    pieces = re.split(code, text, flags=re.S)
    for i in range(0, len(pieces), 2):
        pieces[i] = re.sub(
            r"\$\$(.+?)\$\$",
            lambda found: convert(found[1].strip(), display="block"),
            pieces[i],
            flags=re.S,
        )
        pieces[i] = re.sub(
            r"(?<!\\)\$([^\s$](?:[^$\n]*[^\s$\\])?)\$(?!\d)",
            lambda found: convert(found[1]),
            pieces[i],
        )
    return "".join(pieces)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except OSError as error:
        sys.exit(str(error))

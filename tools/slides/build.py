"""Make a deck of slides of every notebook, as one HTML file each.

    python -m tools.slides.build FOLDER [NOTEBOOK ...] [--pdf]

A deck holds all that it needs: reveal.js and its speaker view, our style, and
pictures. It shows the outputs that are stored in the notebook. With --pdf each
deck is also printed, by a Chromium that is installed.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import nbformat
from nbconvert import SlidesExporter
from nbconvert.preprocessors import TagRemovePreprocessor
from pygments.formatters import HtmlFormatter

from .. import course_notebooks
from ..notebooks import read_notebook
from .browser import print_pdf

TEMPLATE = Path(__file__).resolve().parent / "template" / "deck"
REVEAL = "sphinx_revealjs"  # the package that has the files of reveal.js
COLUMN_WIDTH = 44  # characters in half a slide
SLIDE_WIDTH = 88  # characters in a whole one
SLIDE_LINES = 18  # of code and output together
MIN_LINES = 6  # of output
# What `compare_guess` prints without a guess, as in all stored outputs. It is
# in the middle of what a cell prints, so that no tag of a cell can mark it.
NO_GUESS = "No guess this time. "


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the decks; with --pdf print them too."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("notebooks", type=Path, nargs="*")
    parser.add_argument("--pdf", action="store_true")
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    for path in options.notebooks or course_notebooks():
        page = options.folder / f"{path.stem}.html"
        page.write_text(make_deck(path), encoding="utf-8")
        print(page, flush=True)
        if options.pdf:
            print(print_pdf(page), flush=True)
    return 0


def make_deck(path: Path) -> str:
    """Return a notebook as a page of slides."""
    notebook = prepare(read_notebook(path))
    slides = [cell.metadata.slideshow.slide_type for cell in notebook.cells]
    if set(slides) <= {"skip", "notes"}:
        raise ValueError(f"{path} has no cells to show.")
    # Colours without IPython's own lexer.
    language = {"name": "python", "pygments_lexer": "python3"}
    notebook.metadata["language_info"] = language
    exporter = SlidesExporter(
        template_name=TEMPLATE.name,
        extra_template_basedirs=[str(TEMPLATE.parent)],
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
    exporter.register_preprocessor(
        TagRemovePreprocessor(remove_input_tags={"remove-input"}), enabled=True
    )
    page, _ = exporter.from_notebook_node(
        notebook, resources={"deck": deck_parts(notebook)}
    )
    return page


def deck_parts(notebook: nbformat.NotebookNode) -> dict[str, Any]:
    """Return a deck's title, styles and scripts, all as text."""
    reveal = find_reveal()
    colours = HtmlFormatter(style="default").get_style_defs(".highlight")
    scripts = [
        reveal / "dist" / "reveal.js",
        reveal / "plugin" / "notes" / "notes.js",
        TEMPLATE / "deck.js",
    ]
    return {
        "title": notebook.cells[0].source.partition("\n")[0].strip("# "),
        "styles": [
            (reveal / "dist" / "reveal.css").read_text(encoding="utf-8"),
            colours,
            (TEMPLATE / "deck.css").read_text(encoding="utf-8"),
        ],
        # A script that ends inside a string would end the page's script.
        "scripts": [
            file.read_text(encoding="utf-8").replace("</script", r"<\/script")
            for file in scripts
        ],
    }


def find_reveal() -> Path:
    """Return the folder of reveal.js in the package that has it."""
    spec = find_spec(REVEAL)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(
            "The package sphinx-revealjs is missing, which has the files of "
            "reveal.js. Install it with `python -m pip install "
            "sphinx-revealjs`, or leave out --here."
        )
    return Path(spec.origin).parent / "_static" / "revealjs"


def prepare(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Add to a notebook what only slides need."""
    # JupyterLab adds an empty cell at the end when somebody runs the last one.
    notebook.cells = [cell for cell in notebook.cells if cell.source.strip()]
    section = ""
    for cell in notebook.cells:
        empty = nbformat.NotebookNode()
        slideshow = cell.metadata.setdefault("slideshow", empty)
        kind = slideshow.setdefault("slide_type", "-")
        heading = re.match(r"#+ (.+)", cell.source)
        if kind == "slide":
            section = heading[1] if heading else ""
        if kind == "subslide":
            slideshow["data"] = {"section": section}
        if cell.cell_type == "markdown":
            cell.source = convert_links(unfold(cell.source))
            if cell.source.startswith("**Predict.**"):
                add_tag(cell, "question")
        elif cell.cell_type == "code":
            lay_out(cell)
    if notebook.cells:
        notebook.cells[0].metadata.slideshow["data"] = {"kind": "title"}
    return notebook


def lay_out(cell: nbformat.NotebookNode) -> None:
    """Shorten what a cell printed, and tag how the slide places it."""
    pictures = [output for output in cell.outputs if "data" in output]
    if len(pictures) > 1:  # they fill the slide
        cell.outputs = pictures
        add_tag(cell, "several")
    printed = [output for output in cell.outputs if "text" in output]
    is_code_hidden = "remove-input" in cell.metadata.get("tags", [])
    texts = [cell.source, *(output.text for output in printed)]
    longest = max(len(line) for text in texts for line in text.split("\n"))
    is_narrow = longest <= COLUMN_WIDTH
    is_beside = is_narrow and printed and not pictures and not is_code_hidden
    code_lines = cell.source.count("\n")
    if is_beside or is_code_hidden:
        code_lines = -MIN_LINES
    for output in printed:
        room = max(MIN_LINES, SLIDE_LINES - code_lines)
        output.text = shorten(output.text, room)
    is_text_long = any(output.text.count("\n") > 2 for output in printed)
    if is_beside:
        add_tag(cell, "beside")
    elif is_code_hidden and pictures and is_text_long:
        add_tag(cell, "pair")


def shorten(printed: str, count: int) -> str:
    """Leave out the middle of too many lines, and the ends of long ones."""
    lines = []
    for line in printed.replace(NO_GUESS, "").rstrip("\n").split("\n"):
        is_long = len(line) > SLIDE_WIDTH
        lines.append(f"{line[:SLIDE_WIDTH]}..." if is_long else line)
    if len(lines) > count:
        lines = [*lines[: count - 4], "...", *lines[-3:]]
    return "\n".join(lines)


def add_tag(cell: nbformat.NotebookNode, name: str) -> None:
    """Give a cell a tag, which becomes a class of our style."""
    cell.metadata["tags"] = [*cell.metadata.get("tags", []), name]


def unfold(text: str) -> str:
    """Return the words of a folded note."""
    return re.sub(r"</?(details|summary)>", "", text)


def convert_links(text: str) -> str:
    """Make links to notebooks lead to their decks, and remove all others."""
    text = re.sub(r"\]\((\w+)\.ipynb\)", r"](\1.html)", text)
    return re.sub(r"\[([^]]+)\]\((?!\w+\.html\))[^)]+\)", r"\1", text)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError) as error:
        sys.exit(str(error))

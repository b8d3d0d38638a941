"""Run all notebooks one after the other, and report what came out.

    python -m tools.run_notebooks FOLDER [--store [--again]]

FOLDER receives the executed notebooks and their HTML. With --store the
outputs are also stored in notebooks/ itself, with where they come from, and
without what changes from run to run (times, versions of the kernel). What is
stored already, from the same code, text and versions, does not run again,
unless --again is given: then what has changed is told.
"""

import argparse
import os
import re
import sys
import time
from base64 import b64decode
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
from jupyter_core.utils import ensure_event_loop
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbconvert import HTMLExporter

from . import NOTEBOOKS, TEMPLATES
from .provenance import NAME, differences, provenance


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the notebooks; return 1 if one of them fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--store", action="store_true")
    parser.add_argument("--again", action="store_true")
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    write_glossary(options.folder)
    rows, text, ladder = [], "", ""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        start = time.perf_counter()
        stored = nbformat.read(path, as_version=4)
        notebook = deepcopy(stored)
        facts = provenance(notebook) if options.store else {}
        fresh = bool(facts) and stored.metadata.get(NAME) == facts
        error = "" if fresh and not options.again else execute(notebook)
        seconds = time.perf_counter() - start
        note = _note(stored, notebook, fresh) if options.store else ""
        _clear_line()
        print(f"{path.stem:<26}{seconds:>6.0f} s{note}", flush=True)
        write(notebook, options.folder / path.name)
        if error:
            print(f"{error}\n{options.folder}/{path.stem}.html shows where.")
            return 1
        if options.store:
            store(notebook, path, facts)
            store_picture(notebook, path.parent / "learning.png")
        rows.append((path.stem, seconds, result(notebook, "result-bits")))
        text = result(notebook, "result-text") or text
        ladder = result(notebook, "result-ladder") or ladder
    print(closing(rows, ladder, text))
    print(f"\nOpen {options.folder}/{rows[0][0]}.html to read the lesson.")
    return 0


def _note(
    stored: nbformat.NotebookNode, notebook: nbformat.NotebookNode, fresh: bool
) -> str:
    """Return what a run has changed, or that there was nothing to run."""
    if fresh and stored == notebook:
        return "  up to date"
    return f"  {differences(stored, notebook)}"


def execute(notebook: nbformat.NotebookNode) -> str:
    """Run a notebook in place, and return the error that stopped it."""
    client = NotebookClient(
        notebook,
        timeout=None,
        record_timing=False,
        store_widget_state=True,  # without it, a slider fails
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(NOTEBOOKS)}},
        on_cell_start=lambda cell, cell_index: _show_cell(
            cell_index + 1, len(notebook.cells)
        ),
    )
    # In a thread of its own, because in the main one nbclient would take
    # Ctrl-C for itself, and report a kernel that has died.
    running = ThreadPoolExecutor(1).submit(_error, client)
    while not running.done():
        time.sleep(0.1)  # waiting without a pause, Windows would miss Ctrl-C
    return running.result()


def _error(client: NotebookClient) -> str:
    try:
        client.execute()
    except CellExecutionError as error:
        return f"{error.ename}: {error.evalue}"
    except DeadKernelError:
        return "The kernel has died: perhaps there was not enough memory."
    finally:
        ensure_event_loop().close()  # each thread has its own
    return ""


def write(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write an executed notebook, and the same as an HTML page."""
    nbformat.write(notebook, path)
    write_page(notebook, path.with_suffix(".html"))


def write_glossary(folder: Path) -> None:
    """Write the glossary, which the notebooks link to, as an HTML page."""
    words = (NOTEBOOKS / "glossary.md").read_text(encoding="utf-8")
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


def store(
    notebook: nbformat.NotebookNode, path: Path, facts: dict[str, Any]
) -> None:
    """Write a notebook with its outputs, and `facts`, to where it came from."""
    notebook.metadata[NAME] = facts
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    part = path.with_suffix(".part")
    nbformat.write(notebook, part)
    part.replace(path)


def store_picture(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write the picture of the cell that is tagged for the README."""
    for cell in notebook.cells:
        if "readme-picture" in cell.metadata.get("tags", []):
            path.write_bytes(b64decode(cell.outputs[0].data["image/png"]))


def result(notebook: nbformat.NotebookNode, tag: str) -> str:
    """Return what the last cell with this tag printed."""
    printed = ""
    for cell in notebook.cells:
        if tag in cell.metadata.get("tags", []):
            printed = "".join(out.get("text", "") for out in cell.outputs)
    return printed


def closing(rows: list[tuple[str, float, str]], ladder: str, text: str) -> str:
    """Return the table that a run ends with."""
    lines = ["", f"{'notebook':<26}{'seconds':>8}  held-out bits per character"]
    for name, seconds, printed in rows:
        numbers = re.findall(r"\d+\.\d+", printed)
        lines.append(f"{name:<26}{seconds:>8.0f}  {' '.join(numbers[-1:])}")
    total = sum(seconds for _, seconds, _ in rows)
    lines.append(f"{'together':<26}{total:>8.0f}")
    lines.append("\nBits per character of held-out text, less is better:\n")
    lines += [f"    {line}" for line in ladder.splitlines()]
    lines.append("\nWhat the model wrote:\n")
    lines += [f"    {line}" for line in text.strip().splitlines()[:12]]
    return "\n".join(lines)


def _show_cell(number: int, count: int) -> None:
    if sys.stdout.isatty():
        print(f"\r  cell {number} of {count}", end="", flush=True)


def _clear_line() -> None:
    if sys.stdout.isatty():
        print("\r" + " " * 30 + "\r", end="")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        os._exit(130)  # at once: the kernel ends when its parent is gone

"""Run all notebooks one after the other, and report the results.

    python -m tools.notebooks.run FOLDER [--strict] [--store [--again]]
    python -m tools.notebooks.run --check

FOLDER receives the executed notebooks and their HTML. With --store the
outputs are also stored in notebooks/ itself, with where they come from, and
without what changes from run to run (times, versions of the kernel). A
notebook whose stored outputs are up to date does not run again, unless --again
is given: then what has changed is printed. With --strict a cell that writes to
stderr has failed. --check runs nothing; it prints which outputs are not those
of the full profile, and why.
"""

import argparse
import asyncio
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

from .. import NOTEBOOKS, course_notebooks
from . import pages, read_notebook
from .provenance import NAME, differences, record, stale_reasons

FULL = ("full", "shakespeare")  # profile and text of what is stored
# Without the extension, `jupyter nbconvert --to script` would write .txt.
LANGUAGE = {"file_extension": ".py", "name": "python"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the notebooks; return 1 if one of them fails."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--store", action="store_true")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    if options.check:
        return check()
    if not options.folder:
        parser.error("give a FOLDER for the notebooks that have run")
    return run_all(options.folder, options.store, options.again, options.strict)


def check() -> int:
    """Print whether stored outputs are up to date; return 1 if one is not."""
    code = 0
    for path in course_notebooks(NOTEBOOKS):
        reasons = stale_reasons(read_notebook(path), *FULL)
        state = f"stale: {'; '.join(reasons)}" if reasons else "up to date"
        print(f"{path.stem:<26}  {state}")
        if reasons:
            code = 1
    return code


def run_all(
    folder: Path, is_stored: bool, is_repeated: bool, is_strict: bool = False
) -> int:
    """Run the notebooks and print a line for each; return 1 if one fails."""
    folder.mkdir(parents=True, exist_ok=True)
    pages.write_glossary(NOTEBOOKS / "glossary.md", folder)
    origin = read_origin() if is_stored else {}
    rows, text, comparison = [], "", ""
    for path in course_notebooks(NOTEBOOKS):
        start = time.perf_counter()
        stored = read_notebook(path)
        notebook = deepcopy(stored)
        is_fresh = is_stored and not stale_reasons(
            stored, origin["profile"], origin["corpus"], origin["text"]
        )
        is_run = is_repeated or not is_fresh
        error = execute(notebook) if is_run else ""
        if is_strict and not error:
            error = first_on_stderr(notebook)
        seconds = time.perf_counter() - start
        note = ""
        if is_stored:
            note = differences(stored, notebook) if is_run else "up to date"
        _clear_line()
        line = f"{path.stem:<26}{seconds:>6.0f} s  {note}"
        print(line.rstrip(), flush=True)
        pages.write(notebook, folder / path.name)
        if error:
            print(f"{error}\n{folder}/{path.stem}.html shows where.")
            return 1
        if is_stored and is_run:
            store(notebook, path, record(notebook, **origin))
            store_picture(notebook, path.parent / "learning.png")
        rows.append((path.stem, seconds, result(notebook, "result-bits")))
        text = result(notebook, "result-text") or text
        comparison = result(notebook, "result-ladder") or comparison
    print(closing(rows, comparison, text))
    print(f"\nOpen {folder}/{rows[0][0]}.html to read the lesson.")
    return 0


def read_origin() -> dict[str, str]:
    """Return what this run's outputs come from, besides code and versions."""
    # Imported here, because these load TensorFlow.
    from textgen_helpers.settings import read_settings
    from textgen_helpers.text.corpus import load_corpus

    settings = read_settings()
    return {
        "profile": settings.profile,
        "dtype": settings.dtype,
        "corpus": settings.corpus,
        "text": load_corpus(settings.corpus),
    }


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
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(_error, client)
        try:
            while not running.done():
                time.sleep(0.1)  # without a pause, Windows would miss Ctrl-C
        except KeyboardInterrupt:
            while not running.done():
                _kill_kernel(client)  # perhaps it is only starting
                time.sleep(0.1)
            raise
        return running.result()


def first_on_stderr(notebook: nbformat.NotebookNode) -> str:
    """Return what the first cell that writes to stderr has written."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                return f"A cell writes to stderr: {output['text']}"
    return ""


def _error(client: NotebookClient) -> str:
    """Run a client, and return its error as a sentence."""
    try:
        client.execute()
    except CellExecutionError as error:
        return f"{error.ename}: {error.evalue}"
    except DeadKernelError:
        return "The kernel has died. Perhaps there was not enough memory."
    finally:
        ensure_event_loop().close()  # each thread has its own
    return ""


def _kill_kernel(client: NotebookClient) -> None:
    """End a client's kernel and the processes that it has started."""
    manager = client.km
    if manager is not None and manager.provisioner is not None:
        asyncio.run(manager.provisioner.kill())


def store(
    notebook: nbformat.NotebookNode, path: Path, origin: dict[str, Any]
) -> None:
    """Write a notebook with its outputs, and where they come from."""
    from textgen_helpers.files import write_atomically  # loads TensorFlow

    notebook.metadata[NAME] = origin
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = dict(LANGUAGE)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    with write_atomically(path) as part:
        nbformat.write(notebook, part)


def store_picture(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write the picture of the cell that is tagged for the README."""
    from textgen_helpers.files import write_atomically  # loads TensorFlow

    for cell in notebook.cells:
        if "readme-picture" in cell.metadata.get("tags", []):
            picture = b64decode(cell.outputs[0].data["image/png"])
            with write_atomically(path) as part:
                part.write_bytes(picture)


def result(notebook: nbformat.NotebookNode, tag: str) -> str:
    """Return what the last cell with this tag printed."""
    printed = ""
    for cell in notebook.cells:
        if tag in cell.metadata.get("tags", []):
            printed = "".join(out.get("text", "") for out in cell.outputs)
    return printed


def closing(
    rows: list[tuple[str, float, str]], comparison: str, text: str
) -> str:
    """Return the table that a run ends with."""
    lines = ["", f"{'notebook':<26}{'seconds':>8}  held-out bits per character"]
    for name, seconds, printed in rows:
        numbers = re.findall(r"\d+\.\d+", printed)
        lines.append(f"{name:<26}{seconds:>8.0f}  {' '.join(numbers[-1:])}")
    total = sum(seconds for _, seconds, _ in rows)
    lines.append(f"{'together':<26}{total:>8.0f}")
    lines.append("\nBits per character of held-out text, less is better:\n")
    lines += [f"    {line}" for line in comparison.splitlines()]
    lines.append("\nWhat the model wrote:\n")
    lines += [f"    {line}" for line in text.strip().splitlines()[:12]]
    return "\n".join(lines)


def _show_cell(number: int, count: int) -> None:
    """Show in a terminal how far a notebook is."""
    if sys.stdout.isatty():
        print(f"\r  cell {number} of {count}", end="", flush=True)


def _clear_line() -> None:
    """Take away what `_show_cell` has written."""
    if sys.stdout.isatty():
        print("\r" + " " * 30 + "\r", end="")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except (OSError, ValueError) as error:
        sys.exit(str(error))

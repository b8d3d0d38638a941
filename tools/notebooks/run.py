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
import re
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import nbformat

from .. import NOTEBOOKS, ROOT, course_notebooks
from . import pages, read_notebook
from .execution import Execution, clear_line
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
    paths = course_notebooks(NOTEBOOKS)
    is_run = {
        path: is_repeated or not is_stored or is_stale(path, origin)
        for path in paths
    }
    notebooks = {path: read_notebook(path) for path in paths}
    running = run_in_turn(
        [notebooks[path] for path in paths if is_run[path]],
        # A kernel that starts meanwhile would disturb the times that a
        # notebook measures, and these are stored.
        is_ahead=not is_stored,
    )
    rows, text, comparison = [], "", ""
    is_needed = any(is_run.values())
    announced = announcement() if is_needed else nullcontext()
    with announced as announcing, closing(running):
        for path, notebook in notebooks.items():
            error, seconds, note = "", 0.0, "up to date"
            if is_run[path]:
                error, seconds = next(running)
                note = ""
                if announcing:
                    announcing.wait()  # the line comes before the first one
            if is_strict and not error:
                error = first_on_stderr(notebook)
            if is_stored and is_run[path]:
                note = differences(read_notebook(path), notebook)
            clear_line()
            line = f"{path.stem:<26}{seconds:>6.0f} s  {note}"
            print(line.rstrip(), flush=True)
            pages.write(notebook, folder / path.name)
            if error:
                print(f"{error}\n{folder}/{path.stem}.html shows where.")
                return 1
            if is_stored and is_run[path]:
                store(notebook, path, record(notebook, **origin))
                store_picture(notebook, path.parent / "learning.png")
            rows.append((path.stem, seconds, result(notebook, "result-bits")))
            text = result(notebook, "result-text") or text
            comparison = result(notebook, "result-ladder") or comparison
    print(last_lines(rows, comparison, text))
    print(f"\nOpen {folder}/{rows[0][0]}.html to read the lesson.")
    return 0


def is_stale(path: Path, origin: Mapping[str, str]) -> bool:
    """Tell whether a notebook's stored outputs come from something else."""
    source = (origin["profile"], origin["corpus"], origin["text"])
    return bool(stale_reasons(read_notebook(path), *source))


def run_in_turn(
    notebooks: Sequence[nbformat.NotebookNode], is_ahead: bool
) -> Generator[tuple[str, float], None, None]:
    """Run notebooks, and yield the error and the seconds of each.

    With `is_ahead`, the next one's kernel starts while one runs, and the next
    one runs while a result is used.
    """
    following = None
    start = time.perf_counter()
    try:
        for i, notebook in enumerate(notebooks):
            current = following or Execution(notebook)
            following = None
            if is_ahead and i + 1 < len(notebooks):
                following = Execution(notebooks[i + 1], is_ahead=True)
            error = current.finish()
            seconds = time.perf_counter() - start
            start = time.perf_counter()
            if following and not error:
                following.begin()
            yield error, seconds
            if not is_ahead:
                start = time.perf_counter()
    finally:
        if following:
            following.abandon()


@contextmanager
def announcement() -> Iterator[subprocess.Popen[bytes]]:
    """Let another process say how long all notebooks will take.

    It needs some seconds for that, in which the first notebook runs. What it
    cannot read, the notebooks cannot read either, and they say so.
    """
    command = [sys.executable, "-m", "tools.lesson_time"]
    with subprocess.Popen(
        command, cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


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


def first_on_stderr(notebook: nbformat.NotebookNode) -> str:
    """Return what the first cell that writes to stderr has written."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                return f"A cell writes to stderr: {output['text']}"
    return ""


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


def last_lines(
    rows: list[tuple[str, float, str]], comparison: str, text: str
) -> str:
    """Return the table that a run ends with."""
    lines = ["", f"{'notebook':<26}{'seconds':>8}  bits per character"]
    for name, seconds, printed in rows:
        numbers = re.findall(r"\d+\.\d+(?: ± \d+\.\d+)?", printed)
        lines.append(f"{name:<26}{seconds:>8.0f}  {' '.join(numbers[-1:])}")
    total = sum(seconds for _, seconds, _ in rows)
    lines.append(f"{'together':<26}{total:>8.0f}")
    lines.append("\nBits per character of test text, less is better:\n")
    lines += [f"    {line}" for line in comparison.splitlines()]
    lines.append("\nWhat the model wrote:\n")
    lines += [f"    {line}" for line in text.strip().splitlines()[:12]]
    return "\n".join(lines)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except (OSError, ValueError) as error:
        sys.exit(str(error))

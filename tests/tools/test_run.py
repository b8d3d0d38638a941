"""The command that runs the notebooks: results, failures, storing."""

import contextlib
import html
import os
import re
import signal
import subprocess
import sys
from base64 import b64encode

import nbformat
import pytest

from tools import ROOT
from tools.notebooks import execution, pages, run

LINKS = "[next](02_other.ipynb), a [batch](glossary.md#batch)"
TAGS = ("result-bits", "result-text", "result-ladder")


@pytest.fixture
def notebooks(tmp_path, monkeypatch):
    """Return a function that writes one small notebook to a folder of ours."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    words = "# Glossary\n\n## batch\n\nSequences side by side.\n"
    (folder / "glossary.md").write_text(words, encoding="utf-8")
    monkeypatch.setattr(run, "NOTEBOOKS", folder)
    monkeypatch.setattr(execution, "NOTEBOOKS", folder)
    monkeypatch.setattr(run, "announcement", contextlib.nullcontext)
    monkeypatch.setenv("TEXTGEN_PROFILE", "quick")
    monkeypatch.setenv("TEXTGEN_CORPUS", "sample")

    def write(*sources: str):
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        for cell, tag in zip(cells, TAGS, strict=False):
            cell.metadata["tags"] = [tag]
        cells.append(nbformat.v4.new_markdown_cell(LINKS))
        path = folder / "01_small.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        return path

    return write


def test_a_page_loads_nothing_and_says_what_pictures_show(tmp_path) -> None:
    words = 'Bars, "longest" first: 6.02 & 1.99'
    picture = nbformat.v4.new_output("display_data", {"image/png": "AAAA"})
    picture.metadata["image/png"] = {"alt": words}
    cell = nbformat.v4.new_code_cell("tg.show()", outputs=[picture])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    pages.write_page(notebook, tmp_path / "01_small.html")
    page = (tmp_path / "01_small.html").read_text(encoding="utf-8")
    ((_, alt),) = re.findall(r"""<img alt=(["'])(.+?)\1""", page)
    assert html.unescape(alt) == words
    assert "<title>01_small</title>" in page
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    assert "import(" not in page and "import mermaid" not in page


def test_a_run_reports_and_stores(notebooks, tmp_path, capsys) -> None:
    path = notebooks(
        "print('test text: 2.16 ± 0.02 bits')",
        "print('ROMEO: Ay.')",
        "print('uniform  6.02')",
    )
    build = tmp_path / "build"
    assert run.main([str(build), "--store"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("01_small")
    assert "  2.16 ± 0.02\n" in printed and "    ROMEO: Ay.\n" in printed
    assert "ROMEO: Ay." in (build / "01_small.html").read_text("utf-8")
    stored = nbformat.read(path, as_version=4)
    assert stored.cells[1].outputs[0].text == "ROMEO: Ay.\n"
    assert "execution" not in stored.cells[0].metadata
    assert stored.metadata.language_info == run.LANGUAGE
    assert stored.metadata.textgen.profile == "quick"
    assert stored.metadata.textgen.dtype in ("float32", "mixed_bfloat16")
    assert "\n    uniform  6.02\n" in printed
    names = {each.name for each in path.parent.iterdir()}
    assert names == {"01_small.ipynb", "glossary.md"}


def test_a_finished_notebook_is_not_run_twice(
    notebooks, tmp_path, monkeypatch, capsys
) -> None:
    path = notebooks("print(2 * 8 / 7.3)")
    runs = []

    def observed_execution(notebook) -> execution.Execution:
        runs.append(notebook)
        return execution.Execution(notebook)

    monkeypatch.setattr(run, "Execution", observed_execution)

    def start(*more: str) -> str:
        folder = str(tmp_path / "build")
        assert run.main([folder, "--store", *more]) == 0
        return capsys.readouterr().out.splitlines()[0]

    assert start().endswith("1 texts changed") and len(runs) == 1
    stored = path.read_bytes()
    assert start().endswith("up to date") and len(runs) == 1
    assert start("--again").endswith("nothing changed") and len(runs) == 2
    assert path.read_bytes() == stored

    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source = "print(2 * 9 / 7.3)"
    nbformat.write(notebook, path)
    assert start().endswith("1 numbers changed") and len(runs) == 3


def test_an_interrupted_run_goes_on_with_the_next_notebook(
    notebooks, tmp_path, capsys
) -> None:
    path = notebooks("print('held-out: 2.16 bits')")
    second = path.with_name("02_small.ipynb")
    broken = nbformat.read(path, as_version=4)
    broken.cells[0].source = "raise ValueError('stopped')"
    nbformat.write(broken, second)
    folder = str(tmp_path / "build")
    assert run.main([folder, "--store"]) == 1
    broken.cells[0].source = "print('held-out: 2.11 bits')"
    nbformat.write(broken, second)
    capsys.readouterr()
    assert run.main([folder, "--store"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].endswith("up to date")
    assert printed[1].endswith("1 texts changed")
    assert "2.16" in "".join(printed) and "2.11" in "".join(printed)


def test_the_next_kernel_starts_while_a_notebook_runs(
    notebooks, tmp_path, monkeypatch, capsys
) -> None:
    path = notebooks("number = 7", "print('result', 6 * number)")
    folder = path.parent
    for name in ("02_small", "03_small"):
        (folder / f"{name}.ipynb").write_bytes(path.read_bytes())
    # In place of TensorFlow, so that the test is quick.
    monkeypatch.setattr(execution, "_FIRST_IMPORT", "number = 'not theirs'")
    events = []

    class ObservedExecution(execution.Execution):
        def __init__(self, notebook, is_ahead: bool = False) -> None:
            events.append(("start", is_ahead))
            super().__init__(notebook, is_ahead)

        def finish(self) -> str:
            events.append(("finish", self._is_ahead))
            return super().finish()

    monkeypatch.setattr(run, "Execution", ObservedExecution)
    assert run.main([str(tmp_path / "build")]) == 0
    assert events == [
        ("start", False),
        ("start", True),
        ("finish", False),
        ("start", True),
        ("finish", True),
        ("finish", True),
    ]
    names = re.findall(r"^(0\d_small) +\d+ s$", capsys.readouterr().out, re.M)
    assert names == ["01_small", "02_small", "03_small"]
    for name in names:
        done = nbformat.read(tmp_path / "build" / f"{name}.ipynb", as_version=4)
        assert done.cells[1].outputs[0].text == "result 42\n"
        assert [cell.execution_count for cell in done.cells[:2]] == [1, 2]


def test_after_an_error_no_kernel_is_left_waiting(
    notebooks, tmp_path, monkeypatch, capsys
) -> None:
    path = notebooks("raise ValueError('stopped')")
    path.with_name("02_small.ipynb").write_bytes(path.read_bytes())
    monkeypatch.setattr(execution, "_FIRST_IMPORT", "pass")
    started = []

    class ObservedExecution(execution.Execution):
        def __init__(self, notebook, is_ahead: bool = False) -> None:
            super().__init__(notebook, is_ahead)
            started.append(self)

    monkeypatch.setattr(run, "Execution", ObservedExecution)
    assert run.main([str(tmp_path / "build")]) == 1
    assert capsys.readouterr().out.count("ValueError: stopped") == 1
    assert [each._running.done() for each in started] == [True, True]
    assert [each._client.km for each in started] == [None, None]


def test_a_check_names_what_is_stale(
    notebooks, tmp_path, monkeypatch, capsys
) -> None:
    path = notebooks("print(1)")
    assert run.main(["--check"]) == 1
    assert "stale: no outputs have been stored\n" in capsys.readouterr().out
    run.main([str(tmp_path / "build"), "--store"])
    capsys.readouterr()
    before = path.read_bytes()
    assert run.main(["--check"]) == 1
    assert capsys.readouterr().out.split("  stale: ")[1] == (
        "stored from the quick profile; stored from the text 'sample'\n"
    )
    monkeypatch.setattr(run, "FULL", ("quick", "sample"))
    assert run.main(["--check"]) == 0
    assert capsys.readouterr().out.endswith("  up to date\n")
    assert path.read_bytes() == before


def test_other_notebooks_do_not_run(notebooks, tmp_path, capsys) -> None:
    path = notebooks("print('held-out: 2.16 bits')")
    path.with_name("Untitled.ipynb").touch()
    path.with_name("01_small-Copy1.ipynb").touch()
    assert run.main([str(tmp_path / "build")]) == 0
    assert "Untitled" not in capsys.readouterr().out
    pages_written = {each.name for each in (tmp_path / "build").iterdir()}
    assert pages_written == {"01_small.ipynb", "01_small.html", "glossary.html"}


def test_pages_lead_to_pages(notebooks, tmp_path) -> None:
    notebooks("print('held-out: 2.16 bits')")
    run.main([str(tmp_path)])
    page = (tmp_path / "01_small.html").read_text("utf-8")
    assert 'href="02_other.html"' in page
    assert 'href="glossary.html#batch"' in page
    assert 'id="batch"' in (tmp_path / "glossary.html").read_text("utf-8")


def test_widgets_run_and_are_not_stored(notebooks, tmp_path) -> None:
    path = notebooks(
        "from ipywidgets import interact\n_ = interact(lambda x: x, x=3)"
    )
    assert run.main([str(tmp_path / "build"), "--store"]) == 0
    assert "widgets" not in nbformat.read(path, as_version=4).metadata


def test_an_error_stops_the_run_with_one_sentence(
    notebooks, tmp_path, capsys
) -> None:
    path = notebooks("raise ValueError('the text is empty')")
    before = path.read_bytes()
    build = tmp_path / "build"
    assert run.main([str(build), "--store"]) == 1
    printed = capsys.readouterr().out
    assert "\nValueError: the text is empty\n" in printed
    assert (build / "01_small.html").exists()
    assert path.read_bytes() == before


def test_in_a_strict_run_a_cell_that_writes_to_stderr_has_failed(
    notebooks, tmp_path, capsys
) -> None:
    notebooks(
        "print('all is well')", "import sys; print('oh', file=sys.stderr)"
    )
    assert run.main([str(tmp_path / "build")]) == 0
    capsys.readouterr()
    assert run.main([str(tmp_path / "build"), "--strict"]) == 1
    assert "A cell writes to stderr: oh" in capsys.readouterr().out
    notebooks("print('all is well')", "1 / 0")
    assert run.main([str(tmp_path / "build"), "--strict"]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().out


def test_a_dead_kernel_is_said(notebooks, tmp_path, capsys) -> None:
    notebooks("import os; os._exit(1)")
    assert run.main([str(tmp_path / "build")]) == 1
    assert "The kernel has died" in capsys.readouterr().out


def test_only_the_tagged_picture_is_stored(tmp_path) -> None:
    cells = []
    for name in ("first", "second"):
        data = {"image/png": b64encode(name.encode()).decode()}
        output = nbformat.v4.new_output("display_data", data)
        cells.append(nbformat.v4.new_code_cell("show()", outputs=[output]))
    notebook = nbformat.v4.new_notebook(cells=cells)
    path = tmp_path / "learning.png"
    run.store_picture(notebook, path)
    assert list(tmp_path.iterdir()) == []
    cells[1].metadata["tags"] = ["readme-picture"]
    run.store_picture(notebook, path)
    assert path.read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [path]


def test_storing_that_fails_leaves_the_old_notebook(
    notebooks, monkeypatch
) -> None:
    path = notebooks("print(1)")
    before = path.read_bytes()
    notebook = nbformat.read(path, as_version=4)

    def fail(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(run.nbformat, "write", fail)
    with pytest.raises(OSError, match="No space"):
        run.store(notebook, path, {})
    assert path.read_bytes() == before
    assert {each.suffix for each in path.parent.iterdir()} == {".ipynb", ".md"}


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
@pytest.mark.usefixtures("signals_of_a_terminal")
def test_ctrl_c_ends_the_kernel_and_what_it_started(
    notebooks, tmp_path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    path = notebooks(
        "import subprocess, sys\n"
        "code = 'import time; time.sleep(10_000)'\n"
        "child = subprocess.Popen([sys.executable, '-c', code])\n"
        f"print('started', file=open({str(pipe)!r}, 'w'))\n"
        "child.wait()"
    )
    script = (
        "import contextlib, pathlib, sys; from tools.notebooks import run; "
        "run.announcement = contextlib.nullcontext; "
        f"run.NOTEBOOKS = pathlib.Path({str(path.parent)!r}); "
        "run.main(sys.argv[1:])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "build")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        with pipe.open() as started:  # waits until the cell has begun
            assert started.read() == "started\n"
        process.send_signal(signal.SIGINT)
        # These end when no process is left that could write to them.
        _, errors = process.communicate()
    assert errors.endswith("KeyboardInterrupt\n")

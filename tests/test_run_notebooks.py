"""The command that runs the notebooks: results, failures, storing."""

import html
import re

import nbformat
import pytest

from tools import run_notebooks

LINKS = "[next](02_other.ipynb), a [batch](glossary.md#batch)"


@pytest.fixture
def notebooks(tmp_path, monkeypatch):
    """Return a function that writes one small notebook, in a place of ours."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    words = "# Glossary\n\n## batch\n\nSequences side by side.\n"
    (folder / "glossary.md").write_text(words, encoding="utf-8")
    monkeypatch.setattr(run_notebooks, "NOTEBOOKS", folder)

    def write(*sources: str):
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        kinds = ("result-bits", "result-text", "result-ladder")
        for cell, tag in zip(cells, kinds, strict=False):
            cell.metadata["tags"] = [tag]
        cells.append(nbformat.v4.new_markdown_cell(LINKS))
        path = folder / "01_small.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        return path

    return write


def test_a_page_asks_for_nothing_and_says_what_pictures_show(tmp_path) -> None:
    words = 'Bars, "longest" first: 6.02 & 1.99'
    picture = nbformat.v4.new_output("display_data", {"image/png": "AAAA"})
    picture.metadata["image/png"] = {"alt": words}
    cell = nbformat.v4.new_code_cell("tg.show()", outputs=[picture])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    run_notebooks.write_page(notebook, tmp_path / "01_small.html")
    page = (tmp_path / "01_small.html").read_text(encoding="utf-8")
    ((_, alt),) = re.findall(r"""<img alt=(["'])(.+?)\1""", page)
    assert html.unescape(alt) == words
    assert "<title>01_small</title>" in page
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    assert "import(" not in page and "import mermaid" not in page


def test_a_run_reports_and_stores(notebooks, tmp_path, capsys) -> None:
    path = notebooks(
        "print('held-out: 2.16 bits')",
        "print('ROMEO: Ay.')",
        "print('uniform  6.02')",
    )
    build = tmp_path / "build"
    assert run_notebooks.main([str(build), "--store"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("01_small")
    assert "2.16\n" in printed and "    ROMEO: Ay.\n" in printed
    assert "ROMEO: Ay." in (build / "01_small.html").read_text("utf-8")
    stored = nbformat.read(path, as_version=4)
    assert stored.cells[1].outputs[0].text == "ROMEO: Ay.\n"
    assert "execution" not in stored.cells[0].metadata
    assert stored.metadata.language_info == {"name": "python"}
    assert "\n    uniform  6.02\n" in printed
    names = {p.name for p in path.parent.iterdir()}
    assert names == {"01_small.ipynb", "glossary.md"}


def test_a_finished_notebook_is_not_run_twice(
    notebooks, tmp_path, monkeypatch, capsys
) -> None:
    path = notebooks("print(2 * 8 / 7.3)")
    ran = []
    execute = run_notebooks.execute
    monkeypatch.setattr(
        run_notebooks, "execute", lambda nb: ran.append(nb) or execute(nb)
    )

    def run(*more: str) -> str:
        folder = str(tmp_path / "build")
        assert run_notebooks.main([folder, "--store", *more]) == 0
        return capsys.readouterr().out.splitlines()[0]

    assert run().endswith("1 texts changed") and len(ran) == 1
    stored = path.read_bytes()
    assert run().endswith("up to date") and len(ran) == 1
    assert run("--again").endswith("nothing changed") and len(ran) == 2
    assert path.read_bytes() == stored

    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source = "print(2 * 9 / 7.3)"
    nbformat.write(notebook, path)
    assert run().endswith("1 numbers changed") and len(ran) == 3


def test_a_stopped_run_goes_on_with_the_next_notebook(
    notebooks, tmp_path, capsys
) -> None:
    path = notebooks("print('held-out: 2.16 bits')")
    second = path.with_name("02_small.ipynb")
    broken = nbformat.read(path, as_version=4)
    broken.cells[0].source = "raise ValueError('stopped')"
    nbformat.write(broken, second)
    folder = str(tmp_path / "build")
    assert run_notebooks.main([folder, "--store"]) == 1
    broken.cells[0].source = "print('held-out: 2.11 bits')"
    nbformat.write(broken, second)
    capsys.readouterr()
    assert run_notebooks.main([folder, "--store"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].endswith("up to date")
    assert printed[1].endswith("1 texts changed")
    assert "2.16" in "".join(printed) and "2.11" in "".join(printed)


def test_pages_lead_to_pages(notebooks, tmp_path) -> None:
    notebooks("print('held-out: 2.16 bits')")
    run_notebooks.main([str(tmp_path)])
    page = (tmp_path / "01_small.html").read_text("utf-8")
    assert 'href="02_other.html"' in page
    assert 'href="glossary.html#batch"' in page
    assert 'id="batch"' in (tmp_path / "glossary.html").read_text("utf-8")


def test_widgets_run_and_are_not_stored(notebooks, tmp_path) -> None:
    path = notebooks(
        "from ipywidgets import interact\n_ = interact(lambda x: x, x=3)"
    )
    assert run_notebooks.main([str(tmp_path / "build"), "--store"]) == 0
    assert "widgets" not in nbformat.read(path, as_version=4).metadata


def test_an_error_stops_the_run_with_one_sentence(
    notebooks, tmp_path, capsys
) -> None:
    path = notebooks("raise ValueError('the text is empty')")
    before = path.read_bytes()
    build = tmp_path / "build"
    assert run_notebooks.main([str(build), "--store"]) == 1
    printed = capsys.readouterr().out
    assert "\nValueError: the text is empty\n" in printed
    assert (build / "01_small.html").exists()
    assert path.read_bytes() == before


def test_a_dead_kernel_is_said(notebooks, tmp_path, capsys) -> None:
    notebooks("import os; os._exit(1)")
    assert run_notebooks.main([str(tmp_path / "build")]) == 1
    assert "The kernel has died" in capsys.readouterr().out

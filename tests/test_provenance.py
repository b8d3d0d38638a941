"""Stored outputs: where they come from, and what a new run has changed."""

from copy import deepcopy

import nbformat
import pytest

from textgen_helpers import FULL
from textgen_helpers.corpus import SHAKESPEARE_SHA256
from textgen_helpers.settings import ROOT
from tools.provenance import NAME, code_hash, differences, provenance

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture
def notebook():
    """Return a notebook that has been run: text, numbers, and a picture."""
    texts = ("ROMEO: Ay.", "loss 1.2345 after 10", "")
    cells = [nbformat.v4.new_markdown_cell("words")]
    for text in texts:
        output = nbformat.v4.new_output("stream", text=text)
        if not text:
            data = {"image/png": "AAAA"}
            output = nbformat.v4.new_output("display_data", data)
        source = f"print({text!r})"
        cells.append(nbformat.v4.new_code_cell(source, outputs=[output]))
    return nbformat.v4.new_notebook(cells=cells)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_code_is_that_of_the_stored_outputs(path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert NAME in notebook.metadata, "run `python tasks.py outputs`"
    facts = notebook.metadata[NAME]
    assert facts["code_sha256"] == code_hash(notebook), (
        "the code has changed since: run `python tasks.py outputs`"
    )
    assert (facts["profile"], facts["corpus"]) == ("full", FULL.corpus)
    assert facts["corpus_sha256"] == SHAKESPEARE_SHA256


def test_the_hash_is_that_of_the_code_alone(notebook) -> None:
    before = code_hash(notebook)
    notebook.cells[0].source = "other words"
    notebook.cells[1].outputs = []
    assert code_hash(notebook) == before
    notebook.cells[1].source += "  # changed"
    assert code_hash(notebook) != before


def test_facts_follow_profile_and_code(notebook, monkeypatch) -> None:
    monkeypatch.setenv("TEXTGEN_PROFILE", "quick")
    monkeypatch.setenv("TEXTGEN_CORPUS", "sample")
    facts = provenance(notebook)
    assert facts == provenance(notebook)
    assert (facts["profile"], facts["corpus"]) == ("quick", "sample")
    assert set(facts["versions"]) >= {"tensorflow", "keras"}
    monkeypatch.setenv("TEXTGEN_CORPUS", str(ROOT / "README.md"))
    assert provenance(notebook)["corpus_sha256"] != facts["corpus_sha256"]


@pytest.mark.parametrize(
    ("cell", "change", "said"),
    [
        (1, {}, "nothing changed"),
        (1, {"text": "JULIET: No."}, "1 texts changed"),
        (2, {"text": "loss 1.31 after  9"}, "1 numbers changed"),
        (3, {"data": {"image/png": "BBBB"}}, "1 pictures changed"),
    ],
)
def test_what_a_run_changes_is_told(notebook, cell, change, said) -> None:
    other = deepcopy(notebook)
    other.cells[cell].outputs[0].update(change)
    assert differences(notebook, other) == said


def test_outputs_that_come_or_go_are_told(notebook) -> None:
    other = deepcopy(notebook)
    other.cells[1].outputs = []
    assert differences(notebook, other) == "1 texts changed"

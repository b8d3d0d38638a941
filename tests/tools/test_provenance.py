"""Stored outputs: where they come from, and when they are stale."""

import ast
import re
import shutil
import subprocess
import sys
from copy import deepcopy

import nbformat
import pytest

import textgen_helpers as tg
from textgen_helpers.settings import FULL, QUICK
from textgen_helpers.text.corpus import SHAKESPEARE_SHA256, load_corpus
from tools import ROOT, course_notebooks
from tools.notebooks import provenance
from tools.notebooks.provenance import (
    NAME,
    code_hash,
    differences,
    reached_modules,
    record,
    stale_reasons,
    text_hash,
    tree_hash,
)

NOTEBOOKS = course_notebooks()
each_notebook = pytest.mark.parametrize(
    "path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS]
)
# A small package, and notebooks that reach different parts of it.
PACKAGE = {
    "__init__": """
from . import _quiet
from . import exercises
from .first import f
from .room.second import g as renamed
""",
    "_quiet": "x = 1",
    "first": "from .deep import h\ndef f(): return h() + 1",
    "deep": "import math\ndef h(): return math.pi",
    "room/__init__": '"""A room."""',
    "room/second": "from ..deep import h\nfrom . import inner\ng = h",
    "room/inner": "from .second import g",
    "exercises/__init__": "from .a import check_a\nfrom .b import check_b",
    "exercises/a": "def check_a(): return 1",
    "exercises/b": "from ..model import pretrained\ncheck_b = pretrained",
    "model/pretrained": "# Loads the weights.\ny = 1",
    "unused": "z = 1",
}
CELLS = {
    "f": ["import textgen_helpers as tg", "%time tg.f()", "tg.f()"],
    "g": ["import textgen_helpers as tg", "!ls\nx = [tg.renamed]"],
    "a": ["import textgen_helpers", "textgen_helpers.exercises.check_a()"],
    "b": ["from textgen_helpers import exercises as e", "e.check_b"],
    "both": ["from textgen_helpers import exercises", "dir(exercises)"],
    "from": ["from textgen_helpers.first import f"],
    "all": ["import textgen_helpers as tg", "help(tg)"],
    "broken": ["import textgen_helpers as tg", "tg.f("],
    "none": ["print(1)"],
}
REACHED = {
    "f": {"first", "deep"},
    "g": {"room.second", "room.inner", "deep"},
    "a": {"exercises.a"},
    "b": {"exercises.b", "model.pretrained"},
    "both": {"exercises", "exercises.a", "exercises.b", "model.pretrained"},
    "from": {"first", "deep"},
    "none": set(),
}


def notebook_of(*sources: str) -> nbformat.NotebookNode:
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return nbformat.v4.new_notebook(cells=cells)


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Write the small package, and let it be the one that is looked at."""
    folder = tmp_path / "textgen_helpers"
    for name, source in PACKAGE.items():
        path = folder / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    (folder / "model" / "__init__.py").touch()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "pretrained.npz").write_bytes(b"weights")
    monkeypatch.setattr(provenance, "ROOT", tmp_path)
    monkeypatch.setattr(provenance, "PACKAGE", folder)
    return folder


def stored(**more: str) -> dict[str, nbformat.NotebookNode]:
    """Return the small notebooks as they are after a run."""
    notebooks = {name: notebook_of(*cells) for name, cells in CELLS.items()}
    for notebook in notebooks.values():
        facts = ("full", "float32", "shakespeare", "To be")
        notebook.metadata[NAME] = record(notebook, *facts)
        notebook.metadata[NAME].update(more)
    return notebooks


def stale(notebooks: dict[str, nbformat.NotebookNode]) -> dict[str, list[str]]:
    """Return why notebooks are stale; only those that are."""
    reasons = {
        name: stale_reasons(notebook, "full", "shakespeare")
        for name, notebook in notebooks.items()
    }
    return {name: each for name, each in reasons.items() if each}


@pytest.mark.parametrize("name", REACHED)
def test_modules_are_followed(name, package) -> None:
    modules = reached_modules(notebook_of(*CELLS[name]))
    inner = {module.partition(".")[2] for module in modules}
    assert inner == REACHED[name] | {"_quiet"}


@pytest.mark.parametrize("name", ["all", "broken"])
def test_what_cannot_be_followed_reaches_everything(name, package) -> None:
    modules = reached_modules(notebook_of(*CELLS[name]))
    assert {"textgen_helpers.unused", "textgen_helpers.deep"} <= modules


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("first", {"f", "from"}),
        ("deep", {"f", "from", "g"}),
        ("room/inner", {"g"}),
        ("exercises/a", {"a", "both"}),
        ("exercises/b", {"b", "both"}),
        ("_quiet", {"f", "from", "g", "a", "b", "both", "none"}),
        ("unused", set()),
    ],
)
def test_changed_code_makes_stale_what_reaches_it(
    module, names, package
) -> None:
    notebooks = stored()
    assert stale(notebooks) == {}
    with (package / f"{module}.py").open("a") as file:
        file.write("\nnew = 1\n")
    name = f"textgen_helpers.{module.replace('/', '.')}"
    everything = {"all", "broken"}
    assert stale(notebooks) == {
        each: [f"{name} has changed"] for each in names | everything
    }


def test_a_name_that_is_only_added_makes_nothing_stale(package) -> None:
    notebooks = stored()
    with (package / "__init__.py").open("a") as file:
        file.write("\nfrom .unused import z\n")
    assert stale(notebooks) == {}


def test_changed_comments_make_nothing_stale(package) -> None:
    notebooks = stored()
    for path in package.rglob("*.py"):
        source = path.read_text().replace('"""A room."""', "")
        source = source.replace("): return", '):\n    """New."""\n    return')
        path.write_text(f'"""Other words."""  # new\n\n{source}  # new\n')
    assert stale(notebooks) == {}


def test_changed_weights_make_stale_what_loads_them(package) -> None:
    notebooks = stored()
    (package.parent / "data" / "pretrained.npz").write_bytes(b"better ones")
    assert stale(notebooks) == {
        name: ["data/pretrained.npz has changed"]
        for name in ("b", "both", "all", "broken")
    }


def test_every_other_reason_is_said(package, monkeypatch) -> None:
    notebook = stored()["f"]

    def reasons(**changes: object) -> list[str]:
        changed = deepcopy(notebook)
        changed.metadata[NAME].update(changes)
        return stale_reasons(changed, "full", "shakespeare")

    assert reasons() == []
    assert reasons(dtype="mixed_bfloat16") == []  # each machine has its own
    assert reasons(profile="quick") == ["stored from the quick profile"]
    assert reasons(corpus="sample") == ["stored from the text 'sample'"]
    assert reasons(code_sha256="0") == ["its code cells have changed"]
    old = {**notebook.metadata[NAME]["versions"], "keras": "2.1"}
    (reason,) = reasons(versions=old)
    assert reason.startswith("keras was 2.1, is 3.")
    text = ("full", "shakespeare", "Not to be")
    assert stale_reasons(notebook, *text) == [
        "the text 'shakespeare' has changed"
    ]
    del notebook.metadata[NAME]["modules"]
    assert reasons() == ["stored before modules were recorded"]
    del notebook.metadata[NAME]
    assert stale_reasons(notebook, "full", "shakespeare") == [
        "no outputs have been stored"
    ]


def test_the_hash_is_that_of_the_code_alone() -> None:
    notebook = notebook_of("print(1)", "print(2)")
    notebook.cells.append(nbformat.v4.new_markdown_cell("words"))
    before = code_hash(notebook)
    notebook.cells[2].source = "other words"
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="2")]
    assert code_hash(notebook) == before
    notebook.cells[1].source += "  # changed"
    assert code_hash(notebook) != before


@pytest.mark.parametrize(
    ("old", "new", "is_same"),
    [
        ("def f():\n 'doc'\n return 1", "def f(): return 1  # c", True),
        ("class A:\n 'doc'\n x = 1", "class A:\n x = (1)", True),
        ("x = 'text'", "x = 'other'", False),
        ("x = 1", "x = 1.0", False),
        ("f('doc')", "f()", False),
        ("x = f'{a:{b}}'", "x = f'{a:{c}}'", False),
        ("if a:\n  b\nc", "if a:\n  b\n  c", False),
    ],
)
def test_code_has_a_hash_without_words(old, new, is_same) -> None:
    hashes = {tree_hash(ast.parse(source)) for source in (old, new)}
    assert (len(hashes) == 1) == is_same


def test_a_hash_is_the_same_in_all_versions_of_python() -> None:
    source = "def f(a, *, b: int = 1) -> str:\n return f'{a:{b}} {a!r}'\n"
    assert tree_hash(ast.parse(source)) == "27257a125b4f"


# The real notebooks and the real package.


@each_notebook
def test_what_a_notebook_uses_is_reached(path) -> None:
    notebook = nbformat.read(path, as_version=4)
    modules = reached_modules(notebook)
    code = "\n".join(c.source for c in notebook.cells if c.cell_type == "code")
    names = set(re.findall(r"\btg\.((?:exercises\.)?\w+)", code))
    assert "begin_lesson" in names and len(names) > 3
    for name in names:
        value = tg
        for part in name.split("."):
            value = getattr(value, part)
        if hasattr(value, "__module__"):
            assert value.__module__ in modules, name
    others = {"textgen_helpers.exercises", "textgen_helpers"}
    assert not others & modules


@each_notebook
def test_exactly_the_reached_modules_make_it_stale(
    path, tmp_path, monkeypatch
) -> None:
    copy = tmp_path / "textgen_helpers"
    shutil.copytree(ROOT / "textgen_helpers", copy)
    monkeypatch.setattr(provenance, "PACKAGE", copy)
    notebook = nbformat.read(path, as_version=4)
    facts = ("full", "float32", "shakespeare", "To be")
    notebook.metadata[NAME] = record(notebook, *facts)
    for file in copy.rglob("*.py"):
        with file.open("a", encoding="utf-8") as code:
            code.write("\nnew = 1\n")
    assert stale_reasons(notebook, "full", "shakespeare") == [
        f"{module} has changed" for module in sorted(reached_modules(notebook))
    ]


def test_a_check_does_not_load_tensorflow() -> None:
    script = (
        "import sys; from tools.notebooks import run; run.main(['--check']); "
        "sys.exit('tensorflow' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)


@each_notebook
def test_the_code_is_that_of_the_stored_outputs(path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert NAME in notebook.metadata, "run `python tasks.py outputs`"
    facts = notebook.metadata[NAME]
    assert facts["code_sha256"] == code_hash(notebook), (
        "the code has changed since: run `python tasks.py outputs`"
    )
    # Between two full runs a changed notebook may hold quick outputs.
    sources = {
        ("full", FULL.corpus): SHAKESPEARE_SHA256,
        ("quick", QUICK.corpus): text_hash(load_corpus(QUICK.corpus)),
    }
    source = (facts["profile"], facts["corpus"])
    assert facts["corpus_sha256"] == sources[source]


# What a new run has changed.


@pytest.fixture
def executed():
    """Return a notebook that has been run: text, numbers, and a picture."""
    outputs = [
        nbformat.v4.new_output("stream", text="ROMEO: Ay."),
        nbformat.v4.new_output("stream", text="loss 1.2345 after 10"),
        nbformat.v4.new_output("display_data", {"image/png": "AAAA"}),
    ]
    cells = [nbformat.v4.new_markdown_cell("words")]
    for output in outputs:
        cells.append(nbformat.v4.new_code_cell("show()", outputs=[output]))
    return nbformat.v4.new_notebook(cells=cells)


@pytest.mark.parametrize(
    ("cell", "change", "message"),
    [
        (1, {}, "nothing changed"),
        (1, {"text": "JULIET: No."}, "1 texts changed"),
        (2, {"text": "loss 1.31 after  9"}, "1 numbers changed"),
        (3, {"data": {"image/png": "BBBB"}}, "1 pictures changed"),
    ],
)
def test_what_a_run_changes_is_said(executed, cell, change, message) -> None:
    other = deepcopy(executed)
    other.cells[cell].outputs[0].update(change)
    assert differences(executed, other) == message


def test_outputs_that_come_or_go_are_said(executed) -> None:
    other = deepcopy(executed)
    other.cells[1].outputs = []
    assert differences(executed, other) == "1 texts changed"

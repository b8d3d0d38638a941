"""The rules of the house: imports go down, modules and functions are short."""

import ast
import inspect

import pytest

import textgen_helpers
from textgen_helpers import checks
from textgen_helpers.settings import ROOT

ORDER = [
    "machine",
    "style",
    "settings",
    "corpus",
    "vocabulary",
    "batches",
    "fast_gru",
    "model",
    "training",
    "checkpoints",
    "choosing",
    "writing_loop",
    "sampling",
    "custom_loop",
    "recipes",
    "recipe_training",
    "reference",
    "measuring",
    "baselines",
    "copying",
    "units",
    "cells",
    "plots",
    "result_plots",
    "gate_plots",
    "text_plots",
    "embedding_plots",
    "slider",
    "run_time",
    "own_text",
]
PACKAGE = ROOT / "textgen_helpers"
CHECKS = [f"checks/{path.stem}" for path in PACKAGE.glob("checks/*.py")]


def tree(module: str) -> ast.Module:
    return ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))


def test_the_table_of_modules_is_complete() -> None:
    found = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"}
    assert found == set(ORDER)


@pytest.mark.parametrize("module", ORDER)
def test_imports_only_ever_go_up_the_table(module: str) -> None:
    above = ORDER[: ORDER.index(module)]
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.ImportFrom) and node.level:
            assert node.module in above, f"{module} imports {node.module}"
        names = (
            [a.name for a in node.names]
            if isinstance(node, ast.Import)
            else [getattr(node, "module", None) or ""]
        )
        assert not any(name.startswith("textgen_helpers") for name in names)


@pytest.mark.parametrize("module", CHECKS)
def test_checks_need_nothing_but_their_judge(module: str) -> None:
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.ImportFrom) and node.level:
            assert node.module == "judging" or module == "checks/__init__"


@pytest.mark.parametrize("module", [*ORDER, *CHECKS])
def test_a_module_can_be_read_in_one_sitting(module: str) -> None:
    lines = (PACKAGE / f"{module}.py").read_text(encoding="utf-8").count("\n")
    assert lines <= 150
    for node in ast.walk(tree(module)):
        if not isinstance(node, ast.FunctionDef):
            continue
        # A check lists mistakes, however many there are.
        if ast.unparse(node.args) != "answer: Callable":
            body = node.body
            if ast.get_docstring(node):
                body = body[1:]
            if body:
                length = body[-1].end_lineno - body[0].lineno + 1
                assert length <= 25, f"{module}.{node.name}: {length} lines"


def test_only_settings_reads_the_environment() -> None:
    for module in {*ORDER, *CHECKS} - {"settings"}:
        assert "environ" not in (PACKAGE / f"{module}.py").read_text()
        assert "getenv" not in (PACKAGE / f"{module}.py").read_text()


def test_the_package_re_exports_and_holds_no_logic() -> None:
    for node in tree("__init__").body:
        assert isinstance(node, ast.ImportFrom | ast.Assign | ast.Expr)
    for name in textgen_helpers.__all__:
        assert hasattr(textgen_helpers, name)
    for name in checks.__all__:
        assert inspect.getdoc(getattr(checks, name)), name


def test_everything_public_is_annotated_and_explained() -> None:
    for name in textgen_helpers.__all__:
        thing = getattr(textgen_helpers, name)
        assert inspect.getdoc(thing), name
        if inspect.isfunction(thing):
            signature = inspect.signature(thing)
            assert signature.return_annotation is not inspect._empty, name
            for parameter in signature.parameters.values():
                assert parameter.annotation is not inspect._empty, name

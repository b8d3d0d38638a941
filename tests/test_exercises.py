"""Exercises answer back: to the empty stub, the solution, and mistakes."""

import ast
import re
import typing

import keras
import nbformat
import numpy as np
import pytest
import tensorflow as tf

import textgen_helpers as tg
from textgen_helpers.settings import ROOT

from .wrong_answers import WRONG

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


class Exercise(typing.NamedTuple):
    """An exercise as a notebook has it."""

    notebook: str
    name: str
    task: str
    stub: str
    folded: str


def exercises() -> dict[str, Exercise]:
    """Return all exercises of all notebooks, by name."""
    found = {}
    for path in NOTEBOOKS:
        cells = nbformat.read(path, as_version=4).cells
        for i, cell in enumerate(cells):
            if "exercise" in cell.metadata.get("tags", []):
                (name,) = re.findall(r"tg\.checks\.(\w+)\(", cell.source)
                assert name not in found
                found[name] = Exercise(
                    *(path.stem, name, cells[i - 1].source, cell.source),
                    cells[i + 1].source,
                )
    return found


EXERCISES = exercises()
each_exercise = pytest.mark.parametrize("name", EXERCISES)


def solution(name: str) -> str:
    """Return the code that an exercise's solution shows."""
    (code,) = re.findall(
        r"```python\n(.*?)```", EXERCISES[name].folded, flags=re.S
    )
    return code


def answered(name: str, code: str, capsys) -> list[str]:
    """Return the lines that an exercise prints about some code."""
    scope = {"np": np, "tf": tf, "keras": keras, "tg": tg}
    exec(code, scope)
    getattr(tg.checks, name)(scope[name])
    return capsys.readouterr().out.splitlines()


def definition(name: str) -> str:
    """Return the stub without the call of its check."""
    (stub,) = [
        node
        for node in ast.parse(EXERCISES[name].stub).body
        if isinstance(node, ast.FunctionDef)
    ]
    return ast.unparse(stub)


def test_every_notebook_has_three_or_four() -> None:
    for path in NOTEBOOKS:
        there = [x for x in EXERCISES.values() if x.notebook == path.stem]
        assert len(there) in {3, 4}, path.stem


def test_every_check_is_somebody_s_exercise() -> None:
    assert set(EXERCISES) == set(tg.checks.__all__) == set(WRONG)


@each_exercise
def test_the_stub_is_valid_and_empty(name: str) -> None:
    exercise = EXERCISES[name]
    tree = ast.parse(exercise.stub)
    (stub,) = [x for x in tree.body if isinstance(x, ast.FunctionDef)]
    assert stub.name == name and ast.unparse(stub.body) == "..."
    assert f"{name} = tg.checks.{name}({name})" in exercise.stub
    assert re.match(r"(## Exercises\n.*)?\*\*\d\. ", exercise.task, flags=re.S)


@each_exercise
def test_the_empty_stub_gets_one_line_and_the_helper_s_version(
    name: str, capsys
) -> None:
    lines = answered(name, definition(name), capsys)
    assert lines == [f"{name} is still empty, so the helper's version is used."]


@each_exercise
def test_the_solution_is_right(name: str, capsys) -> None:
    (line,) = answered(name, solution(name), capsys)
    assert line.startswith("Right: ")


@each_exercise
def test_the_solution_is_folded_and_says_why_and_what_next(name: str) -> None:
    folded = EXERCISES[name].folded
    # Without the empty line, the code would not be shown as code.
    assert folded.startswith(
        "<details><summary>Solution</summary>\n\n```python\n"
    )
    why = folded.split("```")[-1]
    assert len(why.split()) > 15 and "\n**Try next:** " in why
    assert folded.endswith("\n\n</details>")


@each_exercise
def test_the_solution_has_the_stub_s_arguments(name: str) -> None:
    def arguments(code: str) -> list[str]:
        (found,) = [
            node
            for node in ast.parse(code).body
            if isinstance(node, ast.FunctionDef) and node.name == name
        ]
        return [a.arg for a in found.args.args]

    assert arguments(solution(name)) == arguments(definition(name))


@pytest.mark.parametrize(
    ("name", "diagnosis"),
    [(name, says) for name, bank in WRONG.items() for says in bank],
)
def test_each_mistake_gets_its_own_diagnosis(
    name: str, diagnosis: str, capsys
) -> None:
    first, *rest = answered(name, WRONG[name][diagnosis], capsys)
    assert first.startswith("Not yet: ") and diagnosis in first
    assert rest == [f"Until then the helper's version of {name} is used."]
    assert sum(says in first for says in WRONG[name]) == 1


@pytest.mark.parametrize("name", WRONG)
def test_the_bank_has_four_mistakes_and_more(name: str) -> None:
    assert len(WRONG[name]) >= 4


@each_exercise
def test_no_answer_ends_in_a_traceback(name: str, capsys) -> None:
    signature = definition(name).splitlines()[0]
    for body in ("return undefined", "raise KeyError(3)", "return [1, [2]]"):
        lines = answered(name, f"{signature}\n    {body}", capsys)
        assert any(line.startswith("Not yet: ") for line in lines)
    assert answered(name, f"{name} = 3", capsys)[0].startswith("Not yet: ")

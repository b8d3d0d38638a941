"""Each check answers to the empty stub, the solution, and wrong answers."""

import ast
import importlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import keras
import nbformat
import numpy as np
import pytest
import tensorflow as tf

from textgen_helpers import exercises
from textgen_helpers.exercises.judge import Mistake

from .wrong_answers import WRONG

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


class Exercise(NamedTuple):
    """An exercise as a notebook has it: three cells, one after the other."""

    task: str
    stub: str
    folded: str


def read_exercises() -> dict[str, Exercise]:
    """Return all exercises of all notebooks, by name."""
    by_name: dict[str, Exercise] = {}
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        for i, cell in enumerate(cells):
            if "exercise" in cell.metadata.get("tags", []):
                (name,) = re.findall(
                    r"tg\.exercises\.check_(\w+)\(", cell.source
                )
                assert name not in by_name
                by_name[name] = Exercise(
                    task=cells[i - 1].source,
                    stub=cell.source,
                    folded=cells[i + 1].source,
                )
    return by_name


EXERCISES = read_exercises()
each_exercise = pytest.mark.parametrize("name", EXERCISES)


def solution(name: str) -> str:
    """Return the code that an exercise's solution shows."""
    # What follows "Try next" may have code, too.
    code, *_ = re.findall(
        r"```python\n(.*?)```", EXERCISES[name].folded, flags=re.DOTALL
    )
    return code


def find_function(code: str, name: str) -> ast.FunctionDef:
    """Return the definition of a function in some code."""
    (function,) = [
        node
        for node in ast.parse(code).body
        if isinstance(node, ast.FunctionDef) and node.name == name
    ]
    return function


def check(name: str, code: str, capsys) -> list[str]:
    """Return the lines that an exercise's check prints about some code."""
    scope = {"np": np, "tf": tf, "keras": keras}
    exec(code, scope)
    getattr(exercises, f"check_{name}")(scope[name])
    return capsys.readouterr().out.splitlines()


def mistakes_of(name: str, monkeypatch) -> Sequence[Mistake]:
    """Return the list of mistakes that a check gives to `judge`."""
    checker = getattr(exercises, f"check_{name}")
    module = importlib.import_module(checker.__module__)
    with monkeypatch.context() as patch:
        patch.setattr(module, "judge", lambda *_, mistakes, **__: mistakes)
        return checker(None)


def messages_with(
    part: str, name: str, mistakes: Sequence[Mistake]
) -> list[str]:
    """Return the diagnoses of an exercise that a key of the bank means."""
    messages = [mistake.message for mistake in mistakes]
    for parameter in find_function(solution(name), name).args.args:
        messages.append(
            f"it changes `{parameter.arg}` in place: work on a copy."
        )
    if part in messages:
        return [part]
    return [message for message in messages if part in message]


def test_every_check_belongs_to_an_exercise() -> None:
    checks = {f"check_{name}" for name in EXERCISES}
    assert checks == set(exercises.__all__)
    assert set(EXERCISES) == set(WRONG)


@each_exercise
def test_the_stub_is_valid_and_empty(name: str) -> None:
    exercise = EXERCISES[name]
    assert ast.unparse(find_function(exercise.stub, name).body) == "..."
    stub = re.sub(r"\(\s+(\w+)\s+\)", r"(\1)", exercise.stub)  # long names
    assert f"{name} = tg.exercises.check_{name}({name})" in stub
    assert re.match(
        r"(## Exercises\n.*)?\*\*\d\. ", exercise.task, flags=re.DOTALL
    )


@each_exercise
def test_the_empty_stub_gets_one_line_and_the_helper_s_version(
    name: str, capsys
) -> None:
    stub = ast.unparse(find_function(EXERCISES[name].stub, name))
    assert check(name, stub, capsys) == [
        f"{name} is still empty, so the helper's version is used."
    ]


@each_exercise
def test_the_solution_is_right(name: str, capsys) -> None:
    (line,) = check(name, solution(name), capsys)
    assert line.startswith("Right: ")


@each_exercise
def test_the_solution_is_folded_and_leads_on(name: str) -> None:
    folded = EXERCISES[name].folded
    # Without the empty line, the code would not be shown as code.
    assert folded.startswith(
        "<details><summary>Solution</summary>\n\n```python\n"
    )
    assert "\n**Try next:** " in folded
    assert folded.endswith("\n\n</details>")


@each_exercise
def test_the_solution_has_the_stub_s_arguments(name: str) -> None:
    stub = find_function(EXERCISES[name].stub, name)
    right = find_function(solution(name), name)
    assert ast.unparse(right.args) == ast.unparse(stub.args)


@pytest.mark.parametrize(
    ("name", "part"),
    [(name, part) for name, bank in WRONG.items() for part in bank],
)
def test_each_wrong_answer_gets_its_diagnosis(
    name: str, part: str, capsys, monkeypatch
) -> None:
    (message,) = messages_with(part, name, mistakes_of(name, monkeypatch))
    first, last = check(name, WRONG[name][part], capsys)
    diagnosis, *_ = first.split(" Python says: ")
    assert diagnosis == f"Not yet: {message}"
    assert last == f"Until then the helper's version of {name} is used."


@each_exercise
def test_each_mistake_has_a_wrong_answer(name: str, monkeypatch) -> None:
    mistakes = mistakes_of(name, monkeypatch)
    in_bank = [messages_with(part, name, mistakes) for part in WRONG[name]]
    for mistake in mistakes:
        assert [mistake.message] in in_bank


@each_exercise
def test_each_mistake_is_diagnosed_as_itself(
    name: str, capsys, monkeypatch
) -> None:
    for mistake in mistakes_of(name, monkeypatch):
        getattr(exercises, f"check_{name}")(mistake.answer)
        first, _ = capsys.readouterr().out.splitlines()
        assert first.startswith(f"Not yet: {mistake.message}")


@each_exercise
def test_the_helper_s_version_is_right_and_has_the_stub_s_arguments(
    name: str, capsys
) -> None:
    checker = getattr(exercises, f"check_{name}")
    helper_version = checker(lambda *_: None)
    assert checker(helper_version) is helper_version
    assert capsys.readouterr().out.splitlines()[-1].startswith("Right: ")
    parameters = helper_version.__code__.co_varnames
    stub = find_function(EXERCISES[name].stub, name)
    names = [argument.arg for argument in stub.args.args]
    assert list(parameters[: len(names)]) == names


@each_exercise
@pytest.mark.parametrize(
    "body",
    [
        "return undefined",
        "raise KeyError(3)",
        "raise SystemExit",
        "return [1, [2]]",
        "return (i for i in range(3))",
        "return {}",
        "print(end='')",
    ],
)
def test_no_answer_ends_in_a_traceback(name: str, body: str, capsys) -> None:
    stub = find_function(EXERCISES[name].stub, name)
    first, _ = check(
        name, f"def {name}({ast.unparse(stub.args)}):\n    {body}", capsys
    )
    assert first.startswith("Not yet: ")


@each_exercise
def test_what_is_not_a_function_gets_a_sentence(name: str, capsys) -> None:
    first, _ = check(name, f"{name} = 3", capsys)
    assert first.startswith("Not yet: this is 3, not a function")

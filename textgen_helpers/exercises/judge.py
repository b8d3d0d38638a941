"""A verdict on a student's function: right, or which mistake it makes.

A check knows the solution, and functions that make typical mistakes. A wrong
answer that gives the same results as one of them has made that mistake.
"""

import ast
import contextlib
import inspect
import textwrap
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from types import FunctionType
from typing import Any, NamedTuple

import numpy as np

LONGEST_VALUE = 90  # characters of a value in a message
LONGEST_CALL = 150  # characters of the arguments of a call
LONGEST_ERROR = 200  # characters of Python's own message


class Mistake(NamedTuple):
    """A typical wrong answer, and what to tell the student who gave it.

    Attributes:
        answer: A function that makes the mistake; its arguments are those of
            the solution.
        message: What is wrong and what to do, in one or two sentences.
    """

    answer: Callable
    message: str


class _Outcome(NamedTuple):
    """What a call gave, and the number of an argument that it changed."""

    result: Any
    changed: int | None


def judge(
    answer: Callable,
    solution: Callable,
    cases: Sequence[tuple],
    mistakes: Sequence[Mistake],
    praise: str,
) -> Callable:
    """Print a verdict on a student's function.

    Never raises: an error in the answer becomes part of the verdict. Only
    Ctrl-C (KeyboardInterrupt) ends it.

    Args:
        answer: The student's function.
        solution: The right function. Its name is that of the exercise.
        cases: The arguments of each call that is tried.
        mistakes: Typical mistakes. The message of the first that fits is
            printed.
        praise: What a right answer is told.

    Returns:
        The function to go on with: `answer` if it is right, else `solution`.
    """
    name = solution.__name__
    if _is_empty(answer):
        print(f"{name} is still empty, so the helper's version is used.")
        return solution
    message = _find_mistake(answer, solution, cases, mistakes)
    if message is None:
        print(f"Right: {praise}")
        return answer
    print(f"Not yet: {message}")
    print(f"Until then the helper's version of {name} is used.")
    return solution


def _is_empty(answer: Any) -> bool:
    """Tell whether a function does nothing, like the stub of an exercise."""
    if not isinstance(answer, FunctionType):
        return False
    statements = _read_body(answer)
    if statements is None:
        return _compiles_to_nothing(answer)
    return all(_does_nothing(statement) for statement in statements)


def _read_body(function: FunctionType) -> list[ast.stmt] | None:
    """Return the statements in a function's source; None without a source."""
    try:
        source = textwrap.dedent(inspect.getsource(function))
        definition = ast.parse(source).body[0]
        name = inspect.unwrap(function).__name__
    except Exception:  # no file, or a part of a line, as with a lambda
        return None
    # Another name means that the file has changed since it was read.
    if isinstance(definition, ast.FunctionDef) and definition.name == name:
        return definition.body
    return None


def _does_nothing(statement: ast.stmt) -> bool:
    """Tell whether a statement is a docstring, `...`, `pass` or `return`."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.Return):
        value = statement.value
        return value is None or (
            isinstance(value, ast.Constant) and value.value is None
        )
    return isinstance(statement, ast.Pass)


def _empty() -> None: ...


def _empty_with_docstring() -> None:
    """Show what a docstring alone is compiled to."""


def _compiles_to_nothing(function: FunctionType) -> bool:
    """Tell whether this Python compiles a function as it does an empty one."""
    code = function.__code__
    empty = _empty.__code__
    if code.co_code == empty.co_code and code.co_consts == empty.co_consts:
        return True
    empty = _empty_with_docstring.__code__
    return (
        function.__doc__ is not None
        and code.co_code == empty.co_code
        and code.co_consts[1:] == empty.co_consts[1:]  # 0 is the docstring
    )


def _find_mistake(
    answer: Any,
    solution: Callable,
    cases: Sequence[tuple],
    mistakes: Sequence[Mistake],
) -> str | None:
    """Return what is wrong with an answer; None if nothing is."""
    if not callable(answer):
        return (
            f"this is {_show(answer)}, not a function: run the cell with "
            "`def` again."
        )
    outcomes = [_call(answer, case) for case in cases]
    results = [outcome.result for outcome in outcomes]
    expected = [_call(solution, case).result for case in cases]
    wrong = [
        number
        for number in range(len(cases))
        if not same(results[number], expected[number])
    ]
    if not wrong:
        return _find_change_in_place(outcomes, solution)
    first = wrong[0]
    for mistake in mistakes:
        if _gives(mistake.answer, cases, results):
            return mistake.message + _quote_error(results[first])
    call = _show_call(solution.__name__, cases[first])
    return _describe(call, results[first], expected[first])


def _call(function: Callable, case: tuple) -> _Outcome:
    """Call a function with copies of the arguments; an error is a result."""
    arguments = deepcopy(case)
    result: Any
    try:
        with np.errstate(all="ignore"):
            result = function(*arguments)
            # A later call must not change it, as with an array outside.
            with contextlib.suppress(Exception):
                result = deepcopy(result)
    except (Exception, SystemExit) as error:
        result = error
    for number, (before, after) in enumerate(zip(case, arguments, strict=True)):
        if not _is_unchanged(before, after):
            return _Outcome(result, number)
    return _Outcome(result, None)


def _is_unchanged(before: Any, after: Any) -> bool:
    """Tell whether an argument is still what it was before the call."""
    if isinstance(before, list):
        return len(before) == len(after) and all(
            _is_unchanged(x, y) for x, y in zip(before, after, strict=True)
        )
    return bool(np.array_equal(before, after))


def _find_change_in_place(
    outcomes: Sequence[_Outcome], solution: Callable
) -> str | None:
    """Return a message about the first argument that a call has changed."""
    parameters = list(inspect.signature(solution).parameters)
    for outcome in outcomes:
        if outcome.changed is not None:
            parameter = parameters[outcome.changed]
            return f"it changes `{parameter}` in place: work on a copy."
    return None


def _gives(
    function: Callable, cases: Sequence[tuple], results: Sequence[Any]
) -> bool:
    """Tell whether a function gives these results for the cases."""
    return all(
        same(_call(function, case).result, result)
        for case, result in zip(cases, results, strict=True)
    )


def _quote_error(result: Any) -> str:
    """Return Python's own message as a sentence, if a result is an error."""
    if not isinstance(result, Exception):
        return ""
    # The student's error may be another than that of the known mistake.
    text = _error_text(result)
    return f" Python says: {text}." if text else ""


def _describe(call: str, result: Any, expected: Any) -> str:
    """Return a message about a wrong result that is no known mistake."""
    if isinstance(result, SystemExit):
        return (
            f"{call} ends the program: leave out `exit()`, and give the "
            "result with `return`."
        )
    if isinstance(result, Exception):
        message = f"{call} stops with {type(result).__name__}"
        text = _error_text(result)
        return f"{message}: {text}." if text else f"{message}."
    if result is None:
        return f"{call} gives nothing: end the function with `return`."
    if isinstance(result, Iterator):
        return (
            f"{call} gives a {type(result).__name__}, which can be read only "
            "once: make it a list or an array."
        )
    shown, right = _show(result), _show(expected)
    if shown.replace(".", "") == right.replace(".", ""):  # as 2. and 2
        shown, right = _show(result, digits=8), _show(expected, digits=8)
    return f"{call} gives {shown}, but should give {right}."


def same(a: Any, b: Any) -> bool:
    """Tell whether two results are equal in kind, shape and numbers.

    Numbers may differ by rounding. Errors are equal if their types are. What
    can be read only once, such as a generator, equals nothing.
    """
    if isinstance(a, BaseException) or isinstance(b, BaseException):
        return type(a) is type(b)
    if isinstance(a, Iterator) or isinstance(b, Iterator):
        return False
    try:
        if a is None or b is None or isinstance(a, str) or isinstance(b, str):
            return isinstance(a, type(b)) and bool(a == b)
        if isinstance(a, tuple) or isinstance(b, tuple):
            return _same_parts(a, b)
        return _same_arrays(np.asarray(a), np.asarray(b))
    except Exception:  # what cannot be compared is not equal
        return False


def _same_parts(a: Any, b: Any) -> bool:
    """Tell whether two results of several parts are equal part by part."""
    if not (np.iterable(a) and np.iterable(b)):
        return False
    a, b = list(a), list(b)
    return len(a) == len(b) and all(map(same, a, b))


def _same_arrays(a: np.ndarray, b: np.ndarray) -> bool:
    """Tell whether arrays are equal: texts exactly, numbers nearly."""
    if a.dtype.kind in "US" or b.dtype.kind in "US":
        return bool(np.array_equal(a, b))
    return a.shape == b.shape and bool(
        np.allclose(a, b, rtol=1e-4, atol=1e-6, equal_nan=True)
    )


def _show_call(name: str, case: tuple) -> str:
    """Return a call as a student would write it."""
    arguments = ", ".join(_show(argument) for argument in case)
    if len(arguments) >= LONGEST_CALL:
        arguments = "..."
    return f"{name}({arguments})"


def _show(value: Any, digits: int = 3) -> str:
    """Return a value on one short line."""
    if isinstance(value, tuple) or _is_list_of_arrays(value):
        return "(" + ", ".join(_show(part, digits) for part in value) + ")"
    try:
        text = repr(value)
    except Exception:  # the student's own class
        return f"a {type(value).__name__}"
    if not isinstance(value, str):
        # Rows of different lengths are not an array.
        with contextlib.suppress(Exception):
            text = np.array2string(
                np.asarray(value),
                precision=digits,
                separator=", ",
                threshold=20,
            )
    return _shorten(text, LONGEST_VALUE)


def _is_list_of_arrays(value: Any) -> bool:
    return isinstance(value, list) and any(
        isinstance(part, np.ndarray) for part in value
    )


def _error_text(error: BaseException) -> str:
    """Return Python's message on one line, without a full stop."""
    try:
        text = str(error)
    except Exception:  # the student's own class
        return ""
    return _shorten(text, LONGEST_ERROR).rstrip(".")


def _shorten(text: str, longest: int) -> str:
    """Return a text on one line, cut where it is too long."""
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[: longest - 3]}..."

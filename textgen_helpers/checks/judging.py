"""A student's function to a verdict: right, or which mistake it makes.

A check knows the right function, and functions that make typical mistakes. A
wrong answer that gives what one of these gives has made that mistake.
"""

import contextlib
import dis
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

import numpy as np

Mistakes = Mapping[str, Callable]
_NOTHING_DONE = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}


def judge(
    answer: Callable,
    right: Callable,
    cases: Sequence[tuple],
    mistakes: Mistakes,
    praise: str,
) -> Callable:
    """Print a verdict on a student's function; return the one to go on with.

    `cases` are the arguments to try; `mistakes` has a function for each
    diagnosis, and the first that fits is printed. An answer that is right is
    returned; otherwise `right` is, whose name is the exercise's after an
    underscore. Never raises: what goes wrong is said in words.
    """
    name = _name(right)
    if _is_empty(answer):
        print(f"{name} is still empty, so the helper's version is used.")
        return right
    diagnosis = _diagnose(answer, right, cases, mistakes)
    if diagnosis:
        print(f"Not yet: {diagnosis}")
        print(f"Until then the helper's version of {name} is used.")
        return right
    print(f"Right: {praise}")
    return answer


def _is_empty(answer: Any) -> bool:
    """Tell whether a function does nothing, like the stub that was given."""
    if not hasattr(answer, "__code__"):
        return False
    steps = [s for s in dis.get_instructions(answer) if s.opname != "RESUME"]
    return all(
        step.opname in _NOTHING_DONE and step.argval is None for step in steps
    )


def _diagnose(
    answer: Callable,
    right: Callable,
    cases: Sequence[tuple],
    mistakes: Mistakes,
) -> str:
    """Return what is wrong with an answer; nothing if all cases are right."""
    if not callable(answer):
        return f"this is {answer!r} and no function: run the cell with `def`."
    given = [_outcome(answer, case) for case in cases]
    wanted = [_outcome(right, case) for case in cases]
    wrong = [i for i in range(len(cases)) if not same(given[i], wanted[i])]
    if not wrong:
        return ""
    for diagnosis, mistake in mistakes.items():
        made = [_outcome(mistake, case) for case in cases]
        if all(map(same, given, made)):
            error = given[wrong[0]]  # it may be another than that mistake's
            said = f" Python says: {error}." * isinstance(error, Exception)
            return diagnosis + said
    first = wrong[0]
    inputs = ", ".join(map(_shown, cases[first]))
    call = f"{_name(right)}({inputs if len(inputs) < 150 else '...'})"
    if isinstance(given[first], Exception):
        error = given[first]
        return f"{call} stops with {type(error).__name__}: {error}."
    if given[first] is None:
        return f"{call} gives nothing: end the function with `return`."
    return (
        f"{call} gives {_shown(given[first])}, but should give "
        f"{_shown(wanted[first])}."
    )


def _outcome(function: Callable, case: tuple) -> Any:
    """Return what a call gives: its value, or the error that it raises."""
    try:
        with np.errstate(all="ignore"):
            return function(*deepcopy(case))
    except Exception as error:
        return error


def same(a: Any, b: Any) -> bool:
    """Tell whether two results are equal: in kind, shape and numbers."""
    if isinstance(a, Exception) or isinstance(b, Exception):
        return type(a) is type(b)
    if a is None or b is None or isinstance(a, str) or isinstance(b, str):
        return isinstance(a, type(b)) and a == b
    if isinstance(a, tuple) or isinstance(b, tuple):
        if not (np.iterable(a) and np.iterable(b)):
            return False
        a, b = list(a), list(b)
        return len(a) == len(b) and all(map(same, a, b))
    try:
        a, b = np.asarray(a), np.asarray(b)
        if a.dtype.kind in "US" or b.dtype.kind in "US":
            return np.array_equal(a, b)
        return a.shape == b.shape and np.allclose(
            a, b, rtol=1e-4, atol=1e-6, equal_nan=True
        )
    except (TypeError, ValueError):
        return False


def _name(right: Callable) -> str:
    return right.__name__.removeprefix("_")


def _shown(value: Any) -> str:
    """Return a value on one short line."""
    if isinstance(value, tuple) or (
        isinstance(value, list)
        and any(isinstance(part, np.ndarray) for part in value)
    ):
        return "(" + ", ".join(map(_shown, value)) + ")"
    text = repr(value)
    if not isinstance(value, str):
        # Rows of different lengths are no array.
        with contextlib.suppress(ValueError):
            text = np.array2string(
                np.asarray(value), precision=3, separator=", ", threshold=20
            )
    text = " ".join(text.split())
    return text if len(text) <= 90 else f"{text[:87]}..."
